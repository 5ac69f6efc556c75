import type { Command } from '../command.js';
import { Installation } from '../installation.js';
import { readArguments } from '../read-arguments.js';
import { rebuildModels } from './rebuild-models.js';

export const rebuildCommand: Command = {
  name: 'rebuild',
  parameters: '[read model …]',
  summary: 'fill read models anew from the event log (all of them when none is named)',
  help: 'Beside the live tables, which are swapped when the new ones are level; queries and imports go on meanwhile.',
  run: async (args, { env, say }) => {
    const { positionals } = readArguments(args, {});
    const installation = await Installation.find(env);
    await rebuildModels(installation.addresses('eventStoreUrl', 'databaseUrl'), positionals, say);
  },
};
