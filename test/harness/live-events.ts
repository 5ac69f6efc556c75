import type { PublicEvent } from '#client';
import type { Stack } from './stack.js';

export interface LiveEvent {
  /** What to send as `Last-Event-ID`. */
  readonly id: string;
  readonly type: string;
  readonly event: PublicEvent;
}

const parsed = (frame: string): LiveEvent | undefined => {
  const fields = new Map(
    frame
      .split('\n')
      .filter((line) => /^(id|event|data): /.test(line))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [id, type, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  return id === undefined || type === undefined || data === undefined
    ? undefined
    : { id, type, event: JSON.parse(data) as PublicEvent };
};

/** A browser that follows `/v1/events`. */
export class LiveEvents {
  readonly all: LiveEvent[] = [];
  readonly #leaving = new AbortController();
  #done: Promise<void> = Promise.resolve();

  /** Resolves when the stream is open: what is published from now on arrives. */
  static async follow(
    stack: Stack,
    { tenantId, lastEventId }: { readonly tenantId: string; readonly lastEventId?: string },
  ): Promise<LiveEvents> {
    const live = new LiveEvents();
    const response = await stack.call(`/v1/events?tenantId=${tenantId}`, {
      headers: { ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
      signal: live.#leaving.signal,
    });
    if (response.status !== 200 || !response.body) throw new Error(`/v1/events answered ${response.status}`);
    live.#done = live.#read(response.body).catch(() => undefined);
    return live;
  }

  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#done;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
      rest = frames.pop() ?? '';
      this.all.push(...frames.flatMap((frame) => parsed(frame) ?? []));
    }
  }
}
