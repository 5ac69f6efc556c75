import { describe, expect, it } from 'vitest';
import { flattenErrors } from './field-error.js';

describe('flattenErrors', () => {
  it('names nested members by their whole path', () => {
    const errors = [
      { property: 'iban', constraints: { isString: 'must be text', matches: 'must look like an IBAN' } },
      {
        property: 'accounts',
        children: [
          { property: '0', children: [{ property: 'name', constraints: { isString: 'must be text' } }] },
        ],
      },
    ];
    expect(flattenErrors(errors)).toEqual([
      { field: 'iban', message: 'must be text' },
      { field: 'iban', message: 'must look like an IBAN' },
      { field: 'accounts.0.name', message: 'must be text' },
    ]);
  });
});
