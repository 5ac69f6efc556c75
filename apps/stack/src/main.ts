import { runMain } from '#platform';
import { startStack } from './start.js';

await runMain(startStack);
