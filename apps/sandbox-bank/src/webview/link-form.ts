import type { BankAccount } from '../bank/bank.js';
import type { Connector } from '../bank/connectors.js';
import { html, type Html } from './html.js';
import { page } from './page.js';

/**
 * Enter in a field presses the first button of the field's form. "Cancel" stands first on the page, so it belongs to a
 * form of its own.
 */
const CANCEL = 'cancel';

const cancelForm = (session: string): Html =>
  html`<form method="post" id="${CANCEL}"><input type="hidden" name="session" value="${session}" /></form>`;

const actions = (label: string): Html =>
  html`<div class="actions">
    <button name="action" value="cancel" form="${CANCEL}">Annuler</button>
    <button class="main" name="action" value="link">${label}</button>
  </div>`;

export interface BankChoice {
  readonly connector: Connector;
  readonly accounts: readonly { readonly account: BankAccount; readonly ticked: boolean }[];
  readonly chosen: boolean;
}

const accountRow = ({ account, ticked }: BankChoice['accounts'][number]): Html =>
  html`<label
    ><input type="checkbox" name="account" value="${account.key}" ${ticked && 'checked'} />
    <span
      >${account.name} <br /><span class="iban"
        >${account.iban?.replace(/(.{4})/g, '$1 ') ?? account.number} · ${account.currency}</span
      ></span
    ></label
  >`;

const bankBlock = ({ connector, accounts, chosen }: BankChoice, kind: 'radio' | 'checkbox'): Html =>
  html`<div class="bank">
    <label
      ><input type="${kind}" name="connector" value="${connector.id}" ${chosen && 'checked'} />
      <span class="dot" style="background:#${connector.color}"></span>${connector.name}</label
    >
    <fieldset>
      ${accounts.length === 0 ? html`<p>Aucun compte ne correspond à la demande.</p>` : accounts.map(accountRow)}
    </fieldset>
  </div>`;

/** Choice of a bank and of the accounts to share. */
export const linkPage = (form: {
  readonly session: string;
  readonly banks: readonly BankChoice[];
  readonly several: boolean;
  readonly alert: string | null;
}): string =>
  page(
    'Connecter une banque',
    html`<h1>Connecter une banque</h1>
      <p>Choisissez votre banque, puis les comptes que vous acceptez de partager.</p>
      ${form.alert !== null && html`<div class="alert" role="alert">${form.alert}</div>`}
      <form method="post">
        <input type="hidden" name="session" value="${form.session}" />
        ${form.banks.map((bank) => bankBlock(bank, form.several ? 'checkbox' : 'radio'))}
        <label class="field">Identifiant<input name="login" value="demo" autocomplete="off" /></label>
        <label class="field"
          >Mot de passe<input name="password" type="password" value="1234" autocomplete="off"
        /></label>
        ${actions('Connecter')}
        <small>Bac à sable : tout identifiant convient, le mot de passe est 1234.</small>
      </form>
      ${cancelForm(form.session)}`,
  );

/** Renewal of the person's consent for a connection that stopped working. */
export const reconnectPage = (form: { session: string; bankName: string; state: string | null }): string =>
  page(
    'Rétablir la connexion',
    html`<h1>Rétablir la connexion</h1>
      <p>
        ${form.bankName}
        ${form.state === null ? 'fonctionne normalement.' : html`demande votre accord (${form.state}).`}
      </p>
      <form method="post">
        <input type="hidden" name="session" value="${form.session}" />
        <label class="field"
          >Mot de passe<input name="password" type="password" value="1234" autocomplete="off"
        /></label>
        ${actions('Confirmer')}
      </form>
      ${cancelForm(form.session)}`,
  );

/** The connections of a person, each of which can be deleted. */
export const managePage = (form: {
  session: string;
  connections: readonly { id: number; bankName: string; state: string | null }[];
  canClose: boolean;
}): string =>
  page(
    'Gérer mes banques',
    html`<h1>Gérer mes banques</h1>
      <p>${form.connections.length === 0 ? 'Aucune banque connectée.' : 'Vos banques connectées.'}</p>
      <form method="post">
        <input type="hidden" name="session" value="${form.session}" />
        ${form.connections.map(
          (connection) =>
            html`<div class="bank">
              <label
                ><input type="checkbox" name="delete" value="${connection.id}" /> ${connection.bankName}
                <span class="iban">${connection.state ?? 'à jour'}</span></label
              >
            </div>`,
        )}
        <div class="actions">
          <button name="action" value="delete">Supprimer la sélection</button>
          ${form.canClose && html`<button class="main" name="action" value="close">Fermer</button>`}
        </div>
      </form>`,
  );
