const SHAPE = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The canonical form of a decimal number: no exponent, no plus sign, no leading zeros, no negative zero, at least
 * `minScale` digits behind the point and no trailing zero beyond them. Exact: digits are moved, never computed with.
 * `undefined` when the text is no number (`NaN`, `1,5`, empty).
 */
export const canonicalDecimal = (text: string, minScale = 0): string | undefined => {
  const parts = SHAPE.exec(text.trim());
  if (!parts) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  let digits = whole + fraction;
  let point = whole.length + shift;
  if (point < 0) {
    digits = '0'.repeat(-point) + digits;
    point = 0;
  }
  digits = digits.padEnd(point, '0');
  const integer = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0';
  const rest = digits.slice(point).replace(/0+$/, '').padEnd(minScale, '0');
  const isZero = /^0*$/.test(integer + rest);
  return (sign === '-' && !isZero ? '-' : '') + integer + (rest ? `.${rest}` : '');
};
