import { runService } from '#service';
import { startGateway } from './start.js';

await runService('gateway', startGateway);
