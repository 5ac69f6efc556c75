import { ProviderError } from '#providers';
import { Logger } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { FindLinkOf } from './find-link.command.js';
import { lookForLink, lookForOtherLinks } from './look-for-link.js';

const isPassing = ({ kind }: ProviderError): boolean => kind === 'retry' || kind === 'retry-after';

@CommandHandler(FindLinkOf)
export class FindLinkHandler implements ICommandHandler<FindLinkOf> {
  readonly #logger = new Logger('FindLink');
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute(told: FindLinkOf): Promise<void> {
    try {
      await lookForLink(this.#deps, told.connectionId, told.provider);
      await lookForOtherLinks(this.#deps, told);
    } catch (error) {
      if (!(error instanceof ProviderError) || isPassing(error)) throw error;
      // Nothing is lost: the webhook stays parked, and its link is looked for again by the clock.
      this.#logger.warn(`Connection ${told.connectionId}: its link cannot be looked for (${error.code}).`);
    }
  }
}
