import { runService } from '#service';
import { startScheduler } from './start.js';

await runService('scheduler', startScheduler);
