/** The instant `ms` milliseconds after another one (before it, if negative), ISO 8601 UTC with milliseconds. */
export const later = (instant: string, ms: number): string =>
  new Date(Date.parse(instant) + ms).toISOString();
