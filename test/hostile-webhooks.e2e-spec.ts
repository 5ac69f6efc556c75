import { type RawAnswer, RawConnection } from '#testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { healthOf } from './resilience/health.js';
import { DoorProcess } from './webhook-door/door-process.js';
import { signedBodies, unwantedBodies } from './webhook-door/hostile-bodies.js';
import type { HostileRow } from './webhook-door/hostile-row.js';
import { framing, methodsAndPaths } from './webhook-door/hostile-shapes.js';
import { guideSignatures, powensSignatures, tinkSignatures } from './webhook-door/hostile-signatures.js';
import { DELETED, notice, powens, type Secrets } from './webhook-door/signatures.js';
import { wire } from './webhook-door/wire.js';

const SECRETS: Secrets = {
  powens: 'the-secret-of-Powens-in-this-spec',
  tink: 'the-secret-of-Tink-in-this-spec',
};

let door: DoorProcess;
let pid: number;

beforeAll(async () => {
  door = await DoorProcess.start({
    POWENS_WEBHOOK_SECRET: SECRETS.powens,
    TINK_WEBHOOK_SECRET: SECRETS.tink,
    // Every row comes from an address of its own: this table is not about how many failures are too many.
    WEBHOOK_TRUSTED_PROXIES: '127.0.0.1',
  });
  pid = door.program.pid;
}, 120_000);
afterAll(() => door?.dispose());

let rowsSent = 0;

/** As the proxy would that the door trusts. */
const forwarded = (bytes: Uint8Array): Uint8Array => {
  const text = Buffer.from(bytes).toString('latin1');
  const firstLine = text.indexOf(' HTTP/1.1\r\n');
  if (firstLine === -1) return bytes;
  rowsSent++;
  const address = `X-Forwarded-For: 203.0.113.${rowsSent % 250}\r\n`;
  const at = firstLine + ' HTTP/1.1\r\n'.length;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(address), bytes.subarray(at)]);
};

const TRACES = /\n\s+at |node_modules|\.[jt]s:\d|Error:|0x[0-9a-f]{6}/;

const rows = [
  guideSignatures,
  powensSignatures,
  tinkSignatures,
  signedBodies,
  unwantedBodies,
  methodsAndPaths,
  framing,
].flatMap((rowsOf) => rowsOf(SECRETS));

/** The delivery that an answer names; `null`: it names none. */
const idIn = (body: string): string | null => {
  if (!body.startsWith('{"status"')) return null;
  const { deliveryId, sync_log_id: syncLogId } = JSON.parse(body) as {
    readonly deliveryId?: string;
    readonly sync_log_id?: string;
  };
  return deliveryId ?? syncLogId ?? null;
};

const send = async ({ bytes, ends = false, toHead = false }: HostileRow): Promise<RawAnswer | null> => {
  const connection = await RawConnection.open(door.port);
  onTestFinished(() => connection.destroy());
  void connection.write(forwarded(bytes));
  if (ends) connection.end();
  return connection.answer({ toHead });
};

describe('a hostile request', () => {
  it('is one of very many', () => {
    expect(rows.length).toBeGreaterThan(140);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it.each(rows.map((row): [string, HostileRow] => [row.name, row]))('%s', async (_, row) => {
    const { status, says = '', stored = 0, header: [name, value] = ['', undefined] } = row;
    const before = await door.store.head();
    const answer = await send(row);
    const body = answer?.body ?? '';
    const deliveryId = idIn(body);
    const hasGrown = (await door.store.head()) !== before;
    expect({ status: answer?.status ?? null, header: answer?.headers[name], hasGrown }).toEqual({
      status,
      header: value,
      hasGrown: stored === 1,
    });
    expect(body).toContain(says);
    expect(body).not.toMatch(TRACES);
    // A delivery that is named is there, once; of nothing else is anything there.
    expect(deliveryId === null ? [] : await door.delivery(deliveryId)).toHaveLength(
      deliveryId === null ? 0 : 1,
    );
  });
});

describe('a head that never ends', () => {
  it('is cut off in time', async () => {
    const connection = await RawConnection.open(door.port);
    await connection.write('POST /webhooks/powens HTTP/1.1\r\nHost: door\r\n');
    const trickle = setInterval(() => void connection.write('X-A: b\r\n'), 500);
    onTestFinished(() => clearInterval(trickle));
    expect(await connection.answer({ withinMs: 30_000 })).toMatchObject({ status: 408 });
    await connection.closed();
  });
});

describe('after all that the door', () => {
  it('is the same process, ready, and takes what is genuine', async () => {
    expect([door.program.pid, door.program.hasExited]).toEqual([pid, false]);
    expect(await healthOf(door.port)).toEqual({ code: 200, down: [] });
    const body = notice();
    const bytes = wire({ path: DELETED, headers: powens(SECRETS.powens, body), body });
    const answer = await send({ name: 'genuine', bytes, status: 200 });
    expect(answer).toMatchObject({ status: 200 });
    expect(await door.delivery(idIn(answer?.body ?? '') ?? '')).toHaveLength(1);
  });

  it('has logged no error, no secret and nothing of any body', () => {
    const output = door.program.output();
    expect(output).not.toMatch(/"level":"(error|fatal)"/);
    expect(output).not.toMatch(/secret-of|id_webhook_data|transactions\.new|evil\.example/);
    expect(output).not.toMatch(TRACES);
  });

  it('holds nothing of what it refused', async () => {
    const figures = await (await fetch(`${door.url}/metrics`)).text();
    expect(figures).toMatch(/^passerelle_webhook_body_bytes_in_flight\{.*\} 0$/m);
    expect(figures).toMatch(/^passerelle_webhooks_total\{.*outcome="wrong-signature".*\} \d+$/m);
  });
});
