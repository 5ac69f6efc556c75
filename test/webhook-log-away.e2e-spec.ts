import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './harness/index.js';
import { expectGreen, expectRed } from './resilience/health.js';
import { DoorProcess } from './webhook-door/door-process.js';
import { DELETED, notice, powens } from './webhook-door/signatures.js';

let door: DoorProcess;
beforeAll(async () => {
  door = await DoorProcess.start();
}, 120_000);
afterAll(() => door?.dispose());

const deliver = (body: string): Promise<Response> =>
  fetch(door.url + DELETED, {
    method: 'POST',
    headers: powens(door.powensSecret, body).map(([name, value]): [string, string] => [name, value]),
    body,
    signal: AbortSignal.timeout(20_000),
  });

const deliveryIdOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { readonly deliveryId: string }).deliveryId;

it('answers 503 at once while the log is gone, says so, and stores each delivery once when it is back', async () => {
  expect((await deliver(notice())).status).toBe(200);
  await door.killLog();
  await expectRed(door.port, 'event-store');
  const missed = Array.from({ length: 50 }, () => notice());
  // Whoever comes first may find out that the log is away; from then on it is known.
  await eventually(async () => {
    const from = performance.now();
    const answers = await Promise.all(missed.map(deliver));
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
      missed.map(() => [503, '5']),
    );
    expect(performance.now() - from).toBeLessThan(1_000);
  });
  await door.restartLog();
  await expectGreen(door.port);
  const ids = await eventually(async () => {
    const answers = await Promise.all(missed.map(deliver));
    expect(answers.map(({ status }) => status)).toEqual(missed.map(() => 200));
    return Promise.all(answers.map(deliveryIdOf));
  });
  expect(new Set(ids).size).toBe(missed.length);
  for (const id of ids) expect(await door.delivery(id)).toHaveLength(1);
});
