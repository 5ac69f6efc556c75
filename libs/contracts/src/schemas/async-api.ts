import { PUBLIC_EVENTS } from '../public-events/index.js';
import { eventSubject, PUBLIC_EVENT_NAMES, STREAMS, type PublicEventName } from '../subjects.js';
import { publicEventDefinitions, type Schema } from './json-schemas.js';

const SUMMARIES: Readonly<Record<PublicEventName, string>> = {
  'transactions.imported': 'Transactions that were never seen before, booked or pending.',
  'transactions.amended': 'Known transactions of which something changed, with each change.',
  'transactions.removed': 'Transactions that the bank took back.',
  'sync.completed': 'A run ended as success or partial.',
  'sync.failed': 'A run ended without success, or ran out of time.',
  'connection.linked': 'The account holder authorised or repaired a link.',
  'connection.action-required': 'A connection does not work until somebody acts.',
  'connection.consent-expiring':
    'The account holder’s consent soon ends; told once each within 30, 14, 7 and 1 days of it.',
  'connection.other-links-found': 'The account holder linked banks besides, which no connection uses.',
  'connection.disconnected': 'A link ended; its transactions stay.',
  'balance.observed': 'The bank shows another balance than the last time.',
};

const HEADERS: Schema = {
  type: 'object',
  properties: {
    'Nats-Msg-Id': { type: 'string', description: 'The id of the event.' },
    'Passerelle-Position': {
      type: 'string',
      pattern: '^\\d+$',
      description: 'Position of the stored event in the log.',
    },
  },
  required: ['Nats-Msg-Id', 'Passerelle-Position'],
};

const keyOf = (name: PublicEventName): string => PUBLIC_EVENTS[name].name.replace(/V1$/, '');

const byKey = (entry: (name: PublicEventName) => Schema): Schema =>
  Object.fromEntries(PUBLIC_EVENT_NAMES.map((name) => [keyOf(name), entry(name)]));

const ref = (path: string): Schema => ({ $ref: `#/${path}` });

/** The AsyncAPI 3 document of all public events. */
export const asyncApi = (): Schema => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Passerelle public events',
    version: '1.0.0',
    description:
      `CloudEvents 1.0 in the JetStream stream ${STREAMS.events}, delivered at least once and in the order of ` +
      '`sequence` within a `partitionkey`. See events.md.',
  },
  defaultContentType: 'application/json',
  channels: byKey((name) => ({
    address: eventSubject('{tenantId}', name),
    parameters: { tenantId: { description: 'The tenant that the event belongs to.' } },
    messages: { [keyOf(name)]: ref(`components/messages/${keyOf(name)}`) },
  })),
  operations: Object.fromEntries(
    PUBLIC_EVENT_NAMES.map((name) => [
      `send${keyOf(name)}`,
      {
        action: 'send',
        channel: ref(`channels/${keyOf(name)}`),
        messages: [ref(`channels/${keyOf(name)}/messages/${keyOf(name)}`)],
      },
    ]),
  ),
  components: {
    messages: byKey((name) => ({
      name: `passerelle.${name}.v1`,
      summary: SUMMARIES[name],
      contentType: 'application/json',
      headers: HEADERS,
      payload: ref(`components/schemas/${PUBLIC_EVENTS[name].name}`),
    })),
    schemas: JSON.parse(
      JSON.stringify(publicEventDefinitions()).replaceAll('#/$defs/', '#/components/schemas/'),
    ) as Schema,
  },
});
