import { PasserelleProblem } from '#client';
import type { BenchStack } from './bench-stack.js';
import type { LinkedSource } from './linked-sources.js';

const LOOK_EVERY_MS = 250;
/** Deliveries in flight together may be stored in any order: that many of the last ones are looked for. */
const LAST = 64;

const isProjected = async ({ api }: BenchStack, id: number): Promise<boolean> => {
  try {
    await api.getDelivery(`powens_${id}`);
    return true;
  } catch (error) {
    if (error instanceof PasserelleProblem && error.status === 404) return false;
    throw error;
  }
};

const haveAllOutcomes = async ({ api }: BenchStack): Promise<boolean> =>
  (await api.listDeliveries({ state: 'received', limit: 1 })).items.length === 0;

const haveAllEnded = async ({ api }: BenchStack, sources: readonly LinkedSource[]): Promise<boolean> => {
  for (const { connectionId } of sources) {
    if ((await api.syncs(connectionId, { status: 'pending', limit: 1 })).items.length > 0) return false;
  }
  return true;
};

/** How long after the call, in ms; `null`: not within the time. */
export interface Drained {
  /** Every delivery is in the read model, and what became of it. */
  readonly outcomesMs: number | null;
  /** The runs that they caused have ended too. */
  readonly runsMs: number | null;
}

/** Waits until everything that was answered up to `lastId` has had its effect. */
export const drain = async (
  stack: BenchStack,
  sources: readonly LinkedSource[],
  lastId: number,
  withinMs: number,
): Promise<Drained> => {
  const began = performance.now();
  const reached = async (look: () => Promise<boolean>): Promise<number | null> => {
    while (!(await look())) {
      if (performance.now() - began > withinMs) return null;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return performance.now() - began;
  };
  for (let id = lastId - LAST + 1; id <= lastId; id += 1) {
    if ((await reached(() => isProjected(stack, id))) === null) return { outcomesMs: null, runsMs: null };
  }
  const outcomesMs = await reached(() => haveAllOutcomes(stack));
  const runsMs = outcomesMs === null ? null : await reached(() => haveAllEnded(stack, sources));
  return { outcomesMs, runsMs };
};
