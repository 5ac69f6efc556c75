import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'vitest';
import type { PublicEvent } from '#client';

const compiled = new Map<string, ValidateFunction>();

const validatorOf = (type: string): ValidateFunction => {
  const known = compiled.get(type);
  if (known) return known;
  const name = type.replace(/^passerelle\./, '');
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(
    JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, 'utf8')) as object,
  );
  compiled.set(type, validate);
  return validate;
};

/** The event is what the published schema of its type says. */
export const expectValid = (event: PublicEvent): void => {
  const validate = validatorOf(event.type);
  validate(event);
  expect(validate.errors ?? [], `${event.type} ${event.id}`).toEqual([]);
};
