import * as fc from 'fast-check';
import { v5 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { nameUuid, uuidBytes } from './name-uuid.js';

const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('the UUID of a name', () => {
  it('is the one of the standard', () => {
    expect(nameUuid(uuidBytes(NAMESPACE), 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('is the one that others derive', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'grapheme' }), (namespace, name) => {
        expect(nameUuid(uuidBytes(namespace), name)).toBe(v5(name, namespace));
      }),
    );
  });
});
