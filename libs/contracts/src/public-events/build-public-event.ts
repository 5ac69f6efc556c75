import type { PublicEventName } from '../subjects.js';
import { publicEventType, type PublicEventOf } from './public-event.js';

/** Which stream of the log tells each event; its revisions are the sequence of its partition. */
const ORIGIN = {
  transactions: { source: '/passerelle/sync', partition: 'ledger' },
  balance: { source: '/passerelle/sync', partition: 'ledger' },
  sync: { source: '/passerelle/sync', partition: 'sync' },
  connection: { source: '/passerelle/connections', partition: 'connection' },
} as const;

export interface PublicEventParts<Name extends PublicEventName> {
  /** Id of the stored event. */
  readonly id: string;
  readonly tenantId: string;
  /** The ledger's id for transactions and balances, the connection's id otherwise. */
  readonly subject: string;
  /** Revision of the stored event in its stream. */
  readonly sequence: bigint;
  /** When the stored event was recorded, ISO 8601 UTC. */
  readonly time: string;
  readonly data: PublicEventOf<Name>['data'];
}

/**
 * The CloudEvents envelope around one stored event's public data. The partition key is `ledger-`, `sync-` or
 * `connection-` and the subject, because a connection's links and its runs are numbered apart.
 */
export const publicEvent = <Name extends PublicEventName>(
  name: Name,
  parts: PublicEventParts<Name>,
): PublicEventOf<Name> => {
  const origin = ORIGIN[name.split('.')[0] as keyof typeof ORIGIN];
  return {
    specversion: '1.0',
    id: parts.id,
    source: origin.source,
    type: publicEventType(name),
    subject: parts.subject,
    time: parts.time,
    datacontenttype: 'application/json',
    tenantid: parts.tenantId,
    partitionkey: `${origin.partition}-${parts.subject}`,
    sequence: String(parts.sequence),
    data: parts.data,
  } as PublicEventOf<Name>;
};
