import { accountsOf } from '../aggregator/accounts.js';
import type { StoredConnection } from '../aggregator/connections.js';
import { connectorById } from '../bank/connectors.js';
import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { html, type Html } from '../webview/html.js';
import { button, form, options, SHOWN } from './hand-form.js';

const STATES = [
  'SCARequired', 'webauthRequired', 'additionalInformationNeeded', 'decoupled', 'validating', 'actionNeeded',
  'passwordExpired', 'wrongpass', 'rateLimiting', 'websiteUnavailable', 'bug', 'notSupported',
] as const; // prettier-ignore

const sharedAccounts = (sandbox: Sandbox, connectionId: number): Html[] =>
  accountsOf(sandbox, { connectionId, all: true }).map((account) => {
    const bank = sandbox.bank.account(account.account_key);
    const standing =
      account.deleted !== null
        ? 'deleted'
        : account.disabled !== null
          ? 'not shared'
          : `${account.balance ?? '?'} ${bank?.currency ?? ''}`;
    return html`<li>
      <code>${account.id}</code> ${account.name} <code>${bank?.iban ?? bank?.number ?? ''}</code>: ${standing}
    </li>`;
  });

const connection = (sandbox: Sandbox, each: StoredConnection): Html => html`
  <article aria-labelledby="connection-${each.id}">
    <h3 id="connection-${each.id}">
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

export const connections = (sandbox: Sandbox): Html => {
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
