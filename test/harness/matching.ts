import { expect } from 'vitest';

/** A text, of whatever view, that matches the pattern. */
export const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
