import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ibanFault } from '../bank/iban.js';
import { BAD_ROW_KINDS } from '../control/bad-rows.js';
import { FAULT_KINDS } from '../control/faults.js';
import { SCENARIO_SETTINGS, WEBHOOK_FAULTS } from '../settings.js';
import { nameOfStep } from './play-step.js';
import { parseScenario } from './read-scenario.js';
import { step } from './scenario.js';

const text = readFileSync(join(import.meta.dirname, '../../../../docs/sandbox.md'), 'utf8');
const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
const steps = step.says.replace(/^.* one of /, '').split(', ');

describe('docs/sandbox.md', () => {
  it('shows a complete example that can be played', () => {
    const { days } = parseScenario(example);
    const shown = new Set(days.flatMap((group) => group.steps.map(nameOfStep)));
    expect(shown.size).toBeGreaterThan(14);
  });

  it.each(steps)('explains the step %s', (name) => {
    expect(text).toMatch(new RegExp(`^\\|.*\`.*\\b${name}\\b.*\\|`, 'm'));
  });

  it.each([...FAULT_KINDS, ...WEBHOOK_FAULTS])('explains the fault %s', (kind) => {
    expect(text).toContain(`\`${kind}\``);
  });

  it.each(SCENARIO_SETTINGS)('explains the setting %s', (name) => {
    expect(text).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
  });

  it('shows no IBAN that a client would refuse', () => {
    const ibans = [...text.matchAll(/\bFR\d{25}\b/g)].map(([iban]) => iban);
    expect(ibans.length).toBeGreaterThan(3);
    expect(ibans.filter((iban) => ibanFault(iban) !== undefined)).toEqual([]);
  });

  it('names every kind of bad row', () => {
    for (const kind of BAD_ROW_KINDS) expect(text).toContain(kind);
  });
});
