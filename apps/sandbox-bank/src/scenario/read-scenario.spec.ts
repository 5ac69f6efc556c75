import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GUIDE_IBAN } from '../bank/iban.js';
import { parseScenario, readScenario } from './read-scenario.js';

const folder = join(import.meta.dirname, '../../scenarios');
const minimal = { name: 'x', accounts: [{ ref: 'main' }], days: [] };
const problemsOf = (value: unknown): string => {
  try {
    readScenario(value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
};

describe('a scenario file', () => {
  it.each(readdirSync(folder))('is shipped and can be read: %s', (file) => {
    const scenario = parseScenario(readFileSync(join(folder, file), 'utf8'));
    expect(scenario.about).toBeTruthy();
    expect(scenario.days.length).toBeGreaterThan(2);
  });

  it('keeps amounts that are given as texts digit by digit', () => {
    const { accounts } = readScenario({
      ...minimal,
      accounts: [{ ref: 'main', rows: [{ value: '-248.90' }] }],
    });
    expect(accounts[0]?.rows?.[0]?.value).toBe('-248.90');
  });

  it('may use the IBAN of the original guide, which has wrong check digits', () => {
    expect(problemsOf({ ...minimal, accounts: [{ ref: 'main', iban: GUIDE_IBAN }] })).toBe('');
  });
});

describe('a file that cannot be played', () => {
  it('is told with line, place, and what is allowed', () => {
    const yaml = `name: x
accounts:
  - ref: main
    tpye: card
days:
  - day: 1
    steps:
      - post: { account: main, rows: [{ value: abc }] }
      - explode: {}
`;
    expect(() => parseScenario(yaml)).toThrow(
      [
        'line 4, accounts[0].tpye: is unknown here; allowed: ref, iban, number, name, type, parent, currency, balance, rows, count, later, shared.',
        'line 8, days[0].steps[0].post.rows[0].value: must be a decimal like -12.34, not "abc".',
      ].join('\n'),
    );
    expect(() => parseScenario(yaml)).toThrow(
      /line 9, days\[0\]\.steps\[1\]: must have exactly one of post, generate, book/,
    );
  });

  it.each<[string, object[], string[]]>([
    [
      'deleted twice',
      [{ delete: { row: 'r' } }, { delete: { row: 'r' } }],
      ['days[1].steps[1].delete.row: row "r" is deleted already at that time.'],
    ],
    [
      'restored while it is there',
      [{ restore: { row: 'r' } }],
      ['days[1].steps[0].restore.row: row "r" is not deleted at that time.'],
    ],
    [
      'booked when it is',
      [{ book: { row: 'r' } }, { book: { row: 'r', id: 'new' } }],
      ['days[1].steps[1].book.row: row "r" is booked already at that time.'],
    ],
    [
      'booked after all were',
      [{ book: { account: 'main' } }, { book: { row: 'r' } }],
      ['days[1].steps[1].book.row: row "r" is booked already at that time.'],
    ],
    [
      'booked though it was never announced',
      [{ book: { row: 'old' } }],
      ['days[1].steps[0].book.row: row "old" is booked already at that time.'],
    ],
    [
      'booked though it is gone',
      [{ delete: { row: 'r' } }, { book: { row: 'r' } }],
      ['days[1].steps[1].book.row: row "r" is deleted at that time.'],
    ],
    [
      'deleted, restored, deleted and restored to be booked',
      [
        { delete: { row: 'r' } },
        { restore: { row: 'r' } },
        { delete: { row: 'r' } },
        { restore: { row: 'r' } },
        { book: { account: 'second' } },
        { book: { row: 'r' } },
        { delete: { row: 'r' } },
      ],
      [],
    ],
  ])('is told of a step that would change nothing: a row %s', (_, steps, told) => {
    const accounts = [{ ref: 'main', rows: [{ ref: 'old', value: 1 }] }, { ref: 'second' }];
    const post = { account: 'main', rows: [{ ref: 'r', value: 1, coming: true }] };
    const days = [
      { day: 1, steps: [{ post }] },
      { day: 1, at: '09:00', steps },
    ];
    expect(
      problemsOf({ ...minimal, accounts, days })
        .split('\n')
        .filter(Boolean),
    ).toEqual(told);
  });

  it('is told everything in one go: shapes, names and the order of days', () => {
    const steps = [
      { close: { account: 'other' } },
      { post: { account: 'main', rows: [{ value: 'abc', ref: 'r' }] } },
    ];
    const days = [
      { day: 3, steps },
      { day: 2, steps: [{ delete: { row: 'r' } }, { delete: { row: 's' } }] },
    ];
    expect(problemsOf({ name: 1, accounts: [{ ref: 'main' }, { ref: 'main' }], days }).split('\n')).toEqual([
      'name: must be a text, not 1.',
      'days[0].steps[1].post.rows[0].value: must be a decimal like -12.34, not "abc".',
      'accounts[1].ref: "main" is taken already.',
      'days[0].steps[0].close.account: there is no account "other" at that time; known: main.',
      'days[1].steps[1].delete.row: there is no row "s" at that time; known: r.',
      'days[1].day: day 2 comes after day 3.',
    ]);
  });

  it.each<[string, object, string]>([
    ['a missing member', { accounts: undefined }, 'accounts: is missing: a list'],
    [
      'an unknown account',
      { days: [{ day: 0, steps: [{ close: { account: 'other' } }] }] },
      'days[0].steps[0].close.account: there is no account "other" at that time; known: main.',
    ],
    [
      'a row that comes later',
      {
        days: [
          { day: 0, steps: [{ delete: { row: 'r' } }] },
          { day: 1, steps: [{ post: { account: 'main', rows: [{ ref: 'r', value: 1 }] } }] },
        ],
      },
      'days[0].steps[0].delete.row: there is no row "r" at that time; known: none.',
    ],
    [
      'a name that is taken',
      { accounts: [{ ref: 'main' }, { ref: 'main' }] },
      'accounts[1].ref: "main" is taken already.',
    ],
    [
      'days in disorder',
      {
        days: [
          { day: 3, steps: [] },
          { day: 2, steps: [] },
        ],
      },
      'days[1].day: day 2 comes after day 3.',
    ],
    [
      'an hour that is none',
      { days: [{ day: 0, at: '25:00', steps: [] }] },
      'days[0].at: must be a time HH:MM',
    ],
    [
      'an IBAN with wrong check digits',
      { accounts: [{ ref: 'main', iban: 'FR7699998000090000000010174' }] },
      'accounts[0].iban: FR7699998000090000000010174 has wrong check digits; with the right ones it is FR2299998000090000000010174.',
    ],
    [
      'an IBAN of a wrong length',
      { accounts: [{ ref: 'main', iban: 'FR769999800009000000001017' }] },
      'accounts[0].iban: FR769999800009000000001017 is no IBAN',
    ],
    ['a start that is no day', { start: '2026-02-30 05:00' }, 'start: must be a day of the calendar'],
    ['a start that is no hour', { start: '2026-03-01 25:00' }, 'start: must be a day of the calendar'],
    [
      'a row on a day that is none',
      { accounts: [{ ref: 'main', rows: [{ value: 1, date: '2026-02-30' }] }] },
      'accounts[0].rows[0].date: must be a day of the calendar, YYYY-MM-DD, or a whole number',
    ],
    [
      'a row at an instant that is none',
      { accounts: [{ ref: 'main', rows: [{ value: 1, datetime: '2026-02-30 06:00:00' }] }] },
      'accounts[0].rows[0].datetime: must be an instant in UTC',
    ],
    [
      'an amount beyond all numbers',
      { accounts: [{ ref: 'main', rows: [{ value: Infinity }] }] },
      'accounts[0].rows[0].value: must be a decimal like -12.34, not Infinity.',
    ],
    ['a bank that is none', { bank: 'XYZ' }, 'bank: must be one of BNP, TST, BEX, not "XYZ".'],
    ['a list', [], '(the scenario): must be a scenario'],
  ])('says so of %s', (_, change, says) => {
    expect(problemsOf(Array.isArray(change) ? change : { ...minimal, ...change })).toContain(says);
  });

  it('is not YAML, told with its place', () => {
    expect(() => parseScenario('name: [x')).toThrow(/This is no YAML: .*line 1/s);
  });
});
