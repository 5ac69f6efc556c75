import { LineCounter, parseDocument, type Document } from 'yaml';
import { Misshapen, pathText, type Problem } from './shape.js';
import { scenarioShape, type Scenario, type Step } from './scenario.js';

/** A scenario that cannot be played; every problem with its place, one a line. */
export class BadScenario extends Error {
  override readonly name = 'BadScenario';
}

const lineOf = (document: Document, lines: LineCounter, path: Problem['path']): string => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range) return `line ${lines.linePos(node.range[0]).line}, `;
  }
  return '';
};

/** Reads YAML, of which JSON is a part. @throws BadScenario */
export const parseScenario = (source: string): Scenario => {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken) throw new BadScenario(`This is no YAML: ${broken.message}`);
  return readScenario(document.toJS({ maxAliasCount: 100 }), (path) => lineOf(document, lines, path));
};

/** Checks what came as a value. @throws BadScenario */
export const readScenario = (
  value: unknown,
  placeOf: (path: Problem['path']) => string = () => '',
): Scenario => {
  try {
    const scenario = scenarioShape.read(value, []);
    const problems = [...unknownNames(scenario), ...wrongOrder(scenario)];
    if (problems.length > 0) throw new Misshapen(problems);
    return scenario;
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    const told = error.problems.map(({ path, says }) => `${placeOf(path)}${pathText(path)}: ${says}`);
    throw new BadScenario(told.join('\n'));
  }
};

/**
 * A scenario that was loaded once, as it was kept. It is not judged again: what is refused today must not keep the data
 * directory of yesterday from being opened.
 */
export const keptScenario = (json: string): Scenario => JSON.parse(json) as Scenario;

const isNamed = <Name extends string>(value: object, name: Name): value is Record<Name, unknown> =>
  name in value;

/** Accounts and rows that are named but not there; rows are known from the step on that posts them. */
const unknownNames = (scenario: Scenario): Problem[] => {
  const problems: Problem[] = [];
  const accounts = new Set<string>();
  const rows = new Set<string>();
  const declare = (known: Set<string>, name: string | undefined, path: Problem['path']): void => {
    if (name === undefined) return;
    if (known.has(name)) problems.push({ path, says: `"${name}" is taken already.` });
    known.add(name);
  };
  const need = (known: Set<string>, kind: string, name: unknown, path: Problem['path']): void => {
    if (typeof name !== 'string' || known.has(name)) return;
    const names = [...known].slice(0, 20).join(', ') || 'none';
    problems.push({ path, says: `there is no ${kind} "${name}" at that time; known: ${names}.` });
  };
  scenario.accounts.forEach((account, index) => {
    declare(accounts, account.ref, ['accounts', index, 'ref']);
    account.rows?.forEach((row, at) => declare(rows, row.ref, ['accounts', index, 'rows', at, 'ref']));
  });
  scenario.accounts.forEach(({ parent }, index) =>
    need(accounts, 'account', parent, ['accounts', index, 'parent']),
  );
  const checkStep = (step: Step, path: Problem['path']): void => {
    for (const [name, told] of Object.entries(step) as [string, object][]) {
      const here = [...path, name];
      if (isNamed(told, 'account')) need(accounts, 'account', told.account, [...here, 'account']);
      if (isNamed(told, 'row')) need(rows, 'row', told.row, [...here, 'row']);
      if (!isNamed(told, 'rows') || !Array.isArray(told.rows)) continue;
      (told.rows as (string | { ref?: string })[]).forEach((row, index) => {
        if (typeof row === 'string') need(rows, 'row', row, [...here, 'rows', index]);
        else declare(rows, row.ref, [...here, 'rows', index, 'ref']);
      });
    }
  };
  scenario.days.forEach(({ steps }, index) =>
    steps.forEach((step, at) => checkStep(step, ['days', index, 'steps', at])),
  );
  return problems;
};

/** Days are told in their order, so that a file reads as the story that it is. */
const wrongOrder = ({ days }: Scenario): Problem[] =>
  days.flatMap(({ day }, index) =>
    day < (days[index - 1]?.day ?? 0)
      ? [{ path: ['days', index, 'day'], says: `day ${day} comes after day ${days[index - 1]?.day}.` }]
      : [],
  );
