import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseCommandLine } from './options.js';
import { startSandboxBank, type RunningSandboxBank } from './start.js';
import { Store } from './store.js';

const YAML = `
name: from a file
start: 2026-03-01 06:00
accounts: [{ ref: main, rows: [{ value: -1 }] }]
days: [{ day: 1, steps: [{ post: { account: main, rows: [{ value: -2 }] } }] }]
`;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
const file = join(folder, 'scenario.yaml');
let running: RunningSandboxBank | undefined;

beforeAll(() => writeFileSync(file, YAML));
afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true });
});

const start = async (...args: string[]): Promise<RunningSandboxBank> => {
  await running?.stop();
  running = await startSandboxBank(
    parseCommandLine(['--port=0', `--data-dir=${join(folder, 'data')}`, ...args]),
  );
  return running;
};
const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
  const response = await fetch(`${running?.url}/sandbox/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return (await response.json()) as Record<string, unknown>;
};

it('loads a scenario from a file once; clock and story go on over a restart', async () => {
  await start(`--scenario=${file}`);
  expect(await call('GET', 'clock')).toEqual({
    now: '2026-03-01T05:00:00.000Z',
    paris: '2026-03-01 06:00:00',
    mode: 'frozen',
  });
  await call('POST', 'clock/advance', { days: 1 });
  await start(`--scenario=${file}`);
  expect((await call('GET', 'scenarios')).scenarios).toEqual([
    { id: 'from-a-file', name: 'from a file', played: 1, of: 1 },
  ]);
  expect((await call('GET', 'clock')).paris).toBe('2026-03-02 06:00:00');
});

it('opens a data directory whose scenario would be refused today', async () => {
  await start(`--scenario=${file}`);
  await running?.stop();
  const store = new Store(join(folder, 'data'));
  const wrong = '{"ref":"main","iban":"FR7699998000010000000010174"}';
  store.run(`UPDATE scenarios SET source = replace(source, '{"ref":"main"', ?)`, wrong.slice(0, -1));
  store.close();
  running = undefined;
  await start();
  expect((await call('GET', 'scenarios')).scenarios).toMatchObject([{ id: 'from-a-file' }]);
});

it('sets the clock from the command line, and gives it back to the machine', async () => {
  await start('--clock=2026-10-25T00:30:00Z');
  expect((await call('GET', 'clock')).paris).toBe('2026-10-25 02:30:00');
  const back = await call('PUT', 'clock', { mode: 'machine' });
  expect(back.mode).toBe('running');
  expect(Math.abs(Date.parse(String(back.now)) - Date.now())).toBeLessThan(5_000);
});

it('refuses what it cannot follow in one sentence that names the option', () => {
  expect(() => parseCommandLine(['--clock=soon'])).toThrow('--clock soon is no date and time.');
  expect(() => parseCommandLine(['--ids-after=-1'])).toThrow('--ids-after -1 is no id.');
  expect(() => parseCommandLine([`--scenario=${folder}/none.yaml`])).toThrow(
    /^--scenario .*none\.yaml: ENOENT/,
  );
  writeFileSync(join(folder, 'bad.yaml'), 'name: 1');
  expect(() => parseCommandLine([`--scenario=${folder}/bad.yaml`])).toThrow(
    /bad\.yaml: line 1, name: must be a text, not 1\.\naccounts: is missing/,
  );
});
