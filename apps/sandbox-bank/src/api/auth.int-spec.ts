import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningSandbox } from '../driving/running-sandbox.js';
import { DEFAULT_SETTINGS } from '../settings.js';

const sandbox = new RunningSandbox();
const client = { client_id: DEFAULT_SETTINGS.clientId, client_secret: DEFAULT_SETTINGS.clientSecret };
const statusWith = async (token: string): Promise<number> =>
  (await sandbox.driver.call('/2.0/users/me', { token })).status;
const post = (path: string, body: unknown) => sandbox.driver.call(path, { method: 'POST', body });

beforeAll(() => sandbox.start());
afterAll(() => sandbox.dispose());

it('makes a new user with every call, for good or for half an hour', async () => {
  const [first, second] = [await sandbox.driver.newUser(), await sandbox.driver.newUser()];
  expect(second.userId).toBe(first.userId + 1);
  expect(await statusWith(first.token)).toBe(200);
  const temporary = await post('/2.0/auth/init', {});
  expect(temporary.body).toMatchObject({ type: 'temporary', expires_in: 1800 });
  expect((await post('/2.0/auth/init', { ...client, client_secret: 'wrong' })).status).toBe(401);
});

it('exchanges a code once, when it was for single use', async () => {
  const user = await sandbox.driver.newUser();
  const code = await sandbox.driver.code(user.token);
  const exchanged = await post('/2.0/auth/token/access', { ...client, code });
  expect(exchanged.body).toMatchObject({ token_type: 'Bearer' });
  expect((await post('/2.0/auth/token/access', { ...client, code })).body).toMatchObject({
    code: 'invalidValue',
  });
  expect(await statusWith(String(exchanged.body.access_token))).toBe(200);
});

it('lets a standard code act as a short bearer, a single one not', async () => {
  const user = await sandbox.driver.newUser();
  expect(await statusWith(await sandbox.driver.code(user.token, 'requestAccess'))).toBe(200);
  expect(await statusWith(await sandbox.driver.code(user.token, 'singleAccess'))).toBe(401);
});

it('renews a token, and revokes the others on demand', async () => {
  const user = await sandbox.driver.newUser();
  const renew = { grant_type: 'client_credentials', ...client, id_user: user.userId };
  const kept = await post('/2.0/auth/renew', renew);
  expect(await statusWith(user.token)).toBe(200);
  const alone = await post('/2.0/auth/renew', { ...renew, revoke_previous: true });
  expect([await statusWith(user.token), await statusWith(String(kept.body.access_token))]).toEqual([
    401, 401,
  ]);
  expect(await statusWith(String(alone.body.access_token))).toBe(200);
});

it('revokes the very token that asks for it', async () => {
  const user = await sandbox.driver.newUser();
  const gone = await sandbox.driver.call('/2.0/auth/token', { method: 'DELETE', token: user.token });
  expect([gone.status, gone.text, await statusWith(user.token)]).toEqual([204, '', 401]);
});

it('answers in the error envelope, also for unknown paths and methods', async () => {
  const user = await sandbox.driver.newUser();
  for (const [method, path, status, code] of [
    ['GET', '/2.0/users/me', 401, 'unauthorized'],
    ['GET', '/2.0/nothing', 404, 'notFound'],
    ['PATCH', '/2.0/users/me/accounts', 405, 'methodNotAllowed'],
    ['POST', '/2.0/auth/token/access', 400, 'missingParameter'],
  ] as const) {
    const answer = await sandbox.driver.call(path, { method, ...(status !== 401 && { token: user.token }) });
    expect([path, answer.status]).toEqual([path, status]);
    expect(answer.body).toEqual({
      code,
      description: expect.any(String),
      message: null,
      request_id: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  }
});

it('hides users from each other and forgets a deleted one', async () => {
  const [mine, theirs] = [await sandbox.driver.newUser(), await sandbox.driver.newUser()];
  const other = await sandbox.driver.call(`/2.0/users/${theirs.userId}`, { token: mine.token });
  expect(other.status).toBe(404);
  const gone = await sandbox.driver.call('/2.0/users/me', { method: 'DELETE', token: mine.token });
  expect([gone.status, await statusWith(mine.token)]).toEqual([204, 401]);
});
