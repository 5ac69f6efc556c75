import { type AppendResult, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { AppendCall } from './append-call.js';
import { EventStoreUnavailable } from './event-store.js';
import { Gate } from './gate.js';
import { isStuck } from './kurrent-errors.js';
import { type Internals, internalsOf } from './kurrent-internals.js';
import { type Proposal, remainingMs } from './proposal.js';
import { withinTime } from './within-time.js';

/** Enough to keep the server's group commits full. */
const IN_FLIGHT = 60;
/**
 * All appends of the client's own share one duplex call. Client 1.3.1 loses the rejections of writes that wait for that
 * call to drain when it breaks: they end the process as unhandled. Writes wait from the sixteenth unsent message on.
 */
const IN_FLIGHT_OF_CLIENT = 15;
/** One try; a call that hangs is given up after this, so that a new one can be tried within the time. */
const TRY_MS = 4_000;
const DISPOSE_MS = 1_000;

/** One client for appends alone, which can be thrown away without touching reads and subscriptions. */
export class AppendLane {
  readonly #gate = new Gate(IN_FLIGHT);
  readonly #gateOfClient = new Gate(IN_FLIGHT_OF_CLIENT);
  #client: KurrentDBClient | undefined;
  #call: Promise<AppendCall> | undefined;
  #closed = false;

  constructor(readonly connectionString: string) {}

  /** Appends that run or wait here. */
  get load(): number {
    return this.#gate.load;
  }

  /** One try, in its turn. @throws {EventStoreUnavailable} no answer in time; or what the client says */
  async try(proposal: Proposal): Promise<AppendResult> {
    return withinTime(
      this.#gate.run(() => this.#send(proposal)),
      remainingMs(proposal),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.dispose();
  }

  async #send(proposal: Proposal): Promise<AppendResult> {
    if (this.#closed) throw new Error('The event store was closed while an append was under way.');
    this.#client ??= KurrentDBClient.connectionString(this.connectionString);
    const client = this.#client;
    const ms = Math.min(TRY_MS, remainingMs(proposal));
    // It waited at the gate for too long: its caller was already told that it failed.
    if (ms === 0) throw new EventStoreUnavailable('The time of the append was over before it was sent.');
    try {
      return await withinTime(this.#append(client, proposal, ms), ms);
    } catch (error) {
      if (error instanceof EventStoreUnavailable || isStuck(error)) await this.#discard(client);
      throw error;
    }
  }

  /** Over a call of our own; should an upgrade of the client take away what that leans on, over the client's. */
  async #append(client: KurrentDBClient, proposal: Proposal, ms: number): Promise<AppendResult> {
    const internals = internalsOf(client);
    if (internals) return (await this.#openCall(internals)).append(proposal, ms);
    const { stream, streamState, events } = proposal;
    return this.#gateOfClient.run(() =>
      client.appendToStream(stream, [...events], { streamState, deadline: ms }),
    );
  }

  #openCall(internals: Internals): Promise<AppendCall> {
    if (this.#call) return this.#call;
    const forget = () => {
      if (this.#call === opening) this.#call = undefined;
    };
    const opening = AppendCall.open(internals, forget);
    opening.catch(forget);
    this.#call = opening;
    return opening;
  }

  /** Appends that are under way on it fail as unsettled, and are repeated on a new client. */
  async #discard(client: KurrentDBClient): Promise<void> {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#call = undefined;
    await withinTime(client.dispose(), DISPOSE_MS).catch(() => undefined);
  }
}
