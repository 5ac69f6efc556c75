import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// The browser of the tests of pages: Chromium or Chrome as the machine has it; nothing of ours downloads one. Run by
// itself it prints the program's path.
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const IN_APPLICATIONS = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
];
const VERSION_MS = 30_000;
const APT_MS = 240_000;

const run = promisify(execFile);

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const usualPlaces = () => {
  const folders = new Set([
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
  ]);
  const apps = process.platform === 'darwin' ? ['/Applications', join(homedir(), 'Applications')] : [];
  return [
    ...NAMES.flatMap((name) => [...folders].filter(Boolean).map((folder) => join(folder, name))),
    ...apps.flatMap((folder) => IN_APPLICATIONS.map((name) => join(folder, name))),
  ];
};

/** One that is only a stub, as some distributions ship it, tells no version. */
const tellsVersion = async (path) =>
  run(path, ['--version'], { timeout: VERSION_MS }).then(
    ({ stdout }) => /\d+\.\d+/.test(stdout),
    () => false,
  );

const findBrowser = async () => {
  for (const path of usualPlaces()) if (isProgram(path) && (await tellsVersion(path))) return path;
  return undefined;
};

const isRootOnDebian = () => process.getuid?.() === 0 && isProgram('/usr/bin/apt-get');

const apt = async (...args) =>
  run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
    timeout: APT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

const installChromium = () => apt('install', '-y', '--no-install-recommends', 'chromium');

/** The distribution's own package; a fresh container has no package lists. */
const installFromDebian = async (say) => {
  say('Installing chromium (apt-get) …');
  try {
    await installChromium().catch(async () => {
      await apt('update');
      await installChromium();
    });
  } catch (error) {
    say(
      `chromium could not be installed: ${String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
  }
};

const oneLine = () => {
  if (process.platform === 'darwin') return 'brew install --cask google-chrome';
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y chromium`;
};

/**
 * The path of a Chromium or Chrome: the one that CHROMIUM_PATH names, else one in the usual places, else Debian's
 * package, which is installed if we are root.
 * @throws Error whose message says what to type
 */
export const provideBrowser = async (say) => {
  const { CHROMIUM_PATH: named } = process.env;
  if (named) {
    if (isProgram(named)) return resolve(named);
    throw new Error(
      `CHROMIUM_PATH is ${named}, where no program is. Name the browser’s program, or unset it.`,
    );
  }
  const found = await findBrowser();
  if (found) return found;
  if (isRootOnDebian()) await installFromDebian(say);
  const installed = await findBrowser();
  if (installed) return installed;
  throw new Error(
    'The tests of pages need Chromium or Chrome, and none was found. Type:\n\n' +
      `  ${oneLine()}\n\nor set CHROMIUM_PATH to the browser’s program.`,
  );
};

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  try {
    console.log(await provideBrowser((line) => console.error(line)));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
