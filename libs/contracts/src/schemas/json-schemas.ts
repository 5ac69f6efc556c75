import 'reflect-metadata';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { ValidationTypes } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { isNotNull } from '../nullable.js';
import { PUBLIC_EVENTS } from '../public-events/index.js';
import { PUBLIC_EVENT_NAMES, type PublicEventName } from '../subjects.js';

/** A JSON Schema, or a part of one. */
export interface Schema {
  readonly [key: string]: unknown;
}

const NULLABLE = 'x-nullable';
const POINTER = '#/$defs/';

/** Every class that carries validation rules, as JSON Schema; references point into `$defs`. */
const classSchemas = (): Readonly<Record<string, Schema>> =>
  validationMetadatasToSchemas({
    refPointerPrefix: POINTER,
    classTransformerMetadataStorage: defaultMetadataStorage,
    additionalConverters: {
      [ValidationTypes.CONDITIONAL_VALIDATION]: (meta) =>
        meta.constraints[0] === isNotNull ? { [NULLABLE]: true } : {},
      // Any JSON value: `@Allow()`.
      [ValidationTypes.WHITELIST]: {},
    },
  }) as unknown as Record<string, Schema>;

/** Our `@Nullable()` means: always there, perhaps `null`. */
const finish = (schema: Schema): Schema => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = new Set((schema['required'] ?? []) as string[]);
  const finished = properties.map(([name, { [NULLABLE]: isNullable, ...property }]) => {
    if (isNullable === true) required.add(name);
    return [name, isNullable === true ? orNull(property) : property] as const;
  });
  return { type: 'object', properties: Object.fromEntries(finished), required: [...required].toSorted() };
};

const orNull = (schema: Schema): Schema => {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
};

const referencesIn = (schema: unknown): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].flatMap(([, name]) => name ?? []);

/** The named classes and all that they refer to, sorted by name. */
const definitionsFor = (roots: readonly string[], all: Readonly<Record<string, Schema>>): Schema => {
  const found = new Map<string, Schema>();
  const visit = (name: string): void => {
    const schema = all[name];
    if (found.has(name) || !schema) return;
    const finished = finish(schema);
    found.set(name, finished);
    referencesIn(finished).forEach(visit);
  };
  roots.forEach(visit);
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** The schema of each public event, complete in itself. */
export const publicEventSchemas = (): ReadonlyMap<PublicEventName, Schema> => {
  const all = classSchemas();
  return new Map(
    PUBLIC_EVENT_NAMES.map((name) => {
      const root = PUBLIC_EVENTS[name].name;
      const envelope = finish(all[root] ?? {});
      return [
        name,
        {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          $id: `urn:passerelle:events:${name}.v1`,
          title: root,
          ...envelope,
          $defs: definitionsFor(referencesIn(envelope), all),
        },
      ];
    }),
  );
};

/** All events and what they are made of, by class name: for documents that hold them together. */
export const publicEventDefinitions = (): Schema =>
  definitionsFor(
    PUBLIC_EVENT_NAMES.map((name) => PUBLIC_EVENTS[name].name),
    classSchemas(),
  );
