/** Cents as the decimal text that a JSON number has: no needless zeros (`-248.9`, `4800`). */
export const fromCents = (cents: number): string => {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const fraction = digits.slice(-2).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -2)}${fraction ? `.${fraction}` : ''}`;
};

const SHAPE = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Whether the text may stand in JSON as a number. */
export const isJsonNumber = (text: string): boolean => SHAPE.test(text);

/** The sum of decimal texts, exact to the longest fraction among them. */
export const sum = (values: readonly string[]): string => {
  const scale = Math.max(0, ...values.map((value) => (value.split('.')[1] ?? '').length));
  const total = values.reduce((all, value) => {
    const [whole = '0', fraction = ''] = value.split('.');
    return all + BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  }, 0n);
  const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${total < 0n ? '-' : ''}${whole}${scale > 0 && fraction ? `.${fraction}` : ''}`;
};
