import { runService } from '#service';
import { startSync } from './start.js';

await runService('sync', startSync);
