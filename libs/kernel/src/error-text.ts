/** What an unknown thrown value says of itself, in one line. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
