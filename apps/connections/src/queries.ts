/** The connection as the outside sees it, including what was written at `minPosition`. */
export class GetConnection {
  readonly type = 'GetConnection';
  constructor(
    readonly connectionId: string,
    /** The only tenant that may be meant; `null`: any. */
    readonly scope: string | null,
    readonly minPosition: bigint | string | null = null,
  ) {}
}
