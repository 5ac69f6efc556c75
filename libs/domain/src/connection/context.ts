import type { ConnectionContext } from './connection.events.js';

/** What every event of a connection bears. */
export const contextOf = ({ connectionId, tenantId, companyId }: ConnectionContext): ConnectionContext => ({
  connectionId,
  tenantId,
  companyId,
});
