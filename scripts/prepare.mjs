import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { provideBrowser } from './browser.mjs';
import { buildWhenChanged } from './built.mjs';
import { isInstalled } from './installed.mjs';
import { provideNatsServer } from './nats-server.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { npm, tool } from './run.mjs';

// Packages as the lockfile says; with --build also what running needs: the built tree and a nats-server; with --browser
// what the tests of pages need besides. What is there already is left alone.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => console.error(line);

const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Passerelle needs Node 20.19 or later; this is ${process.versions.node} (${process.execPath}).`,
  );
};

const demand = async (status, what) => {
  if ((await status) !== 0) throw new Error(what);
};

const install = async () => {
  if (isInstalled(root)) return;
  say('Installing packages (npm ci) …');
  await demand(
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] }),
    'npm ci failed; what it says is above.',
  );
};

const build = async () =>
  buildWhenChanged(root, async () => {
    say('Building …');
    await demand(
      tool(root, 'nest', ['build', 'stack'], { cwd: root, stdio: ['ignore', 2, 2] }),
      'The build failed; what the compiler says is above.',
    );
  });

/** With a NATS server of one's own none is needed here, so one that cannot be had is only worth a word. */
const hasOwnNats = () => {
  const file = join(root, '.env');
  const { NATS_URL } = { ...(existsSync(file) && parseEnv(readFileSync(file, 'utf8'))), ...process.env };
  return Boolean(NATS_URL);
};

const provideNats = async () =>
  provideNatsServer(join(root, '.passerelle', 'bin'), say).catch((error) => {
    if (!hasOwnNats()) throw error;
    say(`${error.message}\n(NATS_URL is set, so we go on without it.)`);
  });

/** After the nats-server: two apt-gets at once would lock each other out. Without a browser its tests alone fail. */
const provideTools = async () => {
  await provideNats();
  if (process.argv.includes('--browser'))
    await provideBrowser(say).catch((error) =>
      say(`${error.message}\n(All but the tests of pages goes on.)`),
    );
};

try {
  requireNode();
  await oneAtATime(join(root, '.passerelle', 'prepare.lock'), say, async () => {
    await install();
    if (process.argv.includes('--build')) await Promise.all([provideTools(), build()]);
  });
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
