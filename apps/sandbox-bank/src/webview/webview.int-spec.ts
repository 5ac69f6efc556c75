import { afterAll, beforeAll, expect, it } from 'vitest';
import { GUIDE_IBAN, withCheckDigits } from '../bank/iban.js';
import { CALLBACK, RunningSandbox } from '../driving/running-sandbox.js';
import { eventually } from '../driving/sandbox-driver.js';

const sandbox = new RunningSandbox();
beforeAll(() => sandbox.start());
afterAll(() => sandbox.dispose());

interface Accounts {
  accounts: { id: number; iban: string | null; type: string; disabled: string | null; bic: string }[];
}

const enabledIbans = async (token: string): Promise<(string | null)[]> =>
  (await sandbox.driver.call<Accounts>('/2.0/users/me/accounts', { token })).body.accounts.map(
    ({ iban }) => iban,
  );

it('links the account of the original guide for whoever asks, and only that one', async () => {
  for (const user of [await sandbox.driver.newUser(), await sandbox.driver.newUser()]) {
    const back = await sandbox.driver.link(user, GUIDE_IBAN, CALLBACK);
    expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
    expect(back.searchParams.get('state')).toBe('st_1');
    const { body } = await sandbox.driver.call(
      `/2.0/users/me/connections/${back.searchParams.get('connection_id')}`,
      user,
    );
    expect(body).toMatchObject({ id_user: user.userId, state: null });
    expect(await enabledIbans(user.token)).toEqual([GUIDE_IBAN]);
    const all = await sandbox.driver.call<Accounts>('/2.0/users/me/accounts?all', user);
    expect(all.body.accounts.length).toBeGreaterThan(1);
    expect(all.body.accounts[0]).toMatchObject({ bic: 'BNPAFRPP', disabled: null });
  }
});

it('opens a fresh account for an IBAN of the demo bank code, with contents that follow from the IBAN', async () => {
  const iban = withCheckDigits('FR', '99998000770000000012345');
  const wordings = async (): Promise<string[]> => {
    const user = await sandbox.driver.newUser();
    await sandbox.driver.link(user, iban, CALLBACK);
    return eventually(async () => {
      const { body } = await sandbox.driver.call<{ transactions: { original_wording: string }[] }>(
        '/2.0/users/me/transactions?limit=1000',
        user,
      );
      expect(body.transactions).toHaveLength(400);
      return body.transactions.map((row) => row.original_wording);
    });
  };
  expect(await wordings()).toEqual(await wordings());
});

it('makes a user where the link names none, and hands out a code for it', async () => {
  const page = await sandbox.driver.openPage('connect', {
    redirect_uri: CALLBACK,
    account_ibans: GUIDE_IBAN,
  });
  const back = (await sandbox.driver.submit('connect', page.text)) as URL;
  const { body } = await sandbox.driver.call('/2.0/auth/token/access', {
    method: 'POST',
    body: {
      client_id: '55120934',
      client_secret: 'sandbox-client-secret',
      code: back.searchParams.get('code'),
    },
  });
  expect(await enabledIbans(String(body.access_token))).toEqual([GUIDE_IBAN]);
});

it('sends a person who cancels back with access_denied', async () => {
  const user = await sandbox.driver.newUser();
  const page = await sandbox.driver.openPage('connect', {
    redirect_uri: CALLBACK,
    code: await sandbox.driver.code(user.token),
    state: 'a/b+c=',
  });
  const back = (await sandbox.driver.submit('connect', page.text, { action: 'cancel' })) as URL;
  expect(Object.fromEntries(back.searchParams)).toEqual({
    error: 'access_denied',
    error_description: 'User cancelled',
    state: 'a/b+c=',
  });
});

it('shows the form again after a wrong password or without any account', async () => {
  const page = await sandbox.driver.openPage('connect', { redirect_uri: CALLBACK });
  const wrong = await sandbox.driver.submit('connect', page.text, { password: '0000' });
  expect(wrong).toMatchObject({ status: 200, text: expect.stringContaining('mot de passe est incorrect') });
  const none = await sandbox.driver.submit('connect', page.text, { account: 'none' });
  expect(none).toMatchObject({ status: 200, text: expect.stringContaining('au moins un compte') });
});

it('refuses a foreign address to return to, without naming the right one', async () => {
  for (const uri of ['http://127.0.0.1:9/other', `${CALLBACK}?next=1`, 'https://evil.example.test/']) {
    const page = await sandbox.driver.openPage('connect', { redirect_uri: uri });
    expect(page.status).toBe(400);
    expect(page.text).not.toContain(CALLBACK);
    expect(page.text).not.toContain('<form');
  }
});

it('takes a single-use code once, and a visit once', async () => {
  const user = await sandbox.driver.newUser();
  const parameters = { redirect_uri: CALLBACK, code: await sandbox.driver.code(user.token) };
  const page = await sandbox.driver.openPage('connect', parameters);
  expect((await sandbox.driver.openPage('connect', parameters)).status).toBe(400);
  expect(await sandbox.driver.submit('connect', page.text)).toBeInstanceOf(URL);
  expect(await sandbox.driver.submit('connect', page.text)).toMatchObject({ status: 400 });
});

it('links several banks where the link allows it', async () => {
  const user = await sandbox.driver.newUser();
  const page = await sandbox.driver.openPage('connect', {
    redirect_uri: CALLBACK,
    code: await sandbox.driver.code(user.token),
    max_connections: '2',
  });
  expect(page.text).toContain('type="checkbox" name="connector"');
  const back = (await sandbox.driver.submit('connect', page.text)) as URL;
  expect(back.searchParams.get('connection_ids')).toBe(back.searchParams.get('connection_id'));
});

it('repairs a connection on the reconnect page', async () => {
  const user = await sandbox.driver.newUser();
  const id = (await sandbox.driver.link(user, GUIDE_IBAN, CALLBACK)).searchParams.get('connection_id') ?? '';
  const state = async () =>
    (await sandbox.driver.call<{ state: string | null }>(`/2.0/users/me/connections/${id}`, user)).body.state;
  await sandbox.driver.call(`/sandbox/connections/${id}`, {
    method: 'PATCH',
    body: { state: 'SCARequired' },
  });
  expect(await state()).toBe('SCARequired');
  const page = await sandbox.driver.openPage('reconnect', {
    redirect_uri: CALLBACK,
    code: await sandbox.driver.code(user.token),
    connection_id: id,
    state: 'st_2',
  });
  const back = (await sandbox.driver.submit('reconnect', page.text)) as URL;
  expect(back.search).toBe('?state=st_2');
  expect(await state()).toBeNull();
});

it('lets a person delete a connection on the manage page, and nobody else’s', async () => {
  const [mine, theirs] = [await sandbox.driver.newUser(), await sandbox.driver.newUser()];
  const linked = async (user: typeof mine) =>
    (await sandbox.driver.link(user, GUIDE_IBAN, CALLBACK)).searchParams.get('connection_id') ?? '';
  const [myId, theirId] = [await linked(mine), await linked(theirs)];
  for (const id of [theirId, myId]) {
    const page = await sandbox.driver.openPage('manage', {
      redirect_uri: CALLBACK,
      code: await sandbox.driver.code(mine.token),
    });
    await sandbox.driver.submit('manage', page.text, { action: 'delete', delete: id });
  }
  const left = async (user: typeof mine, id: string) =>
    (await sandbox.driver.call(`/2.0/users/me/connections/${id}`, user)).status;
  expect([await left(mine, myId), await left(theirs, theirId)]).toEqual([404, 200]);
});
