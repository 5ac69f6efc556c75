import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const START_MS = 60_000;

/** Nothing that a browser does by itself: a test's machine may reach nobody, and the pages must not need to. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** A browser without a window and with a profile of its own. @throws what to type where the machine has none */
export const startBrowser = async (): Promise<Browser> => {
  const { stdout } = await run(process.execPath, [resolve('scripts/browser.mjs')]);
  return chromium.launch({
    executablePath: stdout.trim(),
    // Its sandbox refuses to work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ARGUMENTS,
    timeout: START_MS,
  });
};
