import { ACCOUNT_STATES } from './account-states.js';
import { BANK_STATES } from './bank-states.js';
import { CONNECTION_PROBLEMS } from './connection-problems.js';
import { DELIVERY_REASONS } from './delivery-reasons.js';
import { FIELD_FAULTS } from './field-faults.js';
import type { Language, ProblemEntries, ProblemEntry } from './problem-words.js';
import { PROVIDER_PROBLEMS } from './provider-problems.js';
import { PROVIDER_REASONS } from './provider-reasons.js';
import { REQUEST_PROBLEMS } from './request-problems.js';
import { ROW_REASONS } from './row-reasons.js';
import { STATUS_REASONS } from './status-reasons.js';
import { SYNC_PROBLEMS } from './sync-problems.js';
import { WEBHOOK_REFUSALS } from './webhook-refusals.js';

const HEAD = `# Codes

Every \`code\` of an error answer and of the \`problems\` of a sync, its \`errorCode\`, and every \`statusReasonCode\` of a connection
(one of these, or what the provider calls its state), with its words in English and in French. Branch on the code: it is stable,
its words are not. \`npm run schemas\` writes this page from \`libs/contracts/src/problems\`; a code without words there does not
compile.

\`{name}\` stands for a parameter. What the provider itself said follows the words as a technical detail, in its own language.
The HTTP status of each refusal: [api.md](api.md#errors).

Who acts: **caller**, the program or back office that calls; **user**, the account holder; **operator**, who runs this
installation; **provider**; **time**, it mends by itself; **nobody**, there is no cure.
`;

const SECTIONS: readonly (readonly [title: string, prefix: string, entries: ProblemEntries])[] = [
  ['Requests', '', REQUEST_PROBLEMS],
  ['Connections, links and accounts', '', CONNECTION_PROBLEMS],
  ['Syncs, rows and webhooks', '', SYNC_PROBLEMS],
  ['The provider', '', PROVIDER_PROBLEMS],
  ['Failures at the provider: `powens.…`, `tink.…`', '….', PROVIDER_REASONS],
  ['States of the bank link: `provider.…`, in the provider’s own spelling', 'provider.', BANK_STATES],
  ['Why a connection is as it is: `statusReasonCode`', '', STATUS_REASONS],
  ['Why nothing is imported from a bank account: its `status`', '', ACCOUNT_STATES],
  ['Why a webhook led to no run: the `reason` of a delivery', '', DELIVERY_REASONS],
  ['Why a webhook was not taken: `outcome` of the metric `passerelle_webhooks_total`', '', WEBHOOK_REFUSALS],
];

const FIELDS = `## Fields of a refused request: \`errors\`

Each is \`{field, code, parameters, message}\`; the words follow the field’s name.
`;

const ROWS = `
## What could not be understood of a row: \`parameters.reason\` of \`rows.unreadable\`

\`parameters.field\` is the provider’s name of the field.
`;

const line = (entry: ProblemEntry, language: Language): string => {
  const { what, each, next } = entry[language];
  const said = each === undefined ? what : what.replace('{each}', each);
  return `  - ${language}: ${said} ${next}`;
};

const item = ([code, entry]: readonly [string, ProblemEntry], prefix: string): string =>
  [`- \`${prefix}${code}\` (${entry.owner})`, line(entry, 'en'), line(entry, 'fr')].join('\n');

/** The text of `docs/errors.md`. */
export const errorsPage = (): string =>
  [
    HEAD,
    ...SECTIONS.map(([title, prefix, entries]) =>
      [`## ${title}\n`, ...Object.entries(entries).map((each) => item(each, prefix)), ''].join('\n'),
    ),
    FIELDS,
    ...Object.entries(FIELD_FAULTS).map(([code, { en, fr }]) => `- \`${code}\`: … ${en} / … ${fr}`),
    ROWS,
    ...Object.entries(ROW_REASONS).map(([code, { en, fr }]) => `- \`${code}\`: ${en} / ${fr}`),
    '',
  ].join('\n');
