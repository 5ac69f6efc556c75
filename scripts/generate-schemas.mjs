// Writes docs/schemas/*.schema.json, docs/asyncapi.yaml and docs/errors.md from the built classes of libs/contracts.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';

const built = '../dist/libs/contracts/src/schemas';
const { publicEventSchemas } = await import(`${built}/json-schemas.js`);
const { asyncApi } = await import(`${built}/async-api.js`);
const { errorsPage } = await import('../dist/libs/contracts/src/problems/errors-page.js');

const write = async (file, text) => {
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(file);
};

const dir = 'docs/schemas';
await mkdir(dir, { recursive: true });
for (const old of await readdir(dir)) if (old.endsWith('.schema.json')) await rm(`${dir}/${old}`);
for (const [name, schema] of publicEventSchemas()) {
  await write(`${dir}/${name}.v1.schema.json`, JSON.stringify(schema));
}
await write('docs/asyncapi.yaml', stringify(asyncApi(), { aliasDuplicateObjects: false, lineWidth: 100 }));
await write('docs/errors.md', errorsPage());
