import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { findConnection, type StoredConnection } from '../aggregator/connections.js';
import { eraseConnection } from '../aggregator/erase-connection.js';
import { repairConnection } from '../aggregator/link-connection.js';
import { connectorById } from '../bank/connectors.js';
import { showConnect, submitConnect } from './connect-flow.js';
import { managePage, reconnectPage } from './link-form.js';
import { errorPage } from './page.js';
import {
  BadLink,
  closeSession,
  findSession,
  openSession,
  type Flow,
  type WebviewSession,
} from './session.js';
import { toStrings, valuesOf, withParameters, type Strings } from './strings.js';
import { VISIT_ENDINGS } from './visits.js';

const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'].join('|');
const FLOWS: readonly Flow[] = ['connect', 'reconnect', 'manage'];

const sendPage = (reply: FastifyReply, page: string, status = 200): FastifyReply =>
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
    .type('text/html; charset=utf-8')
    .send(page);

const bankNameOf = (connection: StoredConnection): string =>
  connectorById(connection.id_connector)?.name ?? 'Banque';

const guarded = (reply: FastifyReply, answer: () => FastifyReply): FastifyReply => {
  try {
    return answer();
  } catch (error) {
    if (error instanceof BadLink) return sendPage(reply, errorPage(error.message), 400);
    throw error;
  }
};

/** §4: the hosted pages that a person's browser is sent to, and from which it comes back to `redirect_uri`. */
export const webviewRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  const ownConnection = (session: WebviewSession): StoredConnection => {
    const connection = findConnection(sandbox, Number(session.parameters.connection_id ?? '0'));
    if (!connection || connection.id_user !== session.userId)
      throw new BadLink('Cette connexion bancaire n’existe pas.');
    return connection;
  };

  const show = (session: WebviewSession): string => {
    if (session.flow === 'connect') return showConnect(sandbox, session);
    if (session.flow === 'reconnect') {
      const connection = ownConnection(session);
      return reconnectPage({
        session: session.id,
        bankName: bankNameOf(connection),
        state: connection.state,
      });
    }
    const connections = sandbox.store.all<StoredConnection>(
      'SELECT * FROM connections WHERE id_user = ? ORDER BY id',
      session.userId,
    );
    return managePage({
      session: session.id,
      connections: connections.map((connection) => ({ ...connection, bankName: bankNameOf(connection) })),
      canClose: session.parameters.redirect_uri !== undefined,
    });
  };

  const goBack = (reply: FastifyReply, session: WebviewSession, parameters: Strings): FastifyReply => {
    closeSession(sandbox, session.id);
    const { redirect_uri: uri, state } = session.parameters;
    if (uri === undefined) return sendPage(reply, errorPage('La visite est terminée.'));
    return reply.redirect(withParameters(uri, { ...parameters, state }), 302);
  };

  /** The work is done; what reaches the client of it may still be odd. */
  const endWell = (
    reply: FastifyReply,
    session: WebviewSession,
    parameters: Strings,
    ending: string | undefined,
  ): FastifyReply => {
    const { parameters: asked } = session;
    const withState = (state: string | undefined): WebviewSession => ({
      ...session,
      parameters: { ...asked, state },
    });
    if (ending === 'tab-closed') return goBack(reply, { ...session, parameters: {} }, {});
    if (ending === 'empty-callback') return goBack(reply, session, { connection_id: '' });
    if (ending === 'other-state') return goBack(reply, withState(`${asked.state}-other`), parameters);
    return goBack(reply, ending === 'no-state' ? withState(undefined) : session, parameters);
  };

  const submit = (session: WebviewSession, form: unknown, reply: FastifyReply): FastifyReply => {
    const action = valuesOf(form, 'action')[0] ?? 'link';
    if (action === 'cancel')
      return goBack(reply, session, { error: 'access_denied', error_description: 'User cancelled' });
    const ending = session.flow === 'manage' ? undefined : sandbox.visits.take();
    if (ending !== undefined && !VISIT_ENDINGS.some((name) => name === ending))
      return goBack(reply, session, { error: ending, error_description: `The visit ended with ${ending}` });
    if (session.flow === 'connect') {
      const outcome = submitConnect(sandbox, session, form);
      return outcome.kind === 'again'
        ? sendPage(reply, outcome.page)
        : endWell(reply, session, outcome.parameters, ending);
    }
    if (session.flow === 'reconnect') {
      repairConnection(sandbox, ownConnection(session).id);
      return endWell(reply, session, {}, ending);
    }
    const chosen = action === 'delete' ? valuesOf(form, 'delete').map(Number) : [];
    for (const id of chosen) {
      const connection = findConnection(sandbox, id);
      if (connection?.id_user === session.userId) eraseConnection(sandbox, connection);
    }
    if (session.parameters.redirect_uri === undefined) return sendPage(reply, show(session));
    return goBack(reply, session, chosen.length > 0 ? { connection_deleted: 'true' } : {});
  };

  for (const flow of FLOWS) {
    const path = `/:lang(^(?:${LANGUAGES})$)/${flow}`;
    app.get(path, (request: FastifyRequest, reply) =>
      guarded(reply, () => sendPage(reply, show(openSession(sandbox, flow, toStrings(request.query))))),
    );
    app.post(path, (request: FastifyRequest, reply) =>
      guarded(reply, () => {
        const session = findSession(sandbox, toStrings(request.body).session ?? '', flow);
        if (!session) throw new BadLink('La visite a expiré ou a déjà servi.');
        return submit(session, request.body, reply);
      }),
    );
  }
};
