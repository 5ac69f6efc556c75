import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Situation } from '../driving/situation.js';

const situation = new Situation();
const { connection, rows, send } = situation;
beforeAll(() => situation.start());
afterAll(() => situation.dispose());
beforeEach(situation.renew);

const open = async (): Promise<Response> => fetch(situation.sandbox.driver.url);
const push = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(situation.sandbox.driver.url, { method: 'POST', body: new URLSearchParams(form), headers });
const id = (): string => String(situation.connectionId);

it('shows clock, scenarios, connections, accounts, faults and webhooks, and nothing that runs', async () => {
  const response = await open();
  const text = await response.text();
  for (const heading of ['Clock', 'Scenarios', 'Connections', 'Accounts at the banks', 'Faults', 'Webhooks'])
    expect(text).toContain(`>${heading}</h2>`);
  expect(text).toContain('<html lang="en">');
  expect(text).toContain(situation.iban);
  expect(text).not.toMatch(/<script|\son\w+=/i);
  expect(response.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*frame-ancestors 'none'/,
  );
});

it('labels every field', async () => {
  const text = await (await open()).text();
  const bare = text.replaceAll(/<label[^>]*>.*?<\/label\s*>/gs, '');
  expect(bare.match(/<(input|select)(?![^>]*type="hidden")[^>]*>/g)).toBeNull();
});

it('does by its forms what the control API does', async () => {
  const posted = {
    action: 'post',
    account: situation.iban,
    date: '2026-03-14',
    value: '-7.5',
    wording: 'BY HAND',
  };
  const { iban } = situation;
  await push({ ...posted, coming: 'true' });
  expect((await rows())[0]).toMatchObject({ value: -7.5, original_wording: 'BY HAND', coming: true });
  await push({ action: 'book', account: iban, variant: 'new-id' });
  expect((await rows()).filter((row) => row.value === -7.5).map((row) => [row.coming, row.deleted])).toEqual([
    [true, expect.any(String)],
    [false, null],
  ]);
  await push({ action: 'state', id: id(), state: 'wrongpass' });
  expect((await connection()).state).toBe('wrongpass');
  await push({ action: 'repair', id: id() });
  expect((await connection()).state).toBeNull();
  await push({ action: 'advance', days: '1' });
  expect((await connection()).last_update).toBe('2026-03-15 12:00:00');
  await push({ action: 'fault', kind: 'html-503', path: '/transactions', times: '2' });
  expect((await send<{ faults: object[] }>('GET', 'faults')).body.faults).toMatchObject([
    { kind: 'html-503', times: 2 },
  ]);
  await push({ action: 'delete', id: id() });
  expect(await connection()).toMatchObject({ code: 'notFound' });
});

it('plays a scenario day by day', async () => {
  const { body } = await send<{ id: string }>('POST', 'scenarios', {
    name: `by hand <i>`,
    accounts: [{ ref: 'main' }],
    days: [{ day: 1, steps: [{ post: { account: 'main', rows: [{ value: 1 }] } }] }],
  });
  expect(await (await open()).text()).toContain('by hand &lt;i&gt;: 0 of 1 played');
  const after = await (await push({ action: 'play', id: body.id })).text();
  expect(after).toContain('by hand &lt;i&gt;: 1 of 1 played');
});

it('tells what could not be done, and escapes whatever it repeats', async () => {
  const hostile = '"><script>alert(1)</script>';
  for (const form of [
    { action: hostile },
    { action: 'sync', id: hostile },
    { action: 'play', id: hostile },
    { action: 'post', account: situation.iban, date: 'never', value: '1', wording: hostile },
  ] as Record<string, string>[]) {
    const response = await push(form);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('<script');
  }
  await push({ action: 'post', account: situation.iban, date: '2026-03-14', value: '1', wording: hostile });
  await send('POST', 'webhooks', { event: hostile, body: {} });
  await send('PATCH', `connections/${id()}`, { state: hostile });
  expect(await (await open()).text()).not.toContain('<script');
});

it('takes no form of another site', async () => {
  const form = { action: 'delete', id: id() };
  expect((await push(form, { origin: 'https://evil.example.test' })).status).toBe(403);
  expect((await push(form, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await connection()).id).toBe(situation.connectionId);
});
