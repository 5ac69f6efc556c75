import { existsSync, readdirSync } from 'node:fs';

// `node scripts/run-app.mjs <app>`: the entrance of the container image. What follows the name is the app's own.
const apps = new URL('../dist/apps/', import.meta.url);
const entryOf = (name) => new URL(`${name}/src/main.js`, apps);

const [name = ''] = process.argv.splice(2, 1);
if (/^[a-z-]+$/.test(name) && existsSync(entryOf(name))) {
  await import(entryOf(name));
} else {
  const names = existsSync(apps) ? readdirSync(apps).filter((app) => existsSync(entryOf(app))) : [];
  console.error(`There is no app "${name}". Name one of: ${names.join(', ') || 'none is built yet'}.`);
  process.exitCode = 2;
}
