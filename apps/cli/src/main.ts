import { readEnvironment } from '#platform';
import { runCommandLine } from './command-line.js';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: readEnvironment(),
  say: console.log,
  complain: console.error,
});
