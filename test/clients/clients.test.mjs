// Client libraries, unmodified, as their documentation has them used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLClient, gql } from 'graphql-request';
import { createClient as createSSE } from 'graphql-sse';
import { createClient as createWS } from 'graphql-ws';
import WebSocket from 'ws';

const { URL: base } = process.env;
const url = base + '/graphql';
const query = '{ account { mainNumber } }';
const answer = { account: { mainNumber: '+18555440014' } };

test('graphql-request', async (t) => {
  const client = new GraphQLClient(url);
  await t.test('a query', async () => assert.deepEqual(await client.request(query), answer));
  await t.test('variables', async () => {
    const doc = gql`query ($id: ID!) { extension(id: $id) { name } }`;
    assert.deepEqual(await client.request(doc, { id: '435068008' }), { extension: { name: 'Jane Smith' } });
  });
  await t.test('an error has its code', () =>
    assert.rejects(client.request('{ extension(id: "1") { name } }'), (e) => {
      assert.equal(e.response.errors[0].extensions.code, 'NOT_FOUND');
      return true;
    }),
  );
});

test('graphql-ws', async (t) => {
  const open = (options) => createWS({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  const all = async (client, request) => {
    const results = [];
    for await (const result of client.iterate(request)) results.push(result);
    return results;
  };
  await t.test('a query', async () => {
    const client = open();
    assert.deepEqual(await all(client, { query }), [{ data: answer }]);
    await client.dispose();
  });
  await t.test('many at once', async () => {
    const client = open();
    const results = await Promise.all(Array.from({ length: 20 }, () => all(client, { query })));
    for (const result of results) assert.deepEqual(result, [{ data: answer }]);
    await client.dispose();
  });
  await t.test('a query that is not valid', async () => {
    const client = open();
    await assert.rejects(all(client, { query: '{ nonsense }' }), (e) => {
      assert.equal(e[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
      return true;
    });
    await client.dispose();
  });
  await t.test('a token that makes no sense', async () => {
    const client = open({ connectionParams: { Authorization: 'Basic x' } });
    await assert.rejects(all(client, { query }), (e) => {
      assert.equal(e.code, 4403);
      return true;
    });
  });
});

test('graphql-sse', async (t) => {
  const client = createSSE({ url, retryAttempts: 0, headers: { 'GraphQL-Require-Preflight': '1' } });
  await t.test('a query', async () => {
    const results = [];
    for await (const result of client.iterate({ query })) results.push(result);
    assert.deepEqual(results, [{ data: answer }]);
  });
  client.dispose();
});
