/** Cents as the decimal text that a JSON number has: no needless zeros (`-248.9`, `4800`). */
export const fromCents = (cents: number): string => {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const fraction = digits.slice(-2).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -2)}${fraction ? `.${fraction}` : ''}`;
};

const SHAPE = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/;

/** Whether the text may stand in JSON as a number; one whose exponent has more than three digits is none of money. */
export const isJsonNumber = (text: string): boolean => SHAPE.test(text);

/** Without an exponent: `1.5e3` is `1500`. */
const written = (value: string): string => {
  const [digits = '0', exponent] = value.toLowerCase().split('e');
  if (exponent === undefined) return digits;
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = digits.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const all = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const at = Math.max(1, point);
  return `${sign}${all.slice(0, at)}.${all.slice(at)}`;
};

/** The sum of decimal texts, exact to the longest fraction among them. */
export const sum = (texts: readonly string[]): string => {
  const values = texts.map(written);
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
