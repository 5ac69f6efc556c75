import { invalidValue } from '../api/api-error.js';

/** A place between two rows of the order date descending, id ascending. */
export interface Cursor {
  readonly direction: 'after' | 'before';
  readonly date: string;
  readonly id: number;
}

const OPERATORS = { after: ['lt', 'gt'], before: ['gt', 'lt'] } as const;

export const encodeCursor = ({ direction, date, id }: Cursor): string => {
  const [dateOperator, idOperator] = OPERATORS[direction];
  const pair = [
    { op: dateOperator, value: date },
    { op: idOperator, value: id },
  ];
  return Buffer.from(JSON.stringify(pair)).toString('base64');
};

export const decodeCursor = (text: string): Cursor => {
  try {
    const [first, second] = JSON.parse(Buffer.from(text, 'base64').toString()) as [
      { op: string; value: string },
      { op: string; value: number },
    ];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(first.value) || !Number.isSafeInteger(second.value))
      throw new Error(text);
    return { direction: first.op === 'gt' ? 'before' : 'after', date: first.value, id: second.value };
  } catch {
    throw invalidValue('cursor', 'is not one of ours');
  }
};
