import { knownConnection } from '#service';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { startLinkFor } from '../link-session.js';
import { StartLinkOf, type StartedLinkResult } from './start-link.command.js';

@CommandHandler(StartLinkOf)
export class StartLinkHandler implements ICommandHandler<StartLinkOf, StartedLinkResult> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, scope }: StartLinkOf): Promise<StartedLinkResult> {
    return startLinkFor(this.#deps, await knownConnection(this.#deps, connectionId, scope));
  }
}
