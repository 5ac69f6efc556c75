import { connectorById } from '../bank/connectors.js';
import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { html, type Html } from '../webview/html.js';
import { button, form, SHOWN } from './hand-form.js';

const ROWS_SHOWN = 10;

interface Account {
  readonly key: string;
  readonly name: string;
  readonly id_connector: number;
  readonly balance: string | null;
  readonly currency: string;
  /** How many rows it opens with, and whether they are there: the first look at them makes them. */
  readonly size: number;
  readonly generated: number;
}

interface Row {
  readonly date: string;
  readonly value: string;
  readonly coming: number;
  readonly deleted: number;
  readonly wording: string | null;
}

const standing = ({ coming, deleted }: Row): string => {
  if (deleted !== 0) return 'deleted';
  return coming === 1 ? 'pending' : 'booked';
};

const newest = ({ store }: Sandbox, { key, size, generated }: Account): Html => {
  if (generated === 0 && size > 0)
    return html`<p>${size} rows, made when somebody first reads or posts one.</p>`;
  const rows = store.all<Row>(
    `SELECT date, value, coming, deleted, json_extract('{' || content || '}', '$.original_wording') AS wording
     FROM bank_rows WHERE account_key = ? ORDER BY date DESC, row_id DESC LIMIT ?`,
    key,
    ROWS_SHOWN,
  );
  if (rows.length === 0) return html`<p>No row yet.</p>`;
  return html`<table>
    <caption>
      Newest rows
    </caption>
    <thead>
      <tr>
        <th scope="col">Day</th>
        <th scope="col">Amount</th>
        <th scope="col">Wording</th>
        <th scope="col">Standing</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <td>${row.date}</td>
            <td class="number">${row.value}</td>
            <td>${row.wording}</td>
            <td>${standing(row)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
};

const account = (sandbox: Sandbox, each: Account, today: string): Html =>
  html`<article aria-labelledby="account-${each.key}">
    <h3 id="account-${each.key}">${each.name}, ${connectorById(each.id_connector)?.name}</h3>
    <p><code>${each.key}</code>, balance ${each.balance} ${each.currency}</p>
    <div class="row">
      ${form(
        'post',
        { account: each.key },
        html`<label>Day <input type="date" name="date" value="${today}" required /></label>
          <label>Amount <input name="value" value="-12.34" inputmode="decimal" required /></label>
          <label>Wording <input name="wording" value="CARTE CAFE DES ARTS" required /></label>
          <label><input type="checkbox" name="coming" value="true" /> pending</label>
          ${button('Post a row')}`,
      )}
      ${form('book', { account: each.key, variant: 'same-id' }, button('Book pending, same id'))}
      ${form('book', { account: each.key, variant: 'new-id' }, button('Book pending, new id'))}
    </div>
    ${newest(sandbox, each)}
  </article>`;

/** The newest first: whoever opens one wants to see it. */
export const accounts = (sandbox: Sandbox): Html => {
  const known = sandbox.store.all<Account>(
    "SELECT key, name, id_connector, balance, currency, size, generated FROM bank_accounts WHERE type = 'checking' ORDER BY rowid DESC LIMIT ?",
    SHOWN,
  );
  const today = parisTimestamp(sandbox.now()).slice(0, 10);
  return html`<section aria-labelledby="banks">
    <h2 id="banks">Accounts at the banks</h2>
    ${known.map((each) => account(sandbox, each, today))}
  </section>`;
};
