import { errorText } from '#kernel';
import { type Command, type Surroundings, WrongUsage } from './command.js';
import { listDeadLettersCommand } from './dead-letters/list-dead-letters.command.js';
import { resendDeadLetterCommand } from './dead-letters/resend-dead-letter.command.js';
import { rebuildCommand } from './rebuild/rebuild.command.js';
import { listWebhookSecretsCommand } from './webhooks/list-webhook-secrets.command.js';
import { registerWebhooksCommand } from './webhooks/register-webhooks.command.js';
import { retireWebhookSecretCommand } from './webhooks/retire-webhook-secret.command.js';

const COMMANDS: readonly Command[] = [
  rebuildCommand,
  listDeadLettersCommand,
  resendDeadLetterCommand,
  registerWebhooksCommand,
  listWebhookSecretsCommand,
  retireWebhookSecretCommand,
];

const FAILED = 1;
const WRONG_USAGE = 64;
const CALL = 'npm run passerelle --';
const HELP_OPTIONS = ['--help', '-h'];
const HELP_WORDS = [...HELP_OPTIONS, 'help'];

/** Options are left to the help of each command. */
const overview = (): string => {
  const calls = COMMANDS.map(({ name, parameters }) =>
    `${name} ${parameters.replace(/ ?\[--.*/, '')}`.trim(),
  );
  const width = Math.max(...calls.map(({ length }) => length));
  const lines = COMMANDS.map(({ summary }, index) => `  ${(calls[index] ?? '').padEnd(width)}   ${summary}`);
  return [`Usage: ${CALL} <command>`, '', ...lines, '', `More: ${CALL} <command> --help`].join('\n');
};

const usageOf = ({ name, parameters }: Command): string => `Usage: ${CALL} ${name} ${parameters}`.trim();

/** The command whose name the arguments begin with, the longest one of them, and what follows it. */
const commandOf = (args: readonly string[]): { command: Command; rest: readonly string[] } | undefined =>
  COMMANDS.map((command) => ({ command, words: command.name.split(' ') }))
    .filter(({ words }) => words.every((word, index) => args[index] === word))
    .toSorted((a, b) => b.words.length - a.words.length)
    .map(({ command, words }) => ({ command, rest: args.slice(words.length) }))[0];

const carryOut = async (
  { command, rest }: { command: Command; rest: readonly string[] },
  surroundings: Surroundings,
): Promise<number> => {
  if (rest.some((arg) => HELP_OPTIONS.includes(arg))) {
    surroundings.say([usageOf(command), '', command.summary, command.help].join('\n').trim());
    return 0;
  }
  try {
    await command.run(rest, surroundings);
    return 0;
  } catch (error) {
    surroundings.complain(errorText(error));
    if (!(error instanceof WrongUsage)) return FAILED;
    surroundings.complain(usageOf(command));
    return WRONG_USAGE;
  }
};

/** Carries out one operator's command; returns the exit status: 0 done, 1 not done, 64 not understood. */
export const runCommandLine = async (
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> => {
  const [first] = args;
  if (first === undefined || HELP_WORDS.includes(first)) {
    surroundings.say(overview());
    return 0;
  }
  const found = commandOf(args);
  if (found) return carryOut(found, surroundings);
  const family = COMMANDS.some(({ name }) => name.startsWith(`${first} `));
  if (family && args.some((arg) => HELP_WORDS.includes(arg))) {
    surroundings.say(overview());
    return 0;
  }
  surroundings.complain(`There is no command "${args.join(' ')}".`);
  surroundings.complain(overview());
  return WRONG_USAGE;
};
