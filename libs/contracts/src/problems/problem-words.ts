/** The languages in which people are told what is wrong. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Whose move it is: `caller` is the program or back office that calls us, `user` the account holder, `operator` who runs this
 * installation; `time`: it mends by itself; `nobody`: there is no cure.
 */
export type ProblemOwner = 'caller' | 'user' | 'operator' | 'provider' | 'time' | 'nobody';

/** Words in one language. `{name}` stands for a parameter, `{count}` for how often it happened. */
export interface Words {
  /** What happened. `{each}` stands for what `each` says of every single case; brackets around it go when it is empty. */
  readonly what: string;
  /** What says one case apart from another of the same code. */
  readonly each?: string;
  /** What the one whose move it is does next. */
  readonly next: string;
}

export interface ProblemEntry extends Readonly<Record<Language, Words>> {
  readonly owner: ProblemOwner;
}

export type ProblemEntries = Readonly<Record<string, ProblemEntry>>;
