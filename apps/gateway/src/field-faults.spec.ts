import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fieldErrors } from '#contracts';
import { getMetadataStorage } from 'class-validator';
import { expect, it } from 'vitest';

/** Every class of a body or a query, as they are found in the tree. */
const requests = async (): Promise<readonly (new () => object)[]> => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.request.ts'),
  );
  const modules = await Promise.all(
    files.map((file) => import(join(import.meta.dirname, file)) as Promise<object>),
  );
  return modules
    .flatMap((exported) => Object.values(exported) as unknown[])
    .filter((value): value is new () => object => /(Request|Query)$/.test((value as { name: string }).name));
};

const rulesOf = (request: new () => object) =>
  getMetadataStorage()
    .getTargetValidationMetadatas(request, '', false, false)
    .filter(({ name = '', type }) => (name !== '' && name !== 'isOptional') || type === 'nestedValidation')
    .map(({ name, type, propertyName: property, context }) => {
      const rule = name ?? type;
      const value: unknown = 'x';
      const contexts = context ? { [rule]: context as unknown } : {};
      return { property, value, target: new request(), constraints: { [rule]: 'broken' }, contexts };
    });

it('has words in both languages for every rule of every request', async () => {
  const rules = (await requests()).flatMap(rulesOf);
  expect(rules.length).toBeGreaterThan(40);
  const faults = fieldErrors(rules);
  expect(faults.filter(({ code }) => code === 'field.malformed')).toEqual([]);
  expect(faults.filter(({ message }) => message.includes('{'))).toEqual([]);
});
