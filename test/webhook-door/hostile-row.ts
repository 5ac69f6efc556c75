import type { Secrets } from './signatures.js';

export interface HostileRow {
  readonly name: string;
  /** As they are to stand on the wire; several pieces are written one after the other. */
  readonly bytes: Uint8Array;
  /** `null`: the connection is closed without an answer. */
  readonly status: number | null;
  /** Events that it adds to the log (default 0). */
  readonly stored?: 0 | 1;
  /** Part of the answer's body. */
  readonly says?: string;
  /** Header of the answer. */
  readonly header?: readonly [string, string];
  readonly toHead?: boolean;
  /** Our side ends after the bytes. */
  readonly ends?: boolean;
}

export type RowsOf = (secrets: Secrets) => readonly HostileRow[];
