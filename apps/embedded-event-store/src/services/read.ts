import { randomUUID } from 'node:crypto';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { EventLog } from '../log/event-log.js';
import type { GroupCommit } from '../log/group-commit.js';
import { Outlet } from '../reads/outlet.js';
import { readAll } from '../reads/read-all.js';
import { InvalidRead, readRequestOf, type ReadRequest } from '../reads/read-request.js';
import { readStream } from '../reads/read-stream.js';
import { SubscriptionToAll } from '../reads/subscribe-to-all.js';
import { SubscriptionToStream } from '../reads/subscribe-to-stream.js';
import { confirmation } from '../wire/read-answers.js';
import * as refusals from '../wire/refusals.js';

/** `Read`: bounded reads and subscriptions, of one stream or of the whole log. */
export class ReadService {
  readonly #open = new Set<Outlet>();

  constructor(
    private readonly log: EventLog,
    private readonly commits: GroupCommit,
  ) {}

  read(call: ServerWritableStream<ReadReq, Buffer>): void {
    const outlet = new Outlet(call);
    this.#open.add(outlet);
    this.#serve(call.request, outlet)
      .catch((error: unknown) => outlet.fail(refusalOf(error)))
      .finally(() => this.#open.delete(outlet));
  }

  /** Ends every open read and subscription; clients see that the node is unavailable. */
  close(): void {
    for (const outlet of this.#open) outlet.fail(refusals.unavailable('The node is stopping.'));
  }

  async #serve(message: ReadReq, outlet: Outlet): Promise<void> {
    const request = readRequestOf(message);
    const { stream, count } = request;
    if (count === null) return this.#subscribe(request, outlet);
    await (stream === null
      ? readAll(this.log, { ...request, count }, outlet)
      : readStream(this.log, { ...request, stream, count }, outlet));
  }

  async #subscribe(request: ReadRequest, outlet: Outlet): Promise<void> {
    const { stream } = request;
    const subscription =
      stream === null
        ? new SubscriptionToAll(this.log, request, outlet)
        : new SubscriptionToStream(this.log, { ...request, stream }, outlet);
    const stopListening = this.commits.onCommit(() => outlet.ring());
    try {
      await outlet.send(confirmation(randomUUID()));
      await subscription.run();
    } finally {
      stopListening();
    }
  }
}

const refusalOf = (error: unknown): refusals.Refusal => {
  if (error instanceof InvalidRead) return refusals.invalidArgument(error.message);
  return refusals.unknown(error instanceof Error ? error.message : 'The read failed.');
};
