import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What one kind of process of the stack uses. */
export interface Usage {
  readonly name: string;
  readonly processes: number;
  /** Proportional set size: shared pages are counted once over all who share them. */
  readonly pssBytes: number;
  readonly cpuMs: number;
}

const MS_PER_TICK = 10;

/** Nothing instead of an error: a process may be gone between any two looks at it. */
const quietly = (look: () => string): string => {
  try {
    return look();
  } catch {
    return '';
  }
};
const read = (path: string): string => quietly(() => readFileSync(path, 'utf8'));

/** The fields of `/proc/<pid>/stat` from the state on; the name before it may contain anything. */
const statOf = (pid: number): readonly string[] => {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

const allPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);

const worksIn = (pid: number, dir: string): boolean =>
  `${quietly(() => readlinkSync(`/proc/${pid}/cwd`))}/`.startsWith(`${dir}/`);

/** The stack's process, all that descend from it, and the daemons that work in its data folder. */
const pidsOf = (stackPid: number, dataDir: string): ReadonlySet<number> => {
  const pids = allPids();
  const found = new Set([stackPid, ...pids.filter((pid) => worksIn(pid, dataDir))]);
  const parents = new Map(pids.map((pid) => [pid, Number(statOf(pid)[1])]));
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return found;
};

const nameOf = (pid: number, stackPid: number): string => {
  const line = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  if (pid === stackPid) return 'stack (all services)';
  if (line.includes('embedded-event-store')) return 'event store';
  if (line.includes('sandbox-bank')) return 'sandbox bank';
  if (line.includes('nats-server')) return 'nats-server';
  return line.includes('postgres') ? 'postgresql' : 'guard';
};

/** What one process holds now. RSS counts pages that others share in full. */
export const memoryOf = (pid: number): { readonly pssBytes: number; readonly rssBytes: number } => {
  const text = read(`/proc/${pid}/smaps_rollup`);
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { pssBytes: kilobytes('Pss') * 1024, rssBytes: kilobytes('Rss') * 1024 };
};

const usageOf = (pid: number) => {
  const stat = statOf(pid);
  return { pssBytes: memoryOf(pid).pssBytes, cpuMs: (Number(stat[11]) + Number(stat[12])) * MS_PER_TICK };
};

/** What the processes of a running stack use now, summed by kind. Linux only. */
export const usageOfStack = (stack: { readonly pid: number; readonly dataDir: string }): readonly Usage[] => {
  const kinds = new Map<string, Usage>();
  for (const pid of pidsOf(stack.pid, stack.dataDir)) {
    const name = nameOf(pid, stack.pid);
    const [known, own] = [kinds.get(name), usageOf(pid)];
    kinds.set(name, {
      name,
      processes: (known?.processes ?? 0) + 1,
      pssBytes: (known?.pssBytes ?? 0) + own.pssBytes,
      cpuMs: (known?.cpuMs ?? 0) + own.cpuMs,
    });
  }
  return [...kinds.values()].toSorted((a, b) => b.pssBytes - a.pssBytes);
};
