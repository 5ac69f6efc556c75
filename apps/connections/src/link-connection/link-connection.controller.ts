import {
  type CompletedLinkReply, CompleteLinkRpc, ConnectionRpc, type ConnectionView, linkedText, linkRefusalText, type LinkReply, RPC_SUBJECTS,
} from '#contracts'; // prettier-ignore
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { otherLinkView } from '../link-text.js';
import { GetConnection } from '../queries.js';
import { CompleteLinkOf, type CompletedLink } from './complete-link.command.js';
import { StartLinkOf, type StartedLinkResult } from './start-link.command.js';

const text = (position: bigint | null): string | null => (position === null ? null : String(position));

@Controller()
export class LinkConnectionController {
  readonly #commands: CommandBus;
  readonly #queries: QueryBus;

  constructor(commands: CommandBus, queries: QueryBus) {
    this.#commands = commands;
    this.#queries = queries;
  }

  @Answers(RPC_SUBJECTS.startLink)
  async onStart(@Payload() { connectionId, scope }: ConnectionRpc): Promise<LinkReply> {
    const { linkUrl, expiresAt, position } = await this.#commands.execute<StartLinkOf, StartedLinkResult>(
      new StartLinkOf(connectionId, scope),
    );
    return { linkUrl, expiresAt, position: text(position) };
  }

  /** The provider sent the person's browser back. */
  @Answers(RPC_SUBJECTS.completeLink)
  async onCallback(@Payload() { state, parameters }: CompleteLinkRpc): Promise<CompletedLinkReply> {
    const { outcome, connectionId, code, by, otherLinks, position } = await this.#commands.execute<
      CompleteLinkOf,
      CompletedLink
    >(new CompleteLinkOf(state, parameters));
    const { status } = await this.#queries.execute<GetConnection, ConnectionView>(
      new GetConnection(connectionId, null, position),
    );
    const message = code === null ? linkedText(otherLinks, 'en') : linkRefusalText({ code, by }, 'en');
    return {
      outcome,
      connectionId,
      status,
      code,
      by,
      message,
      otherLinks: otherLinks.map(otherLinkView),
      position: text(position),
    };
  }
}
