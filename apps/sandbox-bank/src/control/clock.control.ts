import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { bodyOf, textOf } from '../api/request-context.js';
import { toInstant } from '../clock/paris-instant.js';
import type { Happened, Timeline } from '../clock/timeline.js';
import { parisTimestamp } from '../timestamps.js';
import { BadCall } from './input.js';
import { takes } from './known-members.js';

const UNITS = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  ms: 1,
} as const;

/** With a day to spare: times are written with four digits for the year. */
const END_OF_TIME_MS = Date.parse('9999-12-31T00:00:00Z');

const MODES = ['running', 'frozen'] as const;

export const clockView = ({ clock }: Sandbox): Record<string, unknown> => ({
  now: new Date(clock.now()).toISOString(),
  paris: parisTimestamp(clock.now()),
  mode: clock.isFrozen ? 'frozen' : 'running',
});

const instantIn = (body: Record<string, unknown>, name: string): number | undefined => {
  const told = textOf(body, name);
  if (told === undefined) return undefined;
  const instant = toInstant(told);
  if (instant === undefined)
    throw new BadCall(
      `"${name}" must be a day of the calendar, a wall time of Paris or an instant with its zone.`,
    );
  return instant;
};

/** How far the clock is to go: the sum of what is given, or up to an instant. */
export const spanIn = (body: Record<string, unknown>, nowMs: number): number => {
  const to = instantIn(body, 'to');
  const span = Object.entries(UNITS).reduce((sum, [name, ms]) => {
    const count = body[name] ?? 0;
    const number = typeof count === 'string' && count.trim() !== '' ? Number(count) : count;
    if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
      throw new BadCall(`"${name}" must be a number that is not negative.`);
    return sum + number * ms;
  }, 0);
  if (to === undefined && span === 0)
    throw new BadCall(`Give to, or one of ${Object.keys(UNITS).join(', ')}.`);
  if (to !== undefined && to < nowMs)
    throw new BadCall('"to" lies in the past; PUT /sandbox/clock sets the clock back.');
  if (to === undefined && nowMs + span > END_OF_TIME_MS)
    throw new BadCall('The clock cannot go beyond the year 9999.');
  return to === undefined ? Math.round(span) : to - nowMs;
};

/** The sandbox's one clock: told, set, moved through all that it passes. */
export const clockControl = (app: FastifyInstance, sandbox: Sandbox, timeline: Timeline): void => {
  const { clock } = sandbox;

  app.get('/clock', () => clockView(sandbox));

  app.put('/clock', takes(['now', 'mode']), (request) => {
    const body = bodyOf(request);
    const mode = MODES.find((name) => name === body.mode);
    if (body.mode !== undefined && mode === undefined && body.mode !== 'machine')
      throw new BadCall('"mode" must be running, frozen or machine.');
    if (body.mode === 'machine') clock.reset();
    else clock.set(instantIn(body, 'now') ?? clock.now(), mode ?? (clock.isFrozen ? 'frozen' : 'running'));
    return clockView(sandbox);
  });

  app.post(
    '/clock/advance',
    takes(['to', ...Object.keys(UNITS)]),
    (request): Record<string, unknown> & { happened: Happened[] } => {
      const happened = timeline.advance(spanIn(bodyOf(request), clock.now()));
      return { ...clockView(sandbox), happened };
    },
  );
};
