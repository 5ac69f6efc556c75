import { Metrics } from '#platform';
import type { Admission, CircuitRules } from '#providers';
import { Database } from '#read-model';
import { ownDatabaseUrl } from '#testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PgCallBudget } from './pg-call-budget.js';
import { PgCircuitBreaker } from './pg-circuit-breaker.js';
import { reportProviderCalls } from './report-provider-calls.js';

const databases: Database[] = [];
let url: string;
beforeAll(async () => {
  url = await ownDatabaseUrl();
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

const RULES: CircuitRules = { failures: 3, pauseMs: 60_000, longestPauseMs: 600_000, probeMs: 60_000 };
/** Its first pause is over at once. */
const HASTY: CircuitRules = { ...RULES, pauseMs: 0 };

/** As another process has it: with connections of its own. */
const breaker = async (rules = RULES): Promise<PgCircuitBreaker> => {
  const db = new Database(url);
  databases.push(db);
  const made = new PgCircuitBreaker(db, rules);
  await made.prepare();
  return made;
};
const freshBank = () => ({ provider: 'powens', bank: randomUUID() });
const machine = { connectionId: randomUUID(), attended: false, told: false };
const closed = { kind: 'closed', failures: 0 } as const;
/** Of a connection of its own. */
const visit = (admission: Admission = closed) => ({ connectionId: randomUUID(), admission });

it('failures that several processes see are counted together, and a restart forgets none', async () => {
  const bank = freshBank();
  const [one, two] = [await breaker(), await breaker()];
  await Promise.all([one.report(bank, visit(), 'fault'), two.report(bank, visit(), 'fault')]);
  expect(await one.admit(bank, machine)).toEqual({ kind: 'closed', failures: 2 });
  const until = await two.report(bank, visit(), 'fault');
  expect(Date.parse(until ?? '') - Date.now()).toBeGreaterThan(30_000);
  const restarted = await breaker();
  expect(await restarted.admit(bank, machine)).toMatchObject({ kind: 'open', failures: 3, until });
  expect(await restarted.open()).toContainEqual({ ...bank, failures: 3, connections: 3, only: null, until });
});

it('one bank that fails stops no other', async () => {
  const [bad, good] = [freshBank(), freshBank()];
  const circuits = await breaker();
  for (let nth = 0; nth < 3; nth += 1) await circuits.report(bad, visit(), 'fault');
  expect((await circuits.admit(bad, machine)).kind).toBe('open');
  expect(await circuits.admit(good, machine)).toEqual(closed);
  expect((await circuits.admit({ ...bad, provider: 'tink' }, machine)).kind).toBe('closed');
});

it('of many that ask at the same moment one may look, and its success lets all of them', async () => {
  const bank = freshBank();
  const all = await Promise.all(Array.from({ length: 4 }, () => breaker(HASTY)));
  for (const each of all.slice(0, 3)) await each.report(bank, visit(), 'fault');
  const admissions = await Promise.all(
    all.flatMap((each) =>
      [true, false, false, true, false].map((attended) => each.admit(bank, { ...machine, attended })),
    ),
  );
  expect(admissions.filter(({ kind }) => kind === 'open')).toHaveLength(19);
  const probe = admissions.find(({ kind }) => kind === 'probe');
  expect(await all[0]?.report(bank, visit(probe), 'ok')).toBeNull();
  expect(await all[1]?.admit(bank, machine)).toEqual(closed);
  expect(await all[1]?.open()).not.toContainEqual(expect.objectContaining(bank));
});

it('one connection that fails keeps only itself away, and is known as the only one', async () => {
  const bank = freshBank();
  const circuits = await breaker({ ...RULES, pauseMs: 5 });
  const mine = visit();
  await expect.poll(() => circuits.report(bank, mine, 'bank-fault'), { interval: 10 }).not.toBeNull();
  const { connectionId } = mine;
  expect(await circuits.open()).toContainEqual(
    expect.objectContaining({ ...bank, failures: 3, connections: 1, only: connectionId }),
  );
  expect(await circuits.admit(bank, machine)).toEqual({ kind: 'closed', failures: 3 });
  await circuits.report(bank, visit({ kind: 'closed', failures: 3 }), 'answered');
  expect(await circuits.open()).toContainEqual(expect.objectContaining(bank));
  await circuits.report(bank, { ...mine, admission: { kind: 'probe', failures: 3 } }, 'answered');
  expect(await circuits.open()).not.toContainEqual(expect.objectContaining(bank));
});

it('a run that says nothing of the bank opens nothing, and frees the look that it had', async () => {
  const bank = freshBank();
  const circuits = await breaker(HASTY);
  for (let nth = 0; nth < 10; nth += 1) expect(await circuits.report(bank, visit(), 'neutral')).toBeNull();
  expect(await circuits.admit(bank, machine)).toEqual(closed);
  for (let nth = 0; nth < 3; nth += 1) await circuits.report(bank, visit(), 'fault');
  expect(await circuits.open()).toContainEqual({
    ...bank,
    failures: 3,
    connections: 3,
    only: null,
    until: null,
  });
  const look = await circuits.admit(bank, machine);
  await circuits.report(bank, visit(look), 'neutral');
  expect((await circuits.admit(bank, machine)).kind).toBe('probe');
});

it('operators see which banks are left alone, what is left of the budget and whom it made wait', async () => {
  const bank = freshBank();
  const circuits = await breaker();
  const db = new Database(url);
  databases.push(db);
  const budget = new PgCallBudget(db, 5);
  await budget.prepare();
  const metrics = new Metrics('sync');
  reportProviderCalls(metrics, budget, circuits);
  const call = { domain: `${bank.bank}.biapi.pro`, connection: null, attended: true };
  const left = `passerelle_provider_calls_left{domain="${call.domain}",app="sync"}`;
  const circuit = `passerelle_bank_circuit_open{provider="powens",bank="${bank.bank}",app="sync"} 1`;
  await budget.take(call);
  expect(await metrics.text()).toContain(`${left} 4`);
  for (let nth = 0; nth < 6; nth += 1) await budget.take(call);
  for (let nth = 0; nth < 3; nth += 1) await circuits.report(bank, visit(), 'fault');
  const text = await metrics.text();
  expect(text).toContain(`${left} 0`);
  expect(text).toContain(circuit);
  expect(text).toContain(
    `passerelle_provider_calls_refused_total{domain="${call.domain}",attended="true",app="sync"} 2`,
  );
  await circuits.report(bank, visit({ kind: 'probe', failures: 3 }), 'ok');
  expect(await metrics.text()).not.toContain(circuit);
});
