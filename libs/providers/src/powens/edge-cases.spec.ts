import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const LIB = 'libs/providers/';
const NO_TEST = 'No test yet: ';

interface EdgeCase {
  readonly number: number;
  /** `path: name of the test`, or why there is none. */
  readonly shownBy: readonly string[];
}

const edgeCases: readonly EdgeCase[] = readFileSync(`${LIB}README.md`, 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, number = '', cell = ''] = /^\| (\d+) +\|[^|]*\|(.*)\|$/.exec(line) ?? [];
    return number === '' ? [] : [{ number: Number(number), shownBy: cell.trim().split('<br>') }];
  });

const tests = edgeCases.flatMap(({ number, shownBy }) =>
  shownBy
    .filter((each) => !each.startsWith(NO_TEST))
    .map((each): [number, string, string] => {
      const [, path = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(each) ?? [];
      return [number, path.startsWith('src/') ? LIB + path : path, name];
    }),
);

describe('the table of edge cases in the README', () => {
  it('has all forty-three, each with a test or the words that there is none yet', () => {
    expect(edgeCases.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, at) => at + 1));
    expect(edgeCases.filter(({ shownBy }) => shownBy.some((each) => each === ''))).toEqual([]);
  });

  it.each(tests)('names for case %i what exists in %s: %s', (_, path, name) => {
    expect(existsSync(path)).toBe(true);
    expect(name).not.toBe('');
    expect(readFileSync(path, 'utf8')).toContain(`'${name}'`);
  });

  it('leaves out no test that bears the number of a case', () => {
    const folder = `${LIB}src/powens/`;
    const files = readdirSync(folder).filter((file) => /^edge-cases-.*\.int-spec\.ts$/.test(file));
    const written = files.flatMap((file) =>
      [...readFileSync(folder + file, 'utf8').matchAll(/'(case (\d+): [^']*)'/g)].map(
        ([, name = '', number]) => [Number(number), folder + file, name],
      ),
    );
    expect(written.length).toBeGreaterThan(30);
    expect(tests).toEqual(expect.arrayContaining(written));
  });
});
