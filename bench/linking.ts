import { randomInt } from 'node:crypto';
import type { SyncView } from '#client';
import { pressOnLinkPage } from '../apps/stack/src/demo/person-at-webview.js';
import type { BenchStack } from './bench-stack.js';
import { askSandbox } from './sandbox.js';
import { type Patience, until } from './until.js';

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

/** The two digits at the end of a French account number. */
const ribKey = (bank: string, branch: string, account: string): string => {
  const sum = 89n * BigInt(bank) + 15n * BigInt(branch) + 3n * BigInt(account);
  return String(97n - (sum % 97n)).padStart(2, '0');
};

/** An account of exactly `rows` transactions at the sandbox bank, of the bank code that it opens accounts for. */
export const openAccount = async (stack: BenchStack, rows: number): Promise<string> => {
  const [bank, branch, account] = ['99998', digits(5), digits(11)];
  const bban = bank + branch + account + ribKey(bank, branch, account);
  const check = 98n - (BigInt(`${bban}152700`) % 97n);
  const iban = `FR${String(check).padStart(2, '0')}${bban}`;
  await askSandbox(stack, 'POST', '/accounts', { iban, count: rows, days: 1_000, cardCount: 0 });
  return iban;
};

export const newTenant = (): string => `bench${digits(10)}`;

/** Opens a connection and links it as a person does on the bank's page; its first sync then begins by itself. */
export const openAndLink = async (
  { api }: BenchStack,
  iban: string,
  settings: { readonly tenantId: string; readonly syncDaysBack: number },
): Promise<string> => {
  const { id, linkUrl } = await api.openConnection({
    companyId: 1,
    accountId: 1,
    institutionId: 'BNPAFRPP',
    iban,
    ...settings,
  });
  const back = await fetch(await pressOnLinkPage(linkUrl ?? ''), { headers: { accept: 'application/json' } });
  if (!back.ok) throw new Error(`The link callback answered ${back.status}: ${await back.text()}`);
  return id;
};

/** The newest runs of a connection, once there are some and none is pending. */
export const quietHistory = async (
  { api }: BenchStack,
  connectionId: string,
  patience: Patience = {},
): Promise<readonly SyncView[]> =>
  until(
    'the end of all runs',
    async () => {
      const { items } = await api.syncs(connectionId);
      const isQuiet = items.length > 0 && items.every(({ status }) => status !== 'pending');
      return isQuiet ? items : undefined;
    },
    { everyMs: 20, ...patience },
  );
