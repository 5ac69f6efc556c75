import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOfStep } from './play-step.js';
import { BAD_ROW_KINDS } from '../control/bad-rows.js';
import { FAULT_KINDS } from '../control/faults.js';
import {
  SCENARIO_SETTINGS,
  SYNC_HALVES,
  TIMESTAMP_STYLES,
  WEBHOOK_EVENTS,
  WEBHOOK_FAULTS,
} from '../settings.js';
import { randomScenario } from './random-scenario.js';

it('follows from its seed', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(randomScenario(seed)).toEqual(randomScenario(seed));
    }),
    { numRuns: 30 },
  );
  expect(randomScenario(1)).not.toEqual(randomScenario(2));
});

it('is calm on its last day, and tells of everything that can happen over many seeds', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const { days } = randomScenario(seed, { days: 25 });
    expect(days.at(-1)?.steps.map(nameOfStep).slice(0, 2)).toEqual(['clearFaults', 'webhooks']);
    for (const { steps } of days) for (const step of steps) seen.add(nameOfStep(step));
  }
  for (const name of [
    'post',
    'book',
    'change',
    'delete',
    'restore',
    'reissue',
    'recreate',
    'disable',
    'enable',
    'state',
    'repair',
    'fault',
    'webhooks',
    'sync',
    'spoil',
    'mend',
    'close',
    'reopen',
    'override',
    'settings',
    'consent',
    'stall',
    'webhook',
    'discover',
    'revokeTokens',
    'deleteConnection',
    'deleteUser',
  ])
    expect([...seen]).toContain(name);
});

it('brings every fault, every bad row and every badly signed webhook over many seeds', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++)
    for (const { steps } of randomScenario(seed, { days: 25, trouble: 1 }).days)
      for (const step of steps) {
        if ('fault' in step) seen.add(step.fault.kind);
        if ('spoil' in step) for (const kind of step.spoil.kinds ?? []) seen.add(kind);
        if ('webhooks' in step && step.webhooks.fault) seen.add(step.webhooks.fault);
      }
  for (const kind of [...FAULT_KINDS, ...BAD_ROW_KINDS, ...WEBHOOK_FAULTS]) expect([...seen]).toContain(kind);
});

it('has banks that answer in their own ways, in halves and with odd members, until its last day', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const { settings, days } = randomScenario(seed, { days: 25, trouble: 1 });
    const steps = days.flatMap((group) => group.steps);
    for (const own of [settings, ...steps.map((step) => ('settings' in step ? step.settings : undefined))])
      for (const [name, value] of Object.entries(own ?? {}))
        if (value !== null) seen.add(name).add(String(value));
    for (const step of steps) {
      if ('spoil' in step && step.spoil.overrides) seen.add('odd rows');
      if ('override' in step && 'connection' in step.override && Object.keys(step.override).length > 1)
        seen.add('odd connection');
      if ('fault' in step && step.fault.body) seen.add('odd error');
    }
    expect(days.at(-1)?.steps).toEqual(
      expect.arrayContaining([
        { settings: { rateLimitPerMinute: null, recentSyncMs: null, syncHalves: null } },
        { override: { connection: true } },
      ]),
    );
  }
  const wanted = [...SCENARIO_SETTINGS, ...TIMESTAMP_STYLES, ...SYNC_HALVES, ...WEBHOOK_EVENTS];
  expect([...seen]).toEqual(expect.arrayContaining([...wanted, 'odd rows', 'odd connection', 'odd error']));
});

it('leaves the requests and faults of others alone', () => {
  const faults = Array.from({ length: 50 }, (_, seed) => randomScenario(seed, { trouble: 1 }).days)
    .flat()
    .flatMap(({ steps }) => steps)
    .flatMap((step) => ('fault' in step ? step.fault : 'clearFaults' in step ? step.clearFaults : []));
  expect(faults.filter(({ own }) => own !== true)).toEqual([]);
  expect(faults.length).toBeGreaterThan(100);
});

it('brings no trouble where none is wanted', () => {
  for (let seed = 0; seed < 30; seed++)
    for (const { steps } of randomScenario(seed, { trouble: 0 }).days.slice(0, -1))
      for (const step of steps)
        expect(['post', 'book', 'change', 'delete', 'restore', 'sync']).toContain(nameOfStep(step));
});
