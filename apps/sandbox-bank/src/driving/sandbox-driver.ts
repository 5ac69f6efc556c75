/** One HTTP answer; `body` is its JSON, or `null` where it has none. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface Credentials {
  readonly userId: number;
  readonly token: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Drives a running sandbox over HTTP, as a client and as a person with a browser; for specs. */
export class SandboxDriver {
  constructor(
    readonly url: string,
    private readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  async call<Body = Record<string, unknown>>(
    path: string,
    options: { method?: string; token?: string; body?: unknown } = {},
  ): Promise<Answer<Body>> {
    const { method = 'GET', token, body } = options;
    const response = await fetch(path.startsWith('http') ? path : `${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) as Body };
  }

  async newUser(): Promise<Credentials> {
    const { body } = await this.call<{ id_user: number; auth_token: string }>('/2.0/auth/init', {
      method: 'POST',
      body: { client_id: this.clientId, client_secret: this.clientSecret },
    });
    return { userId: body.id_user, token: body.auth_token };
  }

  /** Another token for the same user: the old one may have been revoked. */
  async renew({ userId }: Credentials): Promise<Credentials> {
    const { body } = await this.call<{ access_token: string }>('/2.0/auth/renew', {
      method: 'POST',
      body: {
        grant_type: 'client_credentials',
        client_id: this.clientId,
        client_secret: this.clientSecret,
        id_user: userId,
      },
    });
    return { userId, token: body.access_token };
  }

  async code(token: string, type = 'singleAccess'): Promise<string> {
    return (await this.call<{ code: string }>(`/2.0/auth/token/code?type=${type}`, { token })).body.code;
  }

  /** Opens a page of the hosted interface. */
  openPage(flow: string, parameters: Record<string, string>): Promise<Answer<null>> {
    const query = new URLSearchParams({
      domain: 'sandbox.biapi.pro',
      client_id: this.clientId,
      ...parameters,
    });
    return this.call<null>(`/fr/${flow}?${query}`);
  }

  /** Sends the page's form back as a browser would: hidden, text and ticked fields, then `changes`. */
  async submit(
    flow: string,
    page: string,
    changes: Record<string, string> = {},
  ): Promise<URL | Answer<null>> {
    const fields = new URLSearchParams();
    for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1];
      const isChoice = /type="(radio|checkbox)"/.test(tag);
      if (name !== undefined && (!isChoice || / checked/.test(tag)))
        fields.append(name, /value="([^"]*)"/.exec(tag)?.[1] ?? '');
    }
    for (const [name, value] of Object.entries(changes)) fields.set(name, value);
    const response = await fetch(`${this.url}/fr/${flow}`, {
      method: 'POST',
      body: fields,
      redirect: 'manual',
    });
    const location = response.headers.get('location');
    if (location !== null) return new URL(location);
    return { status: response.status, headers: response.headers, text: await response.text(), body: null };
  }

  /** The whole way of a person who links one account. Returns the callback's address. */
  async link(user: Credentials, iban: string, redirectUri: string): Promise<URL> {
    const page = await this.openPage('connect', {
      redirect_uri: redirectUri,
      code: await this.code(user.token),
      state: 'st_1',
      account_ibans: iban,
    });
    const back = await this.submit('connect', page.text);
    if (!(back instanceof URL)) throw new Error(`The page did not send the browser back: ${back.status}.`);
    return back;
  }
}

/** Tries until the condition holds; fails after the deadline with its last error. */
export const eventually = async <T>(attempt: () => Promise<T> | T, deadlineMs = 5000): Promise<T> => {
  const until = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
