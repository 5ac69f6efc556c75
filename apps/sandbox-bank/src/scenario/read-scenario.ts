import { LineCounter, parseDocument, type Document } from 'yaml';
import { idleSteps } from './row-lives.js';
import { itemsOf, membersOf, Misshapen, pathText, type Problem } from './shape.js';
import { scenarioShape, type Scenario } from './scenario.js';

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
  const problems: Problem[] = [];
  const scenario = shaped(value, problems);
  problems.push(...unknownNames(value), ...wrongOrder(value), ...idleSteps(value));
  if (scenario !== undefined && problems.length === 0) return scenario;
  const told = problems.map(({ path, says }) => `${placeOf(path)}${pathText(path)}: ${says}`);
  throw new BadScenario(told.join('\n'));
};

const shaped = (value: unknown, problems: Problem[]): Scenario | undefined => {
  try {
    return scenarioShape.read(value, []);
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
};

/**
 * A scenario that was loaded once, as it was kept. It is not judged again: what is refused today must not keep the data
 * directory of yesterday from being opened.
 */
export const keptScenario = (json: string): Scenario => JSON.parse(json) as Scenario;

/**
 * Accounts and rows that are named but not there; rows are known from the step on that posts them. Looks at what was
 * given, whether or not it is in shape, so that everything that is wrong is told at once.
 */
const unknownNames = (value: unknown): Problem[] => {
  const problems: Problem[] = [];
  const accounts = new Set<string>();
  const rows = new Set<string>();
  const declare = (known: Set<string>, name: unknown, path: Problem['path']): void => {
    if (typeof name !== 'string') return;
    if (known.has(name)) problems.push({ path, says: `"${name}" is taken already.` });
    known.add(name);
  };
  const need = (known: Set<string>, kind: string, name: unknown, path: Problem['path']): void => {
    if (typeof name !== 'string' || known.has(name)) return;
    const names = [...known].slice(0, 20).join(', ') || 'none';
    problems.push({ path, says: `there is no ${kind} "${name}" at that time; known: ${names}.` });
  };
  const scenario = membersOf(value);
  itemsOf(scenario.accounts).forEach((account, index) => {
    declare(accounts, membersOf(account).ref, ['accounts', index, 'ref']);
    itemsOf(membersOf(account).rows).forEach((row, at) =>
      declare(rows, membersOf(row).ref, ['accounts', index, 'rows', at, 'ref']),
    );
  });
  itemsOf(scenario.accounts).forEach((account, index) =>
    need(accounts, 'account', membersOf(account).parent, ['accounts', index, 'parent']),
  );
  const checkStep = (step: unknown, path: Problem['path']): void => {
    for (const [name, member] of Object.entries(membersOf(step))) {
      const here = [...path, name];
      const told = membersOf(member);
      need(accounts, 'account', told.account, [...here, 'account']);
      need(rows, 'row', told.row, [...here, 'row']);
      itemsOf(told.rows).forEach((row, index) => {
        if (typeof row === 'string') need(rows, 'row', row, [...here, 'rows', index]);
        else declare(rows, membersOf(row).ref, [...here, 'rows', index, 'ref']);
      });
    }
  };
  itemsOf(scenario.days).forEach((group, index) =>
    itemsOf(membersOf(group).steps).forEach((step, at) => checkStep(step, ['days', index, 'steps', at])),
  );
  return problems;
};

/** Days are told in their order, so that a file reads as the story that it is. */
const wrongOrder = (value: unknown): Problem[] => {
  const days = itemsOf(membersOf(value).days).map((group) => membersOf(group).day);
  return days.flatMap((day, index) => {
    const before = days[index - 1];
    return typeof day === 'number' && typeof before === 'number' && day < before
      ? [{ path: ['days', index, 'day'], says: `day ${day} comes after day ${before}.` }]
      : [];
  });
};
