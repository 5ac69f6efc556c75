import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const quietly = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};

const isAlive = (pid: string): boolean => {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat !== '' && !/\) [ZX] /.test(stat);
};

/** Command lines of the live processes that work in `dir` or name it in their arguments, each with its pid. */
export const processesIn = (dir: string): readonly string[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map((pid) => ({
      pid,
      line: quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        .replaceAll('\0', ' ')
        .trim(),
      cwd: quietly(() => readlinkSync(`/proc/${pid}/cwd`)),
    }))
    .filter(({ pid, line, cwd }) => (line.includes(dir) || `${cwd}/`.startsWith(`${dir}/`)) && isAlive(pid))
    .map(({ pid, line }) => `${pid} ${line}`);
