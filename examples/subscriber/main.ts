import { subscribe } from '#client';

/**
 * Prints the transactions of one tenant as they are imported, for ever: stop it, and it goes on where it was.
 *
 *   node dist/examples/subscriber/main.js <tenant> [nats://localhost:4222]
 */
const [tenantId, servers = 'nats://localhost:4222'] = process.argv.slice(2);
if (!tenantId) throw new Error('Usage: node dist/examples/subscriber/main.js <tenant> [nats://host:port]');

const subscription = await subscribe({
  servers,
  tenantId,
  durable: `example-${tenantId}`,
  names: ['transactions.imported', 'transactions.amended', 'transactions.removed'],
  handler: (event) => {
    switch (event.type) {
      case 'passerelle.transactions.imported.v1':
        for (const { status, bookedOn, amount, currency, label } of event.data.transactions) {
          console.log('new      ', status, bookedOn ?? '', amount, currency, label ?? '');
        }
        break;
      case 'passerelle.transactions.amended.v1':
        for (const { kind, transaction } of event.data.transactions) console.log(kind, transaction.id);
        break;
      case 'passerelle.transactions.removed.v1':
        for (const { reason, transaction } of event.data.transactions) console.log(reason, transaction.id);
    }
  },
}).catch((error: Error) => {
  console.error(
    `Cannot subscribe at ${servers} (${error.message}). With npm start, its address is the one it prints.`,
  );
  return process.exit(1);
});

process.once('SIGINT', () => void subscription.stop());
process.once('SIGTERM', () => void subscription.stop());
await subscription.done;
