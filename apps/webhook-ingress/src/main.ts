import { runMain } from '#platform';
import { openWebhookIngress } from './start.js';

await runMain(openWebhookIngress);
