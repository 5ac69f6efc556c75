import { DeadLetters, Nats } from '#messaging';

const withLetters = async <T>(natsUrl: string, work: (letters: DeadLetters) => Promise<T>): Promise<T> => {
  const nats = await Nats.connect({ url: natsUrl, name: 'passerelle-cli', connectTimeoutMs: 5_000 });
  try {
    return await work(new DeadLetters(nats));
  } finally {
    await nats.close();
  }
};

/** One line per command that was given up, oldest first. */
export const listDeadLetters = (natsUrl: string): Promise<readonly string[]> =>
  withLetters(natsUrl, async (letters) => {
    const list = await letters.listDeadLetters({ limit: 1_000 });
    return list.map(
      ({ sequence, diedAt, subject, attempts, reason, payload }) =>
        `${sequence}  ${diedAt}  ${subject}  after ${attempts} attempts: ${reason}  ${payload}`,
    );
  });

export const resendDeadLetter = (natsUrl: string, sequence: number): Promise<{ readonly subject: string }> =>
  withLetters(natsUrl, (letters) => letters.resendDeadLetter(sequence));
