import { runService } from '#service';
import { startConnections } from './start.js';

await runService('connections', startConnections);
