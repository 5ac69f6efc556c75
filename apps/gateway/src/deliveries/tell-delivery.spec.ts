import type { DeliveryDetailsView } from '#contracts';
import { expect, it } from 'vitest';
import { tellDeliveries, tellDelivery } from './tell-delivery.js';

const because = (reason: string | null) => ({ reason, reasonText: reason && 'English.' });
const view = (reason: string | null): DeliveryDetailsView =>
  ({
    id: 'd',
    ...because(reason),
    history: [because(null), because('connection.paused')],
  }) as DeliveryDetailsView;
const text = (pattern: RegExp) => expect.stringMatching(pattern) as string;

it('says in French why a webhook led to no run, at each step', () =>
  expect(tellDelivery(view('connection.unknown'), 'fr')).toEqual({
    id: 'd',
    reason: 'connection.unknown',
    reasonText: text(/^Rien chez nous/),
    history: [
      because(null),
      { reason: 'connection.paused', reasonText: text(/^Sa connexion est suspendue/) },
    ],
  }));

it('keeps what the service said in English, and of a code that nobody knows', () => {
  expect(tellDelivery(view('connection.unknown'), 'en')).toEqual(view('connection.unknown'));
  expect(tellDelivery(view('old.code'), 'fr').reasonText).toBe('English.');
  expect(tellDelivery(view(null), 'fr').reasonText).toBeNull();
});

it('says so of each in a page', () => {
  const page = tellDeliveries({ items: [view('delivery.repeated')], nextCursor: 'n' }, 'fr');
  expect(page).toMatchObject({ items: [{ reasonText: text(/^Il répète/) }], nextCursor: 'n' });
});
