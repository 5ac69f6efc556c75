import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ScenarioBook } from '../scenario/scenario-book.js';
import type { Sandbox } from '../sandbox.js';
import { toStrings, type Strings } from '../webview/strings.js';
import { handPage } from './hand-page.js';

const NO_SCRIPTS =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

interface Call {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Only what was filled in. */
const told = (members: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));

interface Context {
  readonly form: Strings;
  readonly sandbox: Sandbox;
  readonly book: ScenarioBook;
  /** Paths of what the form names. */
  readonly connection: string;
  readonly account: string;
}

/** What each form means as a call of the control API: the page can do nothing that the API cannot. */
const CALLS: Readonly<Record<string, (context: Context) => Call | undefined>> = {
  advance: ({ form }) => ({
    method: 'POST',
    path: 'clock/advance',
    body: told({ hours: form.hours, days: form.days }),
  }),
  run: () => ({ method: 'PUT', path: 'clock', body: { mode: 'running' } }),
  freeze: () => ({ method: 'PUT', path: 'clock', body: { mode: 'frozen' } }),
  play: ({ form, book, sandbox }) => {
    const id = form.id ?? '';
    const next = book.list().some((known) => known.id === id)
      ? (book.view(id).next as { at: string } | null)
      : null;
    return next === null
      ? undefined
      : { method: 'POST', path: 'clock/advance', body: { to: laterOf(next.at, sandbox.now()) } };
  },
  sync: ({ connection }) => ({ method: 'POST', path: `${connection}/sync` }),
  state: ({ connection, form }) => ({ method: 'PATCH', path: connection, body: told({ state: form.state }) }),
  repair: ({ connection }) => ({ method: 'POST', path: `${connection}/repair` }),
  recreate: ({ connection }) => ({
    method: 'POST',
    path: `${connection}/recreate-accounts`,
    body: { enabled: true },
  }),
  reissue: ({ connection }) => ({ method: 'POST', path: `${connection}/reissue-transactions` }),
  delete: ({ connection }) => ({ method: 'DELETE', path: connection }),
  post: ({ account, form }) => ({
    method: 'POST',
    path: `${account}/transactions`,
    body: {
      rows: [
        {
          ...told({ date: form.date, value: form.value, originalWording: form.wording }),
          coming: form.coming === 'true',
        },
      ],
    },
  }),
  book: ({ account, form }) => ({
    method: 'POST',
    path: `${account}/post-coming`,
    body: { variant: form.variant },
  }),
  fault: ({ form }) => ({
    method: 'POST',
    path: 'faults',
    body: { ...told({ kind: form.kind, path: form.path }), times: Number(form.times) },
  }),
  'clear-faults': () => ({ method: 'DELETE', path: 'faults' }),
  flush: () => ({ method: 'POST', path: 'webhooks/flush' }),
  hold: ({ sandbox }) => ({
    method: 'PATCH',
    path: 'settings',
    body: { webhooksHeld: !sandbox.settings.webhooksHeld },
  }),
  release: ({ form }) => ({ method: 'POST', path: 'webhooks/release', body: { order: form.order } }),
  redeliver: ({ form }) => ({
    method: 'POST',
    path: `webhooks/${encodeURIComponent(form.id ?? '')}/redeliver`,
  }),
};

const callOf = (sandbox: Sandbox, book: ScenarioBook, form: Strings): Call | undefined => {
  const action = form.action ?? '';
  if (!Object.hasOwn(CALLS, action)) return undefined;
  return CALLS[action]?.({
    form,
    sandbox,
    book,
    connection: `connections/${encodeURIComponent(form.id ?? '')}`,
    account: `accounts/${encodeURIComponent(form.account ?? '')}`,
  });
};

/** What is overdue is played now. */
const laterOf = (at: string, nowMs: number): string =>
  new Date(Math.max(Date.parse(at), nowMs)).toISOString();

/** A form of another site must not drive the sandbox of whoever looks at it. */
const isOwnForm = (request: FastifyRequest): boolean => {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin === `http://${host}`;
};

/** The page at `/`, to drive the sandbox by hand. */
export const handRoutes = (app: FastifyInstance, sandbox: Sandbox, book: ScenarioBook): void => {
  const send = (reply: FastifyReply, said: string | null, status = 200): FastifyReply =>
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-security-policy', NO_SCRIPTS)
      .type('text/html; charset=utf-8')
      .send(handPage(sandbox, book, said));

  app.get('/', (_, reply) => send(reply, null));

  app.post('/', (request, reply) => {
    if (!isOwnForm(request)) return send(reply, 'This form was sent by another site: nothing was done.', 403);
    const form = toStrings(request.body);
    const call = callOf(sandbox, book, form);
    if (!call) return send(reply, `There is nothing to do for “${form.action ?? ''}”.`, 400);
    return app
      .inject({ method: call.method, url: `/sandbox/${call.path}`, ...(call.body && { payload: call.body }) })
      .then((answer) => {
        const { error } = answer.json<{ error?: string }>();
        return answer.statusCode < 300
          ? send(reply, `Done: ${form.action} ${form.id ?? form.account ?? ''}`)
          : send(reply, `Not done: ${error ?? answer.statusCode}`, answer.statusCode);
      });
  });
};
