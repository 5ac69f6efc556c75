import type { ConnectionView } from '#contracts';
import { expect, it } from 'vitest';
import { tellConnection, tellConnections } from './tell-connection.js';

const view = (part: Partial<ConnectionView>): ConnectionView =>
  ({
    id: 'c',
    statusReason: 'English.',
    statusReasonCode: 'SCARequired',
    statusReasonParameters: {},
    actionOwner: 'user',
    bankIncident: null,
    ...part,
  }) as ConnectionView;

it('tells why a connection is as it is in French, and leaves the rest as it is', () => {
  const told = tellConnection(view({}), 'fr');
  expect(told).toEqual({ ...view({}), statusReason: told.statusReason });
  expect(told.statusReason).toMatch(/^SCARequired: La banque demande au titulaire/);
});

it('says who must act on a state that nobody knows', () => {
  const told = tellConnection(view({ statusReasonCode: 'brandNew', actionOwner: 'time' }), 'fr');
  expect(told.statusReason).toMatch(/^brandNew: .* Cela se rétablit tout seul/);
});

it('keeps the English words of the service, and none where there are none', () => {
  expect(tellConnection(view({}), 'en').statusReason).toBe('English.');
  const well = view({ statusReason: null, statusReasonCode: null });
  expect(tellConnection(well, 'fr').statusReason).toBeNull();
});

it('tells that the bank fails for everybody', () => {
  const until = '2026-03-01T10:00:00.000Z';
  const incident = (message: string) => ({ failures: 5, connections: 2, until, message });
  const told = tellConnection(view({ bankIncident: incident('English.') }), 'fr');
  expect(told.bankIncident).toEqual(
    incident(
      expect.stringMatching(
        /5 synchronisations de suite, de 2 connexions.* jusqu’au 2026-03-01T10:00/,
      ) as string,
    ),
  );
});

it('tells a page of them', () => {
  const page = tellConnections({ items: [view({})], nextCursor: 'n' }, 'fr');
  expect(page).toMatchObject({
    items: [{ statusReason: expect.stringMatching(/^SCARequired: La/) as string }],
    nextCursor: 'n',
  });
});
