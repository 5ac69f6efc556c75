import { parseArgs, type ParseArgsConfig } from 'node:util';
import { WrongUsage } from './command.js';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options and the words between them, strictly. @throws {WrongUsage} in the parser's words */
export const readArguments = <T extends Options>(args: readonly string[], options: T) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error));
  }
};

/** @throws {WrongUsage} there is another number of words */
export const onlyWord = (words: readonly string[], what: string): string => {
  const [word, ...others] = words;
  if (word === undefined || others.length > 0) throw new WrongUsage(`Name one ${what}.`);
  return word;
};

/** @throws {WrongUsage} there is a word where none belongs */
export const noWords = ([word]: readonly string[]): void => {
  if (word !== undefined) throw new WrongUsage(`"${word}" means nothing here.`);
};
