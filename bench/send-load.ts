import { forkProgram, nextMessage } from './child.js';
import type { LoadJob, LoadResult } from './webhook-load.js';

/** Has the load process send; resolves when everything was answered. */
export const sendLoad = async (job: LoadJob): Promise<LoadResult> => {
  const child = forkProgram('webhook-load');
  try {
    child.send(job);
    return await nextMessage<LoadResult>(child);
  } finally {
    child.kill();
  }
};

/** `3 × 503, 1 × no answer` */
export const failuresOf = ({ failures }: LoadResult): string =>
  Object.entries(failures)
    .map(([status, count]) => `${count} × ${status === '0' ? 'no answer' : status}`)
    .join(', ') || 'none otherwise';
