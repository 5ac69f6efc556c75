import type { OtherLink } from '#domain';

/** The provider sent the browser back. */
export class CompleteLinkOf {
  readonly type = 'CompleteLinkOf';
  constructor(
    readonly state: string,
    readonly parameters: Readonly<Record<string, string>>,
  ) {}
}

export interface CompletedLink {
  readonly outcome: 'linked' | 'refused';
  readonly connectionId: string;
  /** The provider's code when it was refused. */
  readonly code: string | null;
  readonly by: 'user' | 'provider';
  /** What was linked besides and is not used. */
  readonly otherLinks: readonly OtherLink[];
  readonly position: bigint | null;
}
