import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What the house asks for and no linter of ours can say: a pattern, and where it may stand.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SPEC = /spec\.ts$/;

const RULES = [
  {
    says: 'process.env is read in platform, main.ts, scripts and tests only: pass values in',
    pattern: /\bprocess\s*\.\s*env\b|\bprocess\s*\[\s*['"]env/,
    isAllowed: (file) => /^(libs\/(platform|testing)|test)\/|\/main\.ts$/.test(file) || SPEC.test(file),
  },
  {
    says: 'no suppression of a check: mend what it found, or change the rule for all',
    pattern: /@ts-(ignore|expect-error|nocheck)|\b(eslint|oxlint)-disable/,
    isAllowed: () => false,
  },
  {
    says: 'no test is switched off or singled out',
    pattern: /\b(it|test|describe|suite)\s*\.\s*(only|skip|todo|fails)\b|\b(xit|xdescribe|fit|fdescribe)\(/,
    isAllowed: () => false,
  },
  {
    says: 'nothing is left for later in the code',
    pattern: /\b(TODO|FIXME|HACK)\b/,
    isAllowed: () => false,
  },
  {
    says: 'the domain has no clock and no chance: take now and ids from the command',
    pattern: /\bnew Date\(\s*\)|\bDate\.now\b|\brandomUUID\b|\bMath\.random\b/,
    isAllowed: (file) =>
      !/^libs\/(domain|kernel)\//.test(file) || file.endsWith('/clock.ts') || SPEC.test(file),
  },
  {
    says: "Nest's event bus, sagas and aggregate roots lose events: react to the log",
    pattern: /\b(EventBus|AggregateRoot|EventPublisher|Saga)\b.*@nestjs\/cqrs|@Saga\(/,
    isAllowed: () => false,
  },
];

const files = ['apps', 'libs', 'test', 'bench', 'examples'].flatMap((folder) => {
  try {
    return readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
});

const breaches = files.flatMap((file) =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      RULES.filter(({ pattern, isAllowed }) => pattern.test(line) && !isAllowed(file)).map(
        ({ says }) => `${file}:${index + 1}: ${says}`,
      ),
    ),
);

for (const breach of breaches) console.log(breach);
process.exitCode = breaches.length > 0 ? 1 : 0;
