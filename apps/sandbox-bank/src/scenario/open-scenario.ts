import { createHash } from 'node:crypto';
import type { Sandbox } from '../sandbox.js';
import { CONNECTORS } from '../bank/connectors.js';
import { generateRows } from '../bank/generate-rows.js';
import { withCheckDigits } from '../bank/iban.js';
import { loginOf } from './login.js';
import type { Scenario, ScenarioAccount } from './scenario.js';
import { Story } from './story.js';
import { BadScenario } from './read-scenario.js';

const TEST_CONNECTOR = 'TST';

const digitsOf = (text: string, count: number): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString()
    .slice(0, count);

const ibanOf = (seed: string, account: ScenarioAccount): string | null => {
  if (account.iban !== undefined) return account.iban;
  const isCurrent = (account.type ?? 'checking') === 'checking';
  return isCurrent ? withCheckDigits('FR', `99998${digitsOf(`${seed}:${account.ref}`, 18)}`) : null;
};

const numberOf = (seed: string, account: ScenarioAccount, iban: string | null): string => {
  if (account.number !== undefined) return account.number;
  if (iban !== null) return iban.slice(12, 23);
  const digits = digitsOf(`${seed}:${account.ref}:number`, 8);
  return account.type === 'card' ? `4970XXXXXXXX${digits.slice(0, 4)}` : `LIV${digits}`;
};

/** Why an account is open, and what to do about it. */
const holderOf = ({ store }: Sandbox, key: string): string => {
  const held = store.first<{ id: string }>(
    'SELECT id_scenario AS id FROM scenario_accounts WHERE account_key = ?',
    key,
  );
  const fresh = 'leave "iban" out to get a fresh one';
  return held === undefined
    ? `; ${fresh}`
    : `: scenario "${held.id}" is loaded. Go on with that one, or ${fresh}`;
};

const KINDS = ['checking', 'card', 'savings'] as const;

/** Opens a scenario's accounts at its bank, with their opening rows. */
export const openScenarioAccounts = (
  sandbox: Sandbox,
  id: string,
  scenario: Scenario,
  firstDay: string,
): void => {
  const { bank, store } = sandbox;
  const story = new Story(sandbox, id);
  const seed = scenario.seed ?? scenario.name;
  const connectorId = CONNECTORS.find(({ slug }) => slug === (scenario.bank ?? TEST_CONNECTOR))?.id ?? 0;
  const isListed = scenario.listed ?? false;
  for (const account of scenario.accounts) {
    const iban = ibanOf(`${seed}:${id}`, account);
    const key = iban ?? `${id}:${account.ref}`;
    const number = numberOf(`${seed}:${id}`, account, iban);
    if (bank.account(key)) throw new BadScenario(`Account ${key} is open already${holderOf(sandbox, key)}.`);
    const type = account.type ?? 'checking';
    const parent = account.parent === undefined ? null : story.account(account.parent).key;
    const told = (account.rows ?? []).flatMap((row) => Array.from({ length: row.copies ?? 1 }, () => row));
    const generated = generateRows({
      seed: `${seed}:${account.ref}`,
      size: account.count ?? 0,
      days: 365,
      until: firstDay,
      type: KINDS.find((kind) => kind === type) ?? 'checking',
      card: type === 'card' ? number : null,
      cardPlan: null,
    });
    bank.openBare(
      {
        key,
        connectorId,
        parent,
        login: account.later === true ? `later-${id}` : loginOf(id, isListed, connectorId),
        iban,
        number,
        name: account.name ?? account.ref,
        type,
        currency: account.currency ?? 'EUR',
        balance: account.balance ?? '0',
        until: firstDay,
        seed: `${seed}:${account.ref}`,
        listed: isListed ? 1 : 0,
      },
      [...told.map((row) => story.wholeRow(row, firstDay)), ...generated],
    );
    store.run('INSERT INTO scenario_accounts VALUES (?, ?, ?)', id, account.ref, key);
    const rows = bank.rows(key);
    told.forEach((row, index) => {
      const stored = rows[index];
      if (row.ref !== undefined && stored && told.indexOf(row) === index)
        story.nameRow(row.ref, stored.row_id);
    });
  }
};
