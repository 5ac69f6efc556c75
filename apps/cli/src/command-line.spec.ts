import { expect, it } from 'vitest';
import { runCommandLine } from './command-line.js';

const NOWHERE = { PASSERELLE_DATA_DIR: '/nonexistent/passerelle' };

const typed = async (
  line: string,
  env: Readonly<Record<string, string>> = NOWHERE,
): Promise<{ status: number; said: string; complained: string }> => {
  const [said, complained]: string[][] = [[], []];
  const status = await runCommandLine(line.split(' ').filter(Boolean), {
    env,
    say: (text) => said?.push(text),
    complain: (text) => complained?.push(text),
  });
  return { status, said: said?.join('\n') ?? '', complained: complained?.join('\n') ?? '' };
};

const POWENS = { ...NOWHERE, POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's', POWENS_DOMAIN: 'acme' };

it.each(['', '--help', '-h', 'help', 'webhooks --help'])('"%s" lists every command', async (line) => {
  const { status, said } = await typed(line);
  expect(status).toBe(0);
  for (const name of [
    'rebuild',
    'dead-letters',
    'dead-letters resend N',
    'webhooks register',
    'webhooks list',
    'webhooks retire <fingerprint>',
  ])
    expect(said).toContain(`\n  ${name} `);
});

it.each([
  ['webhooks register --help', '--public-url'],
  ['webhooks retire abc -h', '--here-only'],
  ['webhooks list --help', 'fingerprint'],
  ['rebuild --help', 'swapped'],
  ['dead-letters --help', 'dead-letters resend'],
  ['dead-letters resend --help', 'Mend the cause'],
])('"%s" explains one command', async (line, words) => {
  const { status, said } = await typed(line);
  expect([status, said]).toEqual([0, expect.stringContaining(words)]);
  expect(said).toMatch(/^Usage: npm run passerelle -- /);
});

it.each([
  'nonsense',
  'webhooks',
  'webhooks nonsense',
  'webhooks list all',
  'webhooks register --nonsense',
  'webhooks register --provider bank',
  'webhooks register --public-url',
  'webhooks retire',
  'webhooks retire one two',
  'dead-letters nonsense',
  'dead-letters resend',
  'dead-letters resend x',
])('"%s" is not understood, and answered with what would be', async (line) => {
  const { status, said, complained } = await typed(line);
  expect([status, said]).toEqual([64, '']);
  expect(complained).toContain('Usage: npm run passerelle -- ');
});

it.each(['rebuild', 'dead-letters', 'webhooks list', 'webhooks retire 0a1b2c3d'])(
  '"%s" without engines says how to start or name them',
  async (line) => {
    const { status, complained } = await typed(line);
    expect([status, complained]).toEqual([1, expect.stringMatching(/npm start.*name the external engines/)]);
  },
);

it.each([
  ['webhooks register', NOWHERE, /--public-url https/],
  ['webhooks register --public-url https://a.example', NOWHERE, /EVENTSTORE_URL/],
  ['webhooks register --public-url https://a.example/x', POWENS, /WEBHOOK_PUBLIC_PATH=\/x/],
  ['webhooks list', { ...NOWHERE, EVENTSTORE_URL: 'http://x' }, /EVENTSTORE_URL: must begin with/],
])('"%s" names what is missing', async (line, env, words) => {
  const { status, complained } = await typed(line, env);
  expect([status, complained]).toEqual([1, expect.stringMatching(words)]);
});
