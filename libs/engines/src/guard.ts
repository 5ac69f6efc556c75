import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Remembers the pids it is told on its input. End of input means that the parent is gone, in whatever way: then it stops
 * them, first gently, after three seconds with SIGQUIT (PostgreSQL's immediate shutdown), after one more with SIGKILL.
 * A zombie does not count: in a container it may stay for as long as the container does.
 */
const SCRIPT = `
pids=
while read -r verb pid signal; do
  kept=
  for entry in $pids; do [ "\${entry%%:*}" = "$pid" ] || kept="$kept $entry"; done
  pids=$kept
  [ "$verb" = add ] && pids="$pids $pid:$signal"
done
alive() {
  for entry in $pids; do
    kill -0 "\${entry%%:*}" 2>/dev/null || continue
    stat=
    { read -r stat <"/proc/\${entry%%:*}/stat"; } 2>/dev/null
    case \${stat##*) } in Z*) ;; *) return 0 ;; esac
  done
  return 1
}
patience() {
  left=$1
  while [ "$left" -gt 0 ]; do
    alive || exit 0
    sleep 0.1
    left=$((left - 1))
  done
}
for entry in $pids; do kill -s "\${entry#*:}" "\${entry%%:*}" 2>/dev/null; done
patience 30
for entry in $pids; do kill -s QUIT "\${entry%%:*}" 2>/dev/null; done
patience 10
for entry in $pids; do kill -s KILL "\${entry%%:*}" 2>/dev/null; done
`;

const guarded = new Map<number, NodeJS.Signals>();
let guard: ChildProcess | undefined;

const tell = (line: string): void => {
  guard?.stdin?.write(`${line}\n`);
};

const add = (pid: number, signal: NodeJS.Signals): void => tell(`add ${pid} ${signal.slice(3)}`);

/** The guard has a session of its own: neither Ctrl-C nor the end of the terminal reaches it before its work is done. */
const start = (): void => {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'passerelle-engine-guard'], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A guard that was killed is replaced as soon as its exit is seen; what was written to it meanwhile is told again.
  child.stdin.on('error', () => undefined);
  child.on('exit', () => {
    if (guard !== child) return;
    guard = undefined;
    if (guarded.size > 0) start();
  });
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  guard = child;
  for (const [pid, signal] of guarded) add(pid, signal);
};

/**
 * From now until {@link unwatch}, process `pid` is sent `signal` when this process ends without having stopped it,
 * a SIGKILL included. Call {@link startGuard} before the process is spawned, so that nothing happens in between.
 */
export const watch = (pid: number, signal: NodeJS.Signals): void => {
  guarded.set(pid, signal);
  if (guard) add(pid, signal);
  else start();
};

/** The process ended. With the last one the guard goes too. */
export const unwatch = (pid: number): void => {
  if (!guarded.delete(pid)) return;
  tell(`del ${pid}`);
  if (guarded.size > 0) return;
  guard?.stdin?.end();
  guard = undefined;
};

export const startGuard = (): void => {
  if (!guard) start();
};
