import { errorText } from '#kernel';
import type { RawEnvironment } from '#platform';
import { listDeadLetters, resendDeadLetter } from './dead-letters.js';
import { engineAddresses } from './engine-addresses.js';
import { rebuildModels } from './rebuild-models.js';

const HELP = `Usage: npm run passerelle -- <command>

  rebuild [read model …]     fill read models anew from the event log (all of them when none is named)
  dead-letters               list the commands that were given up, and why
  dead-letters resend N      put dead letter N back on its queue
`;

const WRONG_USAGE = 64;

/** Carries out one operator's command; returns the exit status. */
export const operate = async (
  args: readonly string[],
  env: RawEnvironment,
  say: (line: string) => void,
): Promise<number> => {
  const [command, ...rest] = args;
  try {
    if (command === 'rebuild') {
      await rebuildModels(await engineAddresses(env), rest, say);
      return 0;
    }
    if (command === 'dead-letters' && rest.length === 0) {
      const lines = await listDeadLetters((await engineAddresses(env)).natsUrl);
      for (const line of lines) say(line);
      say(lines.length === 0 ? 'There are no dead letters.' : `${lines.length} dead letter(s).`);
      return 0;
    }
    if (command === 'dead-letters' && rest[0] === 'resend' && /^\d+$/.test(rest[1] ?? '')) {
      const { subject } = await resendDeadLetter((await engineAddresses(env)).natsUrl, Number(rest[1]));
      say(`Sent again to ${subject}.`);
      return 0;
    }
  } catch (error) {
    say(errorText(error));
    return 1;
  }
  say(HELP);
  return command === 'help' || command === undefined ? 0 : WRONG_USAGE;
};
