import type { Sandbox } from '../sandbox.js';
import { CONNECTORS, connectorById } from '../bank/connectors.js';
import { html } from '../webview/html.js';
import { page } from '../webview/page.js';

/** What this server is and how to use it, for whoever opens it in a browser. */
export const overviewPage = ({ store }: Sandbox): string => {
  const accounts = store.all<{ key: string; name: string; size: number; id_connector: number }>(
    "SELECT key, name, size, id_connector FROM bank_accounts WHERE listed = 1 AND type = 'checking'",
  );
  return page(
    'Banque bac à sable',
    html`<h1>Banque bac à sable</h1>
      <p>
        Simulateur de l’API Powens : API sous <code>/2.0</code>, pages de liaison sous
        <code>/fr/connect</code>, commandes sous <code>/sandbox</code> (voir le README de l’application).
      </p>
      <p>
        ${CONNECTORS.length} banques, et ces comptes. Tout autre IBAN français du code banque 99998 demandé
        par
        <code>account_ibans</code> est ouvert à la demande chez « ${CONNECTORS[0]?.name} », avec environ 400
        opérations tirées de l’IBAN : chaque test peut avoir son propre compte.
      </p>
      ${accounts.map(
        (account) =>
          html`<div class="bank">
            ${account.name}, ${connectorById(account.id_connector)?.name} (${account.size} opérations)<br /><span
              class="iban"
              >${account.key}</span
            >
          </div>`,
      )}`,
  );
};
