import { readFileSync } from 'node:fs';
import { parseLossless } from '../lossless-json.js';

/** Answers and webhook bodies in the shapes that Powens sends; the values are invented. For specs. */
export const fixtureBytes = (name: string): Uint8Array =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

export const fixture = (name: string): unknown => parseLossless(new TextDecoder().decode(fixtureBytes(name)));
