import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import {
  getMetadataStorage, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, Min, ValidateNested, validateSync,
} from 'class-validator'; // prettier-ignore
import { expect, it } from 'vitest';
import { faultOf, fieldErrors } from './field-errors.js';
import { FIELD_FAULTS, fieldFaultText } from './problems/field-faults.js';
import { LANGUAGES } from './problems/index.js';

class Key {
  @IsString()
  @Length(1, 8)
  name!: string;
}

class Asked {
  @IsInt()
  @Min(1)
  @Max(9)
  count!: number;

  @IsIn(['red', 'blue'])
  colour!: string;

  @IsBoolean()
  loud!: boolean;

  @Matches(/^x/, faultOf('field.no-day'))
  @Matches(/y$/)
  day!: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => Key)
  key?: Key;
}

const RIGHT = { count: 3, colour: 'red', loud: true, day: 'xy' };
const faultsOf = (change: object) =>
  fieldErrors(
    validateSync(plainToInstance(Asked, { ...RIGHT, ...change }), {
      whitelist: true,
      forbidNonWhitelisted: true,
    }),
  ).map(({ field, code, parameters, message }) => [field, code, parameters, message]);

it.each([
  [{}, []],
  [{ count: 0 }, [['count', 'field.too-small', { min: '1' }, 'must be at least 1']]],
  [{ count: 10 }, [['count', 'field.too-great', { max: '9' }, 'must be at most 9']]],
  [{ count: 'many' }, [['count', 'field.no-whole-number', {}, 'must be a whole number']]],
  [{ count: null }, [['count', 'field.no-whole-number', {}, 'must be a whole number']]],
  [{ count: undefined }, [['count', 'field.missing', {}, 'is missing']]],
  [
    { colour: 'green' },
    [['colour', 'field.not-listed', { values: 'red, blue' }, 'must be one of: red, blue']],
  ],
  [{ loud: 'yes' }, [['loud', 'field.no-boolean', {}, 'must be true or false']]],
  [{ surprise: 1 }, [['surprise', 'field.unknown', {}, 'is not a known field']]],
  [{ key: 'k' }, [['key', 'field.no-object', {}, 'must be a JSON object']]],
  [
    { key: { name: '' } },
    [['key.name', 'field.length', { min: '1', max: '8' }, 'must have 1 to 8 characters']],
  ],
  [{ key: { nam: 'x' } }, [['key.nam', 'field.unknown', {}, 'is not a known field'], ['key.name', 'field.missing', {}, 'is missing']]],
])('tells what is wrong with %j', (change, faults) => expect(faultsOf(change)).toEqual(faults)); // prettier-ignore

it('tells a fault that has a code of its own by that', () =>
  expect(faultsOf({ day: 'ay' })).toEqual([['day', 'field.no-day', {}, 'must be a day, YYYY-MM-DD']]));

const places = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();

it.each(Object.keys(FIELD_FAULTS))('tells %s in both languages, with the same parameters', (code) => {
  const [en, fr] = LANGUAGES.map((language) => fieldFaultText({ code }, language) ?? '');
  expect(fr).not.toBe(en);
  expect(places(fr)).toEqual(places(en));
});

it('knows no code of another version', () => {
  for (const code of ['field.of-tomorrow', 'constructor', undefined, 7]) {
    expect(fieldFaultText({ code }, 'fr')).toBeNull();
  }
});

it('reads the rules from where class-validator keeps them', () =>
  expect(getMetadataStorage().getTargetValidationMetadatas(Asked, '', false, false)).not.toEqual([]));
