import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ScenarioBook } from '../scenario/scenario-book.js';
import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { toStrings, type Strings } from '../webview/strings.js';
import { HandNotes, type Note } from './hand-notes.js';
import { handPage, type Shown } from './hand-page.js';

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
  load: ({ form }) => ({
    method: 'POST',
    path: 'scenarios',
    body: told({ yaml: form.yaml, clock: form.clock }),
  }),
  link: ({ form }) => ({
    method: 'POST',
    path: `scenarios/${encodeURIComponent(form.id ?? '')}/link`,
    body: { userId: Number(form.user) },
  }),
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

const SECTIONS: Readonly<Record<string, string>> = {
  load: 'scenarios',
  fault: 'faults',
  'clear-faults': 'faults',
  flush: 'outbox',
  hold: 'outbox',
  release: 'outbox',
  redeliver: 'outbox',
  delete: 'connections',
};
const OF_CONNECTION = ['sync', 'state', 'repair', 'recreate', 'reissue'];
const OF_SCENARIO = ['play', 'link'];

/** Where on the page the person was: the next Tab goes on from there. */
const placeOf = ({ action = '', id, account }: Strings): string => {
  if (account !== undefined) return `account-${account}`;
  if (OF_CONNECTION.includes(action)) return `connection-${id}`;
  if (OF_SCENARIO.includes(action)) return `scenario-${id}`;
  return SECTIONS[action] ?? 'clock';
};

const HAPPENED_SHOWN = 50;

interface Answer {
  readonly error?: string;
  readonly happened?: readonly { readonly at: string; readonly what: string }[];
}

const noteOf = (form: Strings, { happened = [] }: Answer): Note => {
  const more = happened.length - HAPPENED_SHOWN;
  return {
    said: ['Done:', form.action, form.id ?? form.account].filter(Boolean).join(' '),
    happened: [
      ...happened.slice(0, HAPPENED_SHOWN).map(({ at, what }) => `${parisTimestamp(Date.parse(at))} ${what}`),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
  };
};

/** The page at `/`, to drive the sandbox by hand. */
export const handRoutes = (app: FastifyInstance, sandbox: Sandbox, book: ScenarioBook): void => {
  const notes = new HandNotes();
  const send = (reply: FastifyReply, shown: Shown, status = 200): FastifyReply =>
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-security-policy', NO_SCRIPTS)
      .type('text/html; charset=utf-8')
      .send(handPage(sandbox, book, shown));

  app.get('/', (request, reply) => send(reply, { note: notes.get(toStrings(request.query).note) }));

  app.post('/', async (request, reply) => {
    if (!isOwnForm(request))
      return send(reply, { refusal: 'This form was sent by another site: nothing was done.' }, 403);
    const form = toStrings(request.body);
    const call = callOf(sandbox, book, form);
    if (!call) return send(reply, { refusal: `There is nothing to do for “${form.action ?? ''}”.` }, 400);
    const answer = await app.inject({
      method: call.method,
      url: `/sandbox/${call.path}`,
      ...(call.body && { payload: call.body }),
    });
    const body = answer.json<Answer>();
    if (answer.statusCode >= 300) {
      const refusal = `Not done: ${body.error ?? answer.statusCode}`;
      return send(reply, { refusal, refusedScenario: form.yaml }, answer.statusCode);
    }
    const note = notes.add(noteOf(form, body));
    return reply.redirect(`/?note=${note}#${encodeURIComponent(placeOf(form))}`, 303);
  });
};
