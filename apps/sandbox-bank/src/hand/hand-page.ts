import type { Sandbox } from '../sandbox.js';
import { accountsOf } from '../aggregator/accounts.js';
import type { StoredConnection } from '../aggregator/connections.js';
import { connectorById } from '../bank/connectors.js';
import { FAULT_KINDS } from '../control/faults.js';
import type { ScenarioBook } from '../scenario/scenario-book.js';
import { parisTimestamp } from '../timestamps.js';
import { html, type Html } from '../webview/html.js';
import { handLayout } from './hand-layout.js';

const STATES = [
  'SCARequired', 'webauthRequired', 'additionalInformationNeeded', 'decoupled', 'validating', 'actionNeeded',
  'passwordExpired', 'wrongpass', 'rateLimiting', 'websiteUnavailable', 'bug', 'notSupported',
] as const; // prettier-ignore

/** As many of each as a person can look through; the control API tells all. */
const SHOWN = 20;

const form = (action: string, hidden: Record<string, string | number>, content: Html): Html =>
  html`<form method="post" action="/">
    <input type="hidden" name="action" value="${action}" />
    ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}${content}
  </form>`;

const button = (label: string): Html => html`<button>${label}</button>`;

const options = (values: readonly string[]): Html[] =>
  values.map((value) => html`<option value="${value}">${value}</option>`);

const clock = ({ clock: time }: Sandbox): Html => html`
  <section aria-labelledby="clock">
    <h2 id="clock">Clock</h2>
    <p>
      <strong>${parisTimestamp(time.now())}</strong> in Paris,
      ${time.isFrozen ? 'standing still' : 'running'}.
    </p>
    <div class="row">
      ${form('advance', { hours: 1 }, button('Advance an hour'))}
      ${form('advance', { days: 1 }, button('Advance a day'))}
      ${form('advance', { days: 30 }, button('Advance 30 days'))}
      ${time.isFrozen ? form('run', {}, button('Let it run')) : form('freeze', {}, button('Stop it'))}
    </div>
  </section>
`;

const scenarios = (book: ScenarioBook): Html => {
  const loaded = book.list();
  return html`<section aria-labelledby="scenarios">
    <h2 id="scenarios">Scenarios</h2>
    ${loaded.length === 0 && html`<p>None is loaded: <code>POST /sandbox/scenarios</code>, or <code>--scenario file.yaml</code>.</p>`}
    <ul>
      ${loaded.map(
        ({ id, name, played, of }) =>
          html`<li>
            ${name}: ${played} of ${of} played
            ${played < of && form('play', { id }, button('Play the next day'))}
          </li>`,
      )}
    </ul>
  </section>`;
};

const sharedAccounts = (sandbox: Sandbox, connectionId: number): Html[] =>
  accountsOf(sandbox, { connectionId, all: true }).map((account) => {
    const bank = sandbox.bank.account(account.account_key);
    const standing =
      account.deleted !== null
        ? 'deleted'
        : account.disabled !== null
          ? 'not shared'
          : (account.balance ?? '?');
    return html`<li>
      <code>${account.id}</code> ${account.name} <code>${bank?.iban ?? bank?.number ?? ''}</code>: ${standing}
      ${bank?.currency}
    </li>`;
  });

const connection = (sandbox: Sandbox, each: StoredConnection): Html => html`
  <article>
    <h3>
      Connection ${each.id}, ${connectorById(each.id_connector)?.name}, user ${each.id_user}:
      <em>${each.state ?? 'well'}</em>
    </h3>
    <p>
      Read ${each.last_update ?? 'never'}; next
      ${each.next_try_ms === null ? 'never' : parisTimestamp(each.next_try_ms)}; consent ends
      ${each.expire_ms === null ? 'never' : parisTimestamp(each.expire_ms)}.
    </p>
    <ul>
      ${sharedAccounts(sandbox, each.id)}
    </ul>
    <div class="row">
      ${form('sync', { id: each.id }, button('Sync'))}
      ${form(
        'state',
        { id: each.id },
        html`<label
            >State
            <select name="state">
              ${options(STATES)}
            </select></label
          >${button('Set')}`,
      )}
      ${form('repair', { id: each.id }, button('Repair'))}
      ${form('recreate', { id: each.id }, button('Re-create accounts'))}
      ${form('reissue', { id: each.id }, button('Re-issue ids'))}
      ${form('delete', { id: each.id }, button('Delete'))}
    </div>
  </article>
`;

const connections = (sandbox: Sandbox): Html => {
  const known = sandbox.store.all<StoredConnection>(
    'SELECT * FROM connections ORDER BY id DESC LIMIT ?',
    SHOWN,
  );
  return html`<section aria-labelledby="connections">
    <h2 id="connections">Connections</h2>
    ${known.length === 0 && html`<p>Nobody has linked a bank.</p>`}
    ${known.map((each) => connection(sandbox, each))}
  </section>`;
};

const banks = ({ store, now }: Sandbox): Html => {
  const accounts = store.all<{ key: string; name: string; id_connector: number; balance: string | null }>(
    "SELECT key, name, id_connector, balance FROM bank_accounts WHERE type = 'checking' ORDER BY listed DESC, rowid DESC LIMIT ?",
    SHOWN,
  );
  const today = parisTimestamp(now()).slice(0, 10);
  return html`<section aria-labelledby="banks">
    <h2 id="banks">Accounts at the banks</h2>
    ${accounts.map(
      (account) =>
        html`<article>
          <h3>${account.name}, ${connectorById(account.id_connector)?.name}</h3>
          <p><code>${account.key}</code>, balance ${account.balance}</p>
          <div class="row">
            ${form(
              'post',
              { account: account.key },
              html`<label>Day <input type="date" name="date" value="${today}" required /></label>
                <label>Amount <input name="value" value="-12.34" inputmode="decimal" required /></label>
                <label>Wording <input name="wording" value="CARTE CAFE DES ARTS" required /></label>
                <label><input type="checkbox" name="coming" value="true" /> pending</label>
                ${button('Post a row')}`,
            )}
            ${form('book', { account: account.key, variant: 'same-id' }, button('Book pending, same id'))}
            ${form('book', { account: account.key, variant: 'new-id' }, button('Book pending, new id'))}
          </div>
        </article>`,
    )}
  </section>`;
};

const faults = ({ faults: planned }: Sandbox): Html => html`
  <section aria-labelledby="faults">
    <h2 id="faults">Faults</h2>
    <ul>
      ${planned
        .list()
        .map(
          ({ kind, times, path, untilMs }) =>
            html`<li>
              ${kind} on “${path}”,
              ${untilMs === null ? html`${times} times` : html`until ${parisTimestamp(untilMs)}`}
            </li>`,
        )}
    </ul>
    <div class="row">
      ${form(
        'fault',
        {},
        html`<label
            >Kind
            <select name="kind">
              ${options(FAULT_KINDS)}
            </select></label
          >
          <label>Path contains <input name="path" value="" /></label>
          <label>Times <input name="times" value="1" inputmode="numeric" required /></label>
          ${button('Plan')}`,
      )}
      ${form('clear-faults', {}, button('Forget all'))}
    </div>
  </section>
`;

const outbox = ({ store, settings }: Sandbox): Html => {
  const sent = store.all<{
    id: number;
    event: string;
    held: number;
    attempts: number;
    done: number;
    error: string | null;
  }>(
    'SELECT id, event, held, attempts, delivered_ms IS NOT NULL AS done, last_error AS error FROM webhook_outbox ORDER BY id DESC LIMIT ?',
    SHOWN,
  );
  return html`<section aria-labelledby="outbox">
    <h2 id="outbox">Webhooks</h2>
    <p>To ${settings.webhookUrl ?? 'nobody: no listening URL is set'}.</p>
    <div class="row">
      ${form('flush', {}, button('Send what waits'))}
      ${form('hold', {}, button(settings.webhooksHeld ? 'Hold back no more' : 'Hold back'))}
      ${form('release', { order: 'as-they-happened' }, button('Release'))}
      ${form('release', { order: 'reversed' }, button('Release in reverse'))}
    </div>
    <ul>
      ${sent.map(
        ({ id, event, held, attempts, done, error }) =>
          html`<li>
            <code>${id}</code> ${event}:
            ${done === 1 ? 'delivered' : held > 0 ? 'held back' : (error ?? 'waiting')}, ${attempts} attempts
            ${form('redeliver', { id }, button(`Send ${id} again`))}
          </li>`,
      )}
    </ul>
  </section>`;
};

/** Everything a person may want to see and do by hand, on one page without scripts. `said`: what the last form did. */
export const handPage = (sandbox: Sandbox, book: ScenarioBook, said: string | null): string =>
  handLayout(html`
    <h1>Sandbox bank</h1>
    <p>
      A simulator of the Powens API: its API is below <code>/2.0</code>, its hosted pages at
      <code>/en/connect</code>, and everything on this page and more below <code>/sandbox</code>. How to use
      it in tests is told in <code>docs/sandbox.md</code>.
    </p>
    ${said !== null && html`<p role="status" class="said">${said}</p>`} ${clock(sandbox)} ${scenarios(book)}
    ${connections(sandbox)} ${banks(sandbox)} ${faults(sandbox)} ${outbox(sandbox)}
  `);
