import { type Database, migrate } from '#read-model';

const SCHEMA = 'link_page_users';

/** For which of our connections each provider user has had a link page: what a webhook about an unknown link can be traced by. */
export class LinkPageUsers {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, SCHEMA, [
      `CREATE TABLE {schema}.users (
         provider_user_id text NOT NULL,
         connection_id uuid NOT NULL,
         PRIMARY KEY (provider_user_id, connection_id)
       );`,
    ]);
  }

  async note(providerUserId: string, connectionId: string): Promise<void> {
    await this.#db.execute(`INSERT INTO ${SCHEMA}.users VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      providerUserId,
      connectionId,
    ]);
  }

  /** Whichever provider it is of: who asks it looks at the connection anyway. */
  async connectionsOf(providerUserId: string): Promise<readonly string[]> {
    const rows = await this.#db.query<{ connection_id: string }>(
      `SELECT connection_id FROM ${SCHEMA}.users WHERE provider_user_id = $1`,
      [providerUserId],
    );
    return rows.map(({ connection_id }) => connection_id);
  }
}
