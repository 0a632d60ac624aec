// GraphQL Code Generator: types from the gateway's schema, compiled and used.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import { buildSchema, isScalarType, isSpecifiedScalarType, parse } from 'graphql';
import { here, workspace } from './workspace.mjs';

const operations = readFileSync(join(here, 'codegen/operations.graphql'), 'utf8');
const documents = [{ location: 'operations.graphql', rawSDL: operations, document: parse(operations) }];
const scalars = { DateTime: 'string', Secret: 'string' };
let work;

before(async () => {
  work = await workspace();
});

// generate returns files by name: the client preset's, and the types of the whole schema.
async function generate(scalars) {
  const schema = parse(work.schema);
  const config = { strictScalars: true, scalars };
  const client = await preset.buildGeneratesSection({ baseOutputDir: 'gql/', presetConfig: {}, schema, documents, config, plugins: [], pluginMap: {} });
  const whole = { filename: 'schema.ts', schema, documents: [], config, plugins: [{ typescript: {} }], pluginMap: { typescript } };
  return Promise.all([...client, whole].map(async (file) => [file.filename, await codegen(file)]));
}

test('GraphQL Code Generator', { timeout: 30_000 }, async (t) => {
  await t.test('every scalar has a type', async () => {
    const custom = Object.values(buildSchema(work.schema).getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));
    assert.deepEqual(custom.map(({ name }) => name), Object.keys(scalars));
    await assert.rejects(generate({}), /Unknown scalar type (DateTime|Secret)/);
  });

  await t.test('a program compiles, and works', async () => {
    const at = (name) => join(work.folder, name);
    for (const [name, text] of await generate(scalars)) {
      mkdirSync(dirname(at(join('src', name))), { recursive: true });
      writeFileSync(at(join('src', name)), text);
    }
    cpSync(join(here, 'codegen/program.ts'), at('src/program.ts'));
    cpSync(join(here, 'codegen/tsconfig.json'), at('tsconfig.json'));
    try {
      execFileSync(join(here, 'node_modules/.bin/tsc'), [], { cwd: work.folder, stdio: 'pipe', encoding: 'utf8' });
    } catch (e) {
      assert.fail(e.stdout || e);
    }
    const { main } = createRequire(import.meta.url)(at('out/program.js'));
    assert.deepEqual(await main(process.env.URL + '/graphql'), {
      names: ['John Smith: John Smith Desk Phone', 'Jane Smith: Jane Smith Softphone'],
      created: '2018-10-29T15:40:10.439Z', found: '101', outcome: 'ALREADY_APPLIED',
    });
  });
});
