import type { Sandbox } from '../sandbox.js';
import { linkConnection } from '../aggregator/link-connection.js';
import { createUser, issueToken } from '../aggregator/tokens.js';
import { CONNECTORS, type Connector } from '../bank/connectors.js';
import { normaliseIban } from '../bank/iban.js';
import { parisTimestamp } from '../timestamps.js';
import { linkPage, type BankChoice } from './link-form.js';
import { list, valuesOf, type Strings } from './strings.js';
import type { WebviewSession } from './session.js';

const PASSWORD = '1234';

const offered = (parameters: Strings): Connector[] => {
  const ids = list(parameters.connector_ids);
  const uuids = list(parameters.connector_uuids);
  return CONNECTORS.filter(
    (connector) =>
      (ids.length === 0 || ids.includes(String(connector.id))) &&
      (uuids.length === 0 || uuids.includes(connector.uuid)),
  );
};

/** The banks with the accounts that the link allows to choose; the first bank that has a match is chosen. */
const choices = (sandbox: Sandbox, { parameters }: WebviewSession): BankChoice[] => {
  const ibans = list(parameters.account_ibans).map(normaliseIban);
  const types = list(parameters.account_types);
  const today = parisTimestamp(sandbox.now()).slice(0, 10);
  const banks = offered(parameters).map((connector) => ({
    connector,
    accounts: sandbox.bank
      .visibleAccounts(connector.id, ibans, today)
      .filter(({ iban }) => ibans.length === 0 || (iban !== null && ibans.includes(iban)))
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map((account) => ({ account, ticked: ibans.length > 0 || account.type !== 'savings' })),
  }));
  const best = Math.max(
    0,
    banks.findIndex((bank) => bank.accounts.length > 0),
  );
  return banks.map((bank, index) => ({ ...bank, chosen: index === best }));
};

export const showConnect = (sandbox: Sandbox, session: WebviewSession, alert: string | null = null): string =>
  linkPage({
    session: session.id,
    banks: choices(sandbox, session),
    several: Number(session.parameters.max_connections ?? '1') > 1,
    alert,
  });

export type ConnectOutcome =
  | { readonly kind: 'again'; readonly page: string }
  | { readonly kind: 'linked'; readonly parameters: Strings };

/** Links the chosen banks. A user that did not exist so far is made, and its code travels back. */
export const submitConnect = (sandbox: Sandbox, session: WebviewSession, form: unknown): ConnectOutcome => {
  const again = (alert: string): ConnectOutcome => ({
    kind: 'again',
    page: showConnect(sandbox, session, alert),
  });
  const several = Math.max(1, Number(session.parameters.max_connections ?? '1') || 1);
  const connectors = valuesOf(form, 'connector').slice(0, several);
  const banks = choices(sandbox, session).filter(({ connector }) =>
    connectors.includes(String(connector.id)),
  );
  if (banks.length === 0) return again('Choisissez une banque.');
  if ((valuesOf(form, 'password')[0] ?? PASSWORD) !== PASSWORD)
    return again('Votre mot de passe est incorrect.');
  const ticked = new Set(valuesOf(form, 'account'));
  const withAccounts = banks.filter(({ accounts }) =>
    accounts.some(({ account }) => ticked.has(account.key)),
  );
  if (withAccounts.length < banks.length) return again('Choisissez au moins un compte à partager.');
  const userId = session.userId ?? createUser(sandbox, false);
  const today = parisTimestamp(sandbox.now()).slice(0, 10);
  const ids = banks.map(({ connector, accounts }) =>
    linkConnection(sandbox, {
      userId,
      connectorId: connector.id,
      accounts: sandbox.bank.visibleAccounts(
        connector.id,
        list(session.parameters.account_ibans).map(normaliseIban),
        today,
      ),
      enabledKeys: new Set(accounts.map(({ account }) => account.key).filter((key) => ticked.has(key))),
    }),
  );
  return {
    kind: 'linked',
    parameters: {
      connection_id: String(ids[0]),
      connection_ids: several > 1 ? ids.join(',') : undefined,
      code: session.userId === null ? issueToken(sandbox, userId, 'standard-code') : undefined,
    },
  };
};
