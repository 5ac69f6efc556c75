import type { Sandbox } from '../sandbox.js';
import { FAULT_KINDS } from '../control/faults.js';
import type { ScenarioBook } from '../scenario/scenario-book.js';
import { parisTimestamp } from '../timestamps.js';
import { html, type Html } from '../webview/html.js';
import { accounts } from './hand-accounts.js';
import { connections } from './hand-connections.js';
import { button, form, options, SHOWN } from './hand-form.js';
import { handLayout } from './hand-layout.js';
import type { Note } from './hand-notes.js';
import { scenarios } from './hand-scenarios.js';

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
            ${done === 1 ? 'delivered' : held > 0 ? 'held back' : (error ?? 'waiting')}, ${attempts}
            ${attempts === 1 ? 'attempt' : 'attempts'}
            ${form('redeliver', { id }, button(`Send ${id} again`))}
          </li>`,
      )}
    </ul>
  </section>`;
};

export interface Shown {
  readonly note?: Note | undefined;
  /** Why the last form did nothing. */
  readonly refusal?: string;
  /** The scenario that it was refused for. */
  readonly refusedScenario?: string | undefined;
}

const told = ({ note, refusal }: Shown): Html | false => {
  if (refusal !== undefined) return html`<div role="alert" class="said"><p>${refusal}</p></div>`;
  return (
    note !== undefined &&
    html`<div role="status" class="said">
      <p>${note.said}</p>
      ${
        note.happened.length > 0 &&
        html`<ul>
          ${note.happened.map((each) => html`<li>${each}</li>`)}
        </ul>`
      }
    </div>`
  );
};

const contents = html`<nav aria-label="Sections">
  <a href="#clock">Clock</a> <a href="#scenarios">Scenarios</a> <a href="#connections">Connections</a>
  <a href="#banks">Accounts</a> <a href="#faults">Faults</a> <a href="#outbox">Webhooks</a>
</nav>`;

/** Everything a person may want to see and do by hand, on one page without scripts. */
export const handPage = (sandbox: Sandbox, book: ScenarioBook, shown: Shown = {}): string =>
  handLayout(html`
    <h1>Sandbox bank</h1>
    <p>
      A simulator of the Powens API: its API is below <code>/2.0</code>, its hosted pages at
      <code>/en/connect</code>, and everything on this page and more below <code>/sandbox</code>. How to use
      it in tests is told in <code>docs/sandbox.md</code>.
    </p>
    ${contents} ${told(shown)} ${clock(sandbox)} ${scenarios(book, shown.refusedScenario ?? null)}
    ${connections(sandbox)} ${accounts(sandbox)} ${faults(sandbox)} ${outbox(sandbox)}
  `);
