const paris = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Paris',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const NAIVE = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** System timestamps of the API: wall time of Paris, without any zone (`2026-03-14 06:12:31`). */
export const parisTimestamp = (instantMs: number): string => paris.format(instantMs);

/** Bank instants (`datetime`, `rdatetime`): UTC in the same shape. */
export const utcTimestamp = (instantMs: number): string =>
  new Date(instantMs).toISOString().slice(0, 19).replace('T', ' ');

/** A caller's timestamp as wall time of Paris; one without a zone is taken for that already. `undefined`: no timestamp. */
export const toParisTimestamp = (text: string): string | undefined => {
  const parts = NAIVE.exec(text.trim());
  if (!parts) return undefined;
  const [, day = '', time = '00:00:00', zone] = parts;
  const clock = time.length === 5 ? `${time}:00` : time;
  const instant = Date.parse(`${day}T${clock}${zone ?? 'Z'}`);
  if (Number.isNaN(instant)) return undefined;
  return zone === undefined ? `${day} ${clock}` : parisTimestamp(instant);
};
