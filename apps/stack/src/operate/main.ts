import { readEnvironment } from '#platform';
import { operate } from './operate.js';

process.exitCode = await operate(process.argv.slice(2), readEnvironment(), console.log);
