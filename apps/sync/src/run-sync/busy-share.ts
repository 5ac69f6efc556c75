import { performance } from 'node:perf_hooks';

/** Tells, each time it is asked, which share of its time this thread was at work since the time before. */
export const busyShareMeter = (): (() => number) => {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
};
