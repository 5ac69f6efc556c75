import { EventStoreUnavailable } from '#event-store';
import type { RefusalCode } from '#kernel';
import type { RpcProblemBody, TranslateError } from '#messaging';
import { ProviderError } from '#providers';
import { DatabaseUnavailable } from '#read-model';
import { ProviderNotConfigured } from './providers.js';

type Refusal = RpcProblemBody & { readonly code: RefusalCode };

/** What callers are told of failures that are no broken rule: which part failed, and whether trying again may help. */
export const translateServiceError: TranslateError = (error): Refusal | undefined => {
  if (error instanceof ProviderError) {
    const passing = error.kind === 'retry' || error.kind === 'retry-after';
    return {
      code: passing ? 'provider.unavailable' : 'provider.failed',
      message: error.message,
      details: { providerCode: error.code },
    };
  }
  if (error instanceof ProviderNotConfigured) return { code: error.code, message: error.message };
  if (error instanceof EventStoreUnavailable || error instanceof DatabaseUnavailable) {
    return {
      code: 'service.unavailable',
      message: 'A part of the service cannot be reached. Try again shortly.',
    };
  }
  return undefined;
};
