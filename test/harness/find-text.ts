import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const filesBelow = (path: string): readonly string[] => {
  const stat = lstatSync(path);
  if (stat.isDirectory()) return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
  return stat.isFile() ? [path] : [];
};

/** The files below these folders whose bytes hold the text. */
export const filesWith = (text: string, folders: readonly string[]): readonly string[] =>
  folders.flatMap(filesBelow).filter((file) => readFileSync(file).includes(text));
