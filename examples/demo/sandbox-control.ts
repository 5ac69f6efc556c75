/** What the bank does behind everybody's back, through the sandbox's control API (apps/sandbox-bank/README.md). */
export class SandboxControl {
  constructor(private readonly sandboxUrl: string) {}

  /** While paused, nobody is told of new rows: only a sync that somebody asks for finds them. */
  async pauseWebhooks(webhooksPaused: boolean): Promise<void> {
    await this.call('PATCH', '/sandbox/settings', { webhooksPaused });
  }

  /** The bank books these rows on the account. */
  async book(iban: string, rows: readonly { readonly value: string; readonly originalWording: string }[]) {
    const date = new Date().toISOString().slice(0, 10);
    const dated = rows.map((row) => ({ date, type: 'card', ...row }));
    await this.call('POST', `/sandbox/accounts/${iban}/transactions`, { rows: dated });
  }

  private async call(method: string, path: string, body: object): Promise<void> {
    const answer = await fetch(this.sandboxUrl + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`The sandbox bank answered ${answer.status} to ${method} ${path}: ${text}`);
  }
}
