import { startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idsOf } from '../provider-suite.js';
import { EdgeCases, type Person, rowsOf } from './edge-case.js';

let cases: EdgeCases;
beforeAll(async () => {
  cases = await EdgeCases.open(startSandboxBank);
});
afterEach(() => cases.reset());
afterAll(() => cases?.close());

const setDisabled = async (person: Person, disabled: boolean) => {
  const { providerAccountId } = await cases.account(person);
  const path = `/connections/${person.connection}/accounts/${providerAccountId}`;
  await cases.world.control('PATCH', path, { disabled });
};

describe('accounts of a connection', () => {
  it('case 17: an account that was discovered but not agreed on is not shared, and has no balance of zero', async () => {
    const person = await cases.person();
    const before = (await cases.describe(person)).accounts.map(({ providerAccountId }) => providerAccountId);
    const iban = cases.freshIban();
    await cases.openAccount(iban, 30);
    await cases.world.control('POST', `/connections/${person.connection}/accounts`, { iban });
    const { accounts } = await cases.describe(person);
    const found = accounts.filter(({ providerAccountId }) => !before.includes(providerAccountId));
    expect(found).toMatchObject([{ status: 'not-shared', balance: null }]);
    expect((await cases.fetch(person, null, found)).items).toEqual([]);
  });

  it('case 18: an account that is no longer shared deletes no row, and proves nothing', async () => {
    const person = await cases.person();
    const before = await cases.fetch(person);
    const account = await cases.account(person);
    await setDisabled(person, true);
    expect(await cases.account(person)).toMatchObject({ status: 'not-shared' });
    for (const cursor of [null, before.end.cursor]) {
      const { items, end } = await cases.fetch(person, cursor, [account]);
      expect(items).toEqual([]);
      expect(end).toMatchObject({ scope: 'incremental', cursor: null });
    }
  });

  it('case 19: an account under a new id bears the same IBAN, its old one has vanished, its rows are the same', async () => {
    const person = await cases.person();
    const before = await cases.fetch(person);
    const old = await cases.account(person);
    const path = `/connections/${person.connection}/recreate-accounts`;
    await cases.world.control('POST', path, { enabled: true });
    await cases.world.control('POST', `/connections/${person.connection}/sync`);
    const { accounts } = await cases.describe(person);
    expect(accounts.find(({ providerAccountId: id }) => id === old.providerAccountId)?.status).toBe(
      'vanished',
    );
    const fresh = await cases.account(person);
    expect(fresh).toMatchObject({ iban: person.iban, status: 'shared' });
    expect(fresh.providerAccountId).not.toBe(old.providerAccountId);
    const after = await cases.fetch(person);
    const contents = (items: typeof before.items) => rowsOf(items).map(({ content }) => content);
    expect(contents(after.items)).toEqual(contents(before.items));
    expect(idsOf(after.items).some((id) => idsOf(before.items).includes(id))).toBe(false);
  });

  it('case 20: one account in two connections has one IBAN, two ids and the same rows', async () => {
    const person = await cases.person();
    const other = { ...person, connection: await cases.connect(person.access, [person.iban]) };
    const twin = { ...other, access: { ...person.access, providerConnectionId: other.connection } };
    const [one, two] = [await cases.account(person), await cases.account(twin)];
    expect(one.iban).toBe(two.iban);
    expect(one.providerAccountId).not.toBe(two.providerAccountId);
    const contents = async (each: Person) =>
      rowsOf((await cases.fetch(each)).items).map(({ content }) => content);
    expect(await contents(twin)).toEqual(await contents(person));
  });

  it('case 42: an account that is shared later is read in full, though the cursor is newer than its rows', async () => {
    const person = await cases.person();
    const iban = cases.freshIban();
    await cases.openAccount(iban);
    const connection = await cases.connect(person.access, [person.iban, iban]);
    const both = { ...person, connection, access: { ...person.access, providerConnectionId: connection } };
    await cases.post(iban, [{ date: '2026-03-13', value: '-9.00', originalWording: 'NEWER' }]);
    const { accounts } = await cases.describe(both);
    const [late, early] = [person.iban, iban].map((each) =>
      accounts.filter((account) => account.iban === each),
    );
    const first = await cases.fetch(both, null, early);
    expect(rowsOf(first.items).map(({ content }) => content.originalLabel)).toEqual(['NEWER']);
    await cases.world.control('POST', `/connections/${connection}/age`, {
      hours: 48,
      accountId: Number(late?.[0]?.providerAccountId),
    });
    const changes = await cases.fetch(both, first.end.cursor, [...(early ?? []), ...(late ?? [])]);
    const isLate = (row: { readonly providerAccountId: string }) =>
      row.providerAccountId === late?.[0]?.providerAccountId;
    expect(rowsOf(changes.items).filter(isLate)).toEqual([]);
    const { items } = await cases.fetch(both, null, late);
    const told = rowsOf(items).map(({ content }) => content.originalLabel);
    expect(new Set(told)).toEqual(new Set(['ONE', 'TWO', 'THREE']));
    expect(told).toHaveLength(3);
  });

  it('case 43: no account at all is an empty result, not a failure', async () => {
    const person = await cases.person();
    const account = await cases.account(person);
    await setDisabled(person, true);
    const { items, end } = await cases.fetch(person, null, [account]);
    expect(items).toEqual([]);
    expect(end.complete).toBe(true);
    const asked = await cases.calls('/transactions');
    expect(asked.map(({ status }) => status)).toEqual([409]);
  });
});
