import type { PublicEvent } from '#client';

const PREFIX = 'passerelle.'.length;

const whatHappened = (event: PublicEvent): string => {
  switch (event.type) {
    case 'passerelle.transactions.imported.v1': {
      const { count, trigger, transactions } = event.data;
      const [first] = transactions;
      const example = first ? `${first.bookedOn} ${first.amount} ${first.currency} ${first.label}` : '';
      return `${count} (${trigger}), ${example}`;
    }
    case 'passerelle.transactions.amended.v1':
    case 'passerelle.transactions.removed.v1':
      return `${event.data.count}`;
    case 'passerelle.balance.observed.v1':
      return `${event.data.balance} ${event.data.currency}`;
    case 'passerelle.sync.completed.v1':
    case 'passerelle.sync.failed.v1':
      return `${event.data.status}, ${event.data.transactionsImported} imported`;
    case 'passerelle.connection.linked.v1':
    case 'passerelle.connection.action-required.v1':
    case 'passerelle.connection.consent-expiring.v1':
    case 'passerelle.connection.other-links-found.v1':
    case 'passerelle.connection.disconnected.v1':
      return event.data.connectionId;
  }
};

/** One event in one line: place in its partition, name, and the gist of its data. */
export const eventLine = (event: PublicEvent): string => {
  const name = event.type.slice(PREFIX, -'.v1'.length);
  const [kind = ''] = event.partitionkey.split('-');
  return `${kind.padEnd(10)} #${event.sequence.padEnd(3)} ${name.padEnd(24)} ${whatHappened(event)}`;
};
