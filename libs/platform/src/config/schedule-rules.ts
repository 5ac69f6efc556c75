import { ValidateBy } from 'class-validator';
import { Cron } from 'croner';

const succeeds = (work: () => unknown): boolean => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

const rule = (name: string, isRight: (text: string) => boolean, message: string): PropertyDecorator =>
  ValidateBy(
    { name, validator: { validate: (value) => typeof value === 'string' && isRight(value) } },
    { message },
  );

export const IsCronPattern = (): PropertyDecorator =>
  rule(
    'isCronPattern',
    (text) => succeeds(() => new Cron(text, { paused: true })),
    'must be a cron pattern: minute hour day month weekday, such as 0 2 * * * (it is "$value")',
  );

export const IsTimeZone = (): PropertyDecorator =>
  rule(
    'isTimeZone',
    (text) => succeeds(() => new Intl.DateTimeFormat('en', { timeZone: text })),
    'must be an IANA time zone, such as Europe/Paris (it is "$value")',
  );
