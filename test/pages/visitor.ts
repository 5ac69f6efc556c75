import type { Browser, BrowserContext, Page } from 'playwright-core';

const PATIENCE_MS = 20_000;
const OUR_HOSTS = ['localhost', '127.0.0.1'];

export interface VisitorOptions {
  /** BCP 47; what the browser asks pages for. Default `fr-FR`. */
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
}

/** A person with a browser of their own: no cookie, no history, nothing cached. */
export class Visitor {
  readonly page: Page;
  /** Every address that stood in the address bar, in order. */
  readonly seen: string[] = [];
  /** What no page of ours may do: complain on the console, fail, ask a foreign host. */
  readonly troubles: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('framenavigated', (frame) => this.seen.push(frame.url()));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.troubles.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.troubles.push(`script: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const { hostname } = new URL(request.url());
      if (!OUR_HOSTS.includes(hostname)) this.troubles.push(`request to ${hostname}`);
    });
  }

  static async come(
    browser: Browser,
    { locale = 'fr-FR', colorScheme }: VisitorOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ locale, ...(colorScheme && { colorScheme }) });
    return new Visitor(context, await context.newPage());
  }

  /** Presses the button of that name. Names are exact: a page that renames a button is another page to a person. */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** The page's language and heading, and all that a person can read. */
  async reads(): Promise<{
    readonly language: string | null;
    readonly heading: string;
    readonly text: string;
  }> {
    return {
      language: await this.page.locator('html').getAttribute('lang'),
      heading: await this.page.getByRole('heading', { level: 1 }).innerText(),
      text: await this.page.locator('body').innerText(),
    };
  }

  /** Closes the window. `despite`: troubles that this visit was meant to have. @throws when there were others */
  async leave(despite: readonly RegExp[] = []): Promise<void> {
    await this.#context.close();
    const others = this.troubles.filter((trouble) => !despite.some((meant) => meant.test(trouble)));
    if (others.length > 0) throw new Error(`The pages made trouble:\n${others.join('\n')}`);
  }
}
