import { runSandboxBank } from './start.js';
await runSandboxBank(process.argv.slice(2));
