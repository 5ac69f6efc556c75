import { type Command, WrongUsage } from '../command.js';
import { Installation } from '../installation.js';
import { onlyWord, readArguments } from '../read-arguments.js';
import { resendDeadLetter } from './dead-letters.js';

export const resendDeadLetterCommand: Command = {
  name: 'dead-letters resend',
  parameters: 'N',
  summary: 'put dead letter N back on its queue',
  help: 'Mend the cause first: it is tried as often as a new command.',
  run: async (args, { env, say }) => {
    const number = onlyWord(readArguments(args, {}).positionals, 'dead letter by its number');
    if (!/^\d{1,15}$/.test(number)) throw new WrongUsage(`"${number}" is no number of a dead letter.`);
    const { natsUrl } = (await Installation.find(env)).addresses('natsUrl');
    const { subject } = await resendDeadLetter(natsUrl, Number(number));
    say(`Sent again to ${subject}.`);
  },
};
