import { afterAll, beforeAll, expect, it } from 'vitest';
import { Situation } from '../driving/situation.js';

const situation = new Situation();
const { send } = situation;
beforeAll(async () => {
  await situation.start();
  await situation.renew();
});
afterAll(() => situation.dispose());

/** What the call is told, with `{iban}`, `{connection}` and `{row}` in its path filled in. */
const told = async (call: string, body: object): Promise<[number, unknown]> => {
  const [method = '', path = ''] = call.split(' ');
  const [row] = await situation.rowIds();
  const named = path
    .replace('{iban}', situation.iban)
    .replace('{connection}', String(situation.connectionId))
    .replace('{user}', String(situation.user.userId))
    .replace('{row}', String(row));
  const answer = await send<{ error?: unknown }>(method, named, body);
  return [answer.status, answer.body.error];
};

const CALLS = [
  'POST accounts',
  'PATCH accounts/{iban}',
  'POST accounts/{iban}/transactions',
  'PATCH accounts/{iban}/transactions/{row}',
  'DELETE accounts/{iban}/transactions/{row}',
  'POST accounts/{iban}/transactions/{row}/restore',
  'POST accounts/{iban}/bad-rows',
  'POST accounts/{iban}/post-coming',
  'POST accounts/{iban}/sync',
  'POST users/{user}/connections',
  'POST users/{user}/revoke-tokens',
  'DELETE users/{user}',
  'PATCH connections/{connection}',
  'DELETE connections/{connection}',
  'POST connections/{connection}/repair',
  'POST connections/{connection}/sync',
  'POST connections/{connection}/age',
  'POST connections/{connection}/accounts',
  'PATCH connections/{connection}/accounts/1',
  'DELETE connections/{connection}/accounts/1',
  'POST connections/{connection}/recreate-accounts',
  'POST connections/{connection}/reissue-transactions',
  'POST visits',
  'DELETE visits',
  'PUT clock',
  'POST clock/advance',
  'POST scenarios',
  'POST scenarios/none/link',
  'POST faults',
  'DELETE faults',
  'DELETE requests',
  'POST webhooks',
  'POST webhooks/flush',
  'POST webhooks/release',
  'POST webhooks/1/redeliver',
  'POST webhooks/subscriptions',
  'DELETE webhooks/subscriptions/CONNECTION_SYNCED',
  'POST tink/events',
];

it.each(CALLS)('%s refuses a member that it does not know', async (call) => {
  const [status, error] = await told(call, { mispelt: 1 });
  expect(status).toBe(400);
  expect(error).toMatch(/mispelt"?:? is unknown here; allowed: \w/);
});

it.each([
  ...CALLS.filter((call) => !call.startsWith('GET')),
  'GET accounts',
  'GET requests',
  'GET webhooks',
  'GET scenarios/random',
])('%s refuses a parameter that it does not know', async (call) => {
  const [status, error] = await told(`${call}?mispelt=1`, {});
  expect(status).toBe(400);
  expect(error).toMatch(/^"mispelt" is unknown in the address; allowed: \w/);
});

it.each<[string, object, string]>([
  ['POST faults', { kind: 'html-503', time: 2 }, '"time" is unknown here; allowed: kind, times, skip'],
  ['PATCH connections/{connection}', { expiresInHour: 1 }, '"expiresInHour" is unknown here; allowed: state'],
  ['POST accounts', { cuont: 1 }, '"cuont" is unknown here; allowed: iban, count'],
  ['POST scenarios?clok=keep', {}, '"clok" is unknown in the address; allowed: clock.'],
  ['POST scenarios?clock=kept', {}, '"clock" must be one of keep.'],
  ['POST scenarios', { yaml: 'name: x', clok: 'keep' }, '"clok" is unknown here; allowed: yaml, clock.'],
  [
    'POST accounts/{iban}/transactions',
    { rows: [{ date: '2026-03-14', value: 1, wording: 'X' }] },
    '"wording" is unknown in a row; allowed: date, value, originalWording',
  ],
  [
    'POST accounts/{iban}/transactions',
    { rows: [{ date: '2026-03-14', value: 1, coming: 'yes' }] },
    '"coming" must be true or false.',
  ],
  [
    'POST accounts/{iban}/transactions',
    { rows: [{ date: '2026-03-14', value: 1, counterparty: { iban: 'X' } }] },
    '"iban" is unknown in "counterparty"; allowed: label',
  ],
  ['POST accounts/{iban}/post-coming', { variant: 'newid' }, '"variant" must be one of same-id, new-id.'],
  ['PATCH accounts/{iban}/transactions/{row}', { id: 'New', value: 1 }, '"id" must be one of same, new.'],
  [
    'PATCH accounts/{iban}',
    { override: { sett: {} } },
    '"sett" is unknown in "override"; allowed: set, omit.',
  ],
  ['POST accounts/{iban}/bad-rows', { overrides: [{ sett: {} }] }, '"sett" is unknown in "overrides"'],
  ['POST accounts/{iban}/bad-rows', { overrides: [null] }, '"overrides" must be an object.'],
  ['PATCH accounts/{iban}', { closed: 'true' }, '"closed" must be true or false.'],
  ['DELETE accounts/{iban}/transactions/{row}?tombstone=no', {}, '"tombstone" must be one of true, false.'],
])('%s %j is refused with what may stand there', async (call, body, error) => {
  expect(await told(call, body)).toEqual([400, expect.stringContaining(error)]);
});

it('leaves everything as it was where a call is refused', async () => {
  const { faults } = (await send<{ faults: unknown[] }>('GET', 'faults')).body;
  expect(faults).toEqual([]);
  expect(await situation.wordings()).toEqual(['THREE', 'TWO', 'ONE']);
});
