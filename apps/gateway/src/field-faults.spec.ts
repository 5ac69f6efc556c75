import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fieldErrors } from '#contracts';
import { httpValidationPipe } from '#platform';
import { BadRequestException } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { expect, it } from 'vitest';
import { OpenConnectionRequest } from './connections/open-connection.request.js';
import { SyncHistoryRequest } from './syncs/syncs.request.js';

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

const faultsIn = async (value: unknown, metatype: new () => object): Promise<unknown> => {
  const refused: unknown = await httpValidationPipe(fieldErrors)
    .transform(value, { type: 'body', metatype })
    .catch((error: unknown) => error);
  return refused instanceof BadRequestException ? refused.getResponse() : refused;
};

it('tells what a real body has wrong, with what the rule wants', async () => {
  const tooMany = { field: 'limit', code: 'field.too-great', parameters: { max: '500' } };
  expect(await faultsIn({ limit: '501' }, SyncHistoryRequest)).toMatchObject({
    code: 'request.invalid',
    errors: [{ ...tooMany, message: 'must be at most 500' }],
  });
  expect(await faultsIn({ credentials: { accessToken: 7 } }, OpenConnectionRequest)).toMatchObject({
    errors: expect.arrayContaining([
      { field: 'tenantId', code: 'field.missing', parameters: {}, message: 'is missing' },
      { field: 'credentials.accessToken', code: 'field.no-text', parameters: {}, message: 'must be a text' },
    ]) as unknown,
  });
});

it.each([[[]], ['text'], [7]])('tells that %j is no body', async (body) =>
  expect(await faultsIn(body, OpenConnectionRequest)).toMatchObject({ code: 'request.invalid' }),
);
