/** A provider signs with one more secret: from now on the door accepts it beside the others. */
export interface WebhookSecretAdded {
  readonly type: 'WebhookSecretAdded';
  readonly data: {
    readonly provider: string;
    /** How the provider's own list calls it. */
    readonly name: string;
    /** The provider's id of what it signs for: Powens' auth provider, Tink's webhook endpoint. */
    readonly externalId: string;
    /** The secret, sealed by the vault. */
    readonly sealedSecret: string;
    /** First 8 hex digits of the SHA-256 of the secret: tells which one, reveals nothing. */
    readonly fingerprint: string;
    /** Where the provider sends what it signs; `null` where that is said in the provider's console. */
    readonly url: string | null;
    readonly addedAt: string;
  };
}

/** The door no longer accepts what this secret signed. */
export interface WebhookSecretRetired {
  readonly type: 'WebhookSecretRetired';
  readonly data: { readonly provider: string; readonly fingerprint: string; readonly retiredAt: string };
}

export type WebhookKeysEvent = WebhookSecretAdded | WebhookSecretRetired;
