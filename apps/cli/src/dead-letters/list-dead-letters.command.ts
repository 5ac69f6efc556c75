import type { Command } from '../command.js';
import { Installation } from '../installation.js';
import { noWords, readArguments } from '../read-arguments.js';
import { listDeadLetters } from './dead-letters.js';

export const listDeadLettersCommand: Command = {
  name: 'dead-letters',
  parameters: '',
  summary: 'list the commands that were given up, and why',
  help: 'One line each, oldest first; the number in front is what "dead-letters resend" takes.',
  run: async (args, { env, say }) => {
    noWords(readArguments(args, {}).positionals);
    const lines = await listDeadLetters((await Installation.find(env)).addresses('natsUrl').natsUrl);
    for (const line of lines) say(line);
    say(lines.length === 0 ? 'There are no dead letters.' : `${lines.length} dead letter(s).`);
  },
};
