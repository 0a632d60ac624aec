// A folder outside of the project for what is generated, with the gateway's schema in it.
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));

export async function workspace() {
  const folder = mkdtempSync(join(tmpdir(), 'ringql-clients-'));
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  const schema = await (await fetch(process.env.URL + '/schema.graphql')).text();
  writeFileSync(join(folder, 'schema.graphql'), schema);
  return { folder, schema };
}
