/** Where in the file something is wrong, and what may stand there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly says: string;
}

/** Everything that is wrong with a value, found in one go. */
export class Misshapen extends Error {
  override readonly name = 'Misshapen';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, says }) => `${pathText(path)}: ${says}`).join('\n'));
  }
}

/** `days[2].steps[0].post.rows[1].value`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('') || '(the scenario)';

type Path = readonly (string | number)[];

/** Reads one kind of value; throws {@link Misshapen}. `says` is how the documentation names it. */
export interface Shape<T> {
  readonly says: string;
  readonly isOptional?: boolean;
  read(value: unknown, path: Path): T;
}

export type Read<S> = S extends Shape<infer T> ? T : never;

const shown = (value: unknown): string => {
  const text =
    typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

export const refuse = (path: Path, says: string): never => {
  throw new Misshapen([{ path, says }]);
};

const simple = <T>(says: string, check: (value: unknown) => T | undefined): Shape<T> => ({
  says,
  read: (value, path) => check(value) ?? refuse(path, `must be ${says}, not ${shown(value)}.`),
});

export const text = (says = 'a text', pattern?: { test(given: string): boolean }): Shape<string> =>
  simple(says, (value) =>
    typeof value === 'string' && value !== '' && (pattern?.test(value) ?? true) ? value : undefined,
  );

export const whole = (low: number, high: number): Shape<number> =>
  simple(`a whole number from ${low} to ${high}`, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : undefined,
  );

export const quantity = (low: number, high: number): Shape<number> =>
  simple(`a number from ${low} to ${high}`, (value) =>
    typeof value === 'number' && value >= low && value <= high ? value : undefined,
  );

export const flag: Shape<boolean> = simple('true or false', (value) =>
  typeof value === 'boolean' ? value : undefined,
);

export const yes: Shape<true> = simple('true', (value) => (value === true ? true : undefined));

export const anything: Shape<Record<string, unknown>> = simple('a mapping', (value) =>
  isMapping(value) ? value : undefined,
);

export const choice = <const T extends string>(...options: readonly T[]): Shape<T> =>
  simple(`one of ${options.join(', ')}`, (value) => options.find((option) => option === value) ?? undefined);

export const orNull = <T>(shape: Shape<T>): Shape<T | null> => ({
  says: `${shape.says} or null`,
  read: (value, path) => (value === null ? null : shape.read(value, path)),
});

/** The first shape that fits; its problems are those of the last one when none does. */
export const either = <A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> => ({
  says: `${first.says} or ${second.says}`,
  read: (value, path) => {
    try {
      return first.read(value, path);
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error;
    }
    try {
      return second.read(value, path);
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error;
      return refuse(path, `must be ${first.says} or ${second.says}, not ${shown(value)}.`);
    }
  },
});

/** The member may be left out. */
export const optional = <T>(shape: Shape<T>): Shape<T | undefined> => ({
  says: shape.says,
  isOptional: true,
  read: (value, path) => (value === undefined ? undefined : shape.read(value, path)),
});

/** Collects the problems of several reads. */
const collect = () => {
  const problems: Problem[] = [];
  return {
    problems,
    attempt: (read: () => void): void => {
      try {
        read();
      } catch (error) {
        if (!(error instanceof Misshapen)) throw error;
        problems.push(...error.problems);
      }
    },
    finish: <T>(value: T): T => {
      if (problems.length > 0) throw new Misshapen(problems);
      return value;
    },
  };
};

export const listOf = <T>(shape: Shape<T>): Shape<T[]> => ({
  says: `a list; each item is ${shape.says}`,
  read: (value, path) => {
    if (!Array.isArray(value)) return refuse(path, `must be a list, not ${shown(value)}.`);
    const all = collect();
    const items: T[] = [];
    value.forEach((item: unknown, index) =>
      all.attempt(() => items.push(shape.read(item, [...path, index]))),
    );
    return all.finish(items);
  },
});

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of what may be a mapping; none if it is not. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isMapping(value) ? value : {};

/** The items of what may be a list; none if it is not. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

type Members = Readonly<Record<string, Shape<unknown>>>;
type OptionalNames<M extends Members> = {
  [Name in keyof M]: undefined extends Read<M[Name]> ? Name : never;
}[keyof M];
export type Mapping<M extends Members> = {
  readonly [Name in Exclude<keyof M, OptionalNames<M>>]: Read<M[Name]>;
} & { readonly [Name in OptionalNames<M>]?: Read<M[Name]> };

/** A mapping with these members and no others. */
export const mapping = <M extends Members>(members: M, says = 'a mapping'): Shape<Mapping<M>> => ({
  says,
  read: (value, path) => {
    const given = value ?? {};
    if (!isMapping(given)) return refuse(path, `must be ${says}, not ${shown(value)}.`);
    const all = collect();
    const names = Object.keys(members);
    for (const name of Object.keys(given))
      if (!names.includes(name))
        all.problems.push({
          path: [...path, name],
          says: `is unknown here; allowed: ${names.join(', ') || 'nothing'}.`,
        });
    const read: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(members)) {
      if (given[name] === undefined && shape.isOptional !== true)
        all.problems.push({ path: [...path, name], says: `is missing: ${shape.says}.` });
      else if (given[name] !== undefined)
        all.attempt(() => (read[name] = shape.read(given[name], [...path, name])));
    }
    return all.finish(read as Mapping<M>);
  },
});

/** A mapping with exactly one member, whose name says what it is: `{ post: … }`. */
export type OneOf<M extends Members> = {
  readonly [Name in keyof M]: { readonly [Only in Name]: Read<M[Name]> };
}[keyof M];

export const oneOf = <M extends Members>(members: M): Shape<OneOf<M>> => ({
  says: `a mapping with one member, one of ${Object.keys(members).join(', ')}`,
  read: (value, path) => {
    const names = isMapping(value) ? Object.keys(value) : [];
    const [name = ''] = names;
    const shape = members[name];
    if (!isMapping(value) || names.length !== 1 || !shape)
      return refuse(
        path,
        `must have exactly one of ${Object.keys(members).join(', ')}; has ${shown(value)}.`,
      );
    return { [name]: shape.read(value[name], [...path, name]) } as OneOf<M>;
  },
});
