import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['apps', 'libs', 'bench', 'examples'];
const FILES = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];

const isSource = (name) => !name.endsWith('spec.ts') && !name.endsWith('.md');

const sources = (root) => {
  const inFolder = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && isSource(entry.name))
          .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
      : [];
  return [...FILES, ...FOLDERS.flatMap(inFolder)].toSorted((a, b) => (a < b ? -1 : 1));
};

const hashOf = (root, files) => {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
};

const stampFile = (root) => join(root, 'dist', '.passerelle-stamp');

/** The compiler rewrites this file, so a build by hand, of sources we did not see, is noticed. */
const builtAt = (root) =>
  statSync(join(root, 'dist', '.build.tsbuildinfo'), { throwIfNoEntry: false })?.mtimeMs ?? null;

const stampOf = (root) => {
  try {
    return JSON.parse(readFileSync(stampFile(root), 'utf8'));
  } catch {
    return { hash: null, files: [], builtAt: null };
  }
};

/**
 * Runs `build` when `dist` was not made from exactly the sources of now. Output of deleted sources would stay, and could
 * be imported; so `dist` is removed first when a source is gone.
 */
export const buildWhenChanged = async (root, build) => {
  const files = sources(root);
  const hash = hashOf(root, files);
  const stamp = stampOf(root);
  if (stamp.hash === hash && stamp.builtAt === builtAt(root)) return;
  const present = new Set(files);
  const mayHoldLeftovers = stamp.files.length === 0 || stamp.files.some((file) => !present.has(file));
  if (mayHoldLeftovers) rmSync(join(root, 'dist'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Until the build succeeded the stamp has no hash; the names it has tell the next build what lies in `dist`.
  writeFileSync(stampFile(root), JSON.stringify({ hash: null, files, builtAt: null }));
  await build();
  writeFileSync(stampFile(root), JSON.stringify({ hash, files, builtAt: builtAt(root) }));
};
