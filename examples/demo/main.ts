import { PasserelleProblem } from '#client';
import { completeExample } from './complete-example.js';
import { OwnStack } from './own-stack.js';

// npm run demo: the complete example of the original guide, on a stack of its own that is gone afterwards.
const stack = new OwnStack();
let wasStopped = false;

// Both may come (npm passes on what the terminal sends already): the first one stops everything in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    wasStopped = true;
    void stack.stop();
  });
}

const wordsOf = (error: unknown): string => {
  if (!(error instanceof PasserelleProblem)) return error instanceof Error ? error.message : String(error);
  const fields = error.errors.map(({ field, message }) => `\n  ${field} ${message}`);
  return `${error.code}: ${error.message}${fields.join('')}`;
};

try {
  process.stdout.write('Passerelle démarre avec une banque de démonstration…\n\n');
  const endpoints = await stack.start(process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin');
  await completeExample(endpoints);
} catch (error) {
  process.stderr.write(wasStopped ? '\nStopped.\n' : `\n✗ ${wordsOf(error)}\n\n${stack.lastWords()}\n`);
  process.exitCode = wasStopped ? 130 : 1;
} finally {
  await stack.stop();
}
process.exit();
