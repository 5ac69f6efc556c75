import { fieldError, type FieldError } from '#contracts';
import { parseBankDay } from '#kernel';

/** What is wrong with the first and the last of the days that are asked for, both inclusive. */
export const windowFaults = ({ from, to }: { from?: string; to?: string }): FieldError[] => {
  const faults = Object.entries({ from, to })
    .filter(([, day]) => day !== undefined && !parseBankDay(day))
    .map(([field]) => fieldError(field, 'field.no-such-day'));
  const isBackwards = faults.length === 0 && from !== undefined && to !== undefined && to < from;
  return isBackwards ? [fieldError('to', 'field.before-from')] : faults;
};
