import { knownConnection } from '#service';
import { connection } from '#domain';
import { runDecider } from '#event-store';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { type ChangedSettings, ChangeSettingsOf } from './change-settings.command.js';

@CommandHandler(ChangeSettingsOf)
export class ChangeSettingsHandler implements ICommandHandler<ChangeSettingsOf, ChangedSettings> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, scope, settings }: ChangeSettingsOf): Promise<ChangedSettings> {
    const { tenantId } = await knownConnection(this.#deps, connectionId, scope);
    const command = { type: 'ChangeSettings' as const, ...settings, now: this.#deps.clock.now() };
    return runDecider(this.#deps, connection, connectionId, command, {
      metadata: this.#deps.metadata(tenantId),
    });
  }
}
