import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Another program of the bench, as a process of its own that ends with us. */
export const forkProgram = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), { stdio: 'inherit' });

/** What it says next. @throws it ended instead */
export const nextMessage = async <T>(child: ChildProcess): Promise<T> => {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('A process of the bench ended without a result.');
    }),
  ])) as [T];
  return message;
};
