import { getMetadataStorage, type ValidationError, type ValidationOptions } from 'class-validator';
import { fieldError, type FieldError, type FieldFault, type FieldFaultCode } from './problems/index.js';

/** The part of a validation error that faults are made of; Nest's own type is assigned to it. */
export type BrokenField = Pick<
  ValidationError,
  'property' | 'constraints' | 'contexts' | 'target' | 'value'
> & {
  readonly children?: readonly BrokenField[];
};

interface Rule {
  readonly code: FieldFaultCode;
  /** Names of the decorator's arguments, in order, as the words know them. */
  readonly names?: readonly string[];
}

/** What a broken rule of class-validator is called here. */
const RULES: Readonly<Record<string, Rule>> = {
  whitelistValidation: { code: 'field.unknown' },
  isString: { code: 'field.no-text' },
  isBoolean: { code: 'field.no-boolean' },
  isInt: { code: 'field.no-whole-number' },
  isObject: { code: 'field.no-object' },
  nestedValidation: { code: 'field.no-object' },
  min: { code: 'field.too-small', names: ['min'] },
  max: { code: 'field.too-great', names: ['max'] },
  isLength: { code: 'field.length', names: ['min', 'max'] },
  maxLength: { code: 'field.too-long', names: ['max'] },
  isIn: { code: 'field.not-listed', names: ['values'] },
  isUuid: { code: 'field.no-uuid' },
  isBIC: { code: 'field.no-bic' },
};

/** What is of another type is told that, and nothing of its size or form. */
const OF_TYPE: readonly FieldFaultCode[] = [
  'field.no-text',
  'field.no-boolean',
  'field.no-whole-number',
  'field.no-object',
];

/** For a decorator whose rule has no code of its own: `@Matches(DAY, faultOf('field.no-day'))`. */
export const faultOf = (code: FieldFaultCode): ValidationOptions => ({ context: { code } });

const textOf = (argument: unknown): string =>
  Array.isArray(argument) ? argument.map(String).join(', ') : String(argument);

/** The arguments of the decorator that made the rule. */
const argumentsOf = ({ target, property }: BrokenField, rule: string): readonly unknown[] => {
  if (!target) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  const broken = rules.find(({ name, propertyName }) => name === rule && propertyName === property);
  return (broken?.constraints ?? []) as readonly unknown[];
};

const faultBy = (error: BrokenField, rule: string): FieldFault => {
  const told = (error.contexts?.[rule] as { readonly code?: FieldFaultCode } | undefined)?.code;
  const { code, names = [] } = told ? { code: told } : (RULES[rule] ?? { code: 'field.malformed' as const });
  const given = names.length > 0 ? argumentsOf(error, rule) : [];
  const named = names.flatMap((name, n) =>
    given[n] === undefined ? [] : [[name, textOf(given[n])] as const],
  );
  return { code, parameters: Object.fromEntries(named) };
};

const faultsOf = (error: BrokenField): readonly FieldFault[] => {
  const rules = Object.keys(error.constraints ?? {});
  if (rules.length === 0) return [];
  // Where nobody says what the value is (a body that is no object), it is not missing.
  if ('value' in error && error.value === undefined) return [{ code: 'field.missing', parameters: {} }];
  const faults = rules.map((rule) => faultBy(error, rule));
  const ofType = faults.filter(({ code }) => OF_TYPE.includes(code));
  return ofType.length > 0 ? ofType.slice(0, 1) : faults;
};

/** One entry per fault, nested members with their whole path. */
export const fieldErrors = (errors: readonly BrokenField[], path = ''): FieldError[] =>
  errors.flatMap((error) => {
    const field = path + error.property;
    return [
      ...faultsOf(error).map(({ code, parameters }) => fieldError(field, code, parameters)),
      ...fieldErrors(error.children ?? [], `${field}.`),
    ];
  });
