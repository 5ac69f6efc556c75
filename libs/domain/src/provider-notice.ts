/** Which of our or the provider's things a notice speaks of; what the provider did not name is `null`. */
export interface NoticeTarget {
  /** Our own connection id: only the original guide's scheme names it. */
  readonly connectionId: string | null;
  readonly providerUserId: string | null;
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
}

/**
 * What a provider's webhook means, in our words. A notice is a hint: it makes us look, the pull decides what is true.
 * Closed union; what no rule knows is `unrecognised` and kept.
 */
export type ProviderNotice =
  | { readonly kind: 'data-may-have-changed'; readonly target: NoticeTarget }
  /** The provider reports the connection's health; `code` in the provider's words, `null` when healthy. */
  | { readonly kind: 'connection-state'; readonly target: NoticeTarget; readonly code: string | null }
  | { readonly kind: 'connection-deleted'; readonly target: NoticeTarget }
  | { readonly kind: 'user-deleted'; readonly target: NoticeTarget }
  | {
      readonly kind: 'account-changed';
      readonly target: NoticeTarget;
      readonly change: 'found' | 'enabled' | 'disabled';
    }
  | { readonly kind: 'nothing-to-do'; readonly event: string }
  | { readonly kind: 'unrecognised'; readonly event: string | null };
