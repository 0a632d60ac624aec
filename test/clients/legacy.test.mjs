// subscriptions-transport-ws, which speaks the older protocol `graphql-ws`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import transport from 'subscriptions-transport-ws';
import WebSocket from 'ws';

const { SubscriptionClient } = transport;
const url = process.env.URL.replace('http', 'ws') + '/graphql';

test('subscriptions-transport-ws', { timeout: 10_000 }, async (t) => {
  const open = (options) => new SubscriptionClient(url, { reconnect: false, ...options }, WebSocket);
  const all = (client, request) =>
    new Promise((resolve, reject) => {
      const results = [];
      client.request(request).subscribe({ next: (r) => results.push(r), error: reject, complete: () => resolve(results) });
    });

  await t.test('a query', async () => {
    const client = open();
    assert.deepEqual(await all(client, { query: '{ account { mainNumber } }' }), [{ data: { account: { mainNumber: '+18555440014' } } }]);
    client.close();
  });

  await t.test('many at once, with variables', async () => {
    const client = open();
    const query = 'query ($id: ID!) { extension(id: $id) { name } }';
    const ids = Array.from({ length: 20 }, (_, i) => (i % 2 ? '435068008' : '512084008'));
    const results = await Promise.all(ids.map((id) => all(client, { query, variables: { id } })));
    assert.deepEqual(results.map(([{ data }]) => data.extension.name), ids.map((_, i) => (i % 2 ? 'Jane Smith' : 'Maria Lopez')));
    client.close();
  });

  await t.test('an error beside data', async () => {
    const client = open();
    const [{ data, errors }] = await all(client, { query: '{ account { mainNumber } extension(id: "1") { name } }' });
    assert.deepEqual(data, { account: { mainNumber: '+18555440014' }, extension: null });
    assert.equal(errors[0].extensions.code, 'NOT_FOUND');
    client.close();
  });

  await t.test('a query that is not valid', async () => {
    const client = open();
    await assert.rejects(all(client, { query: '{ nonsense }' }), (e) => {
      const [first] = [e.errors ?? e].flat();
      assert.equal(first.extensions?.code, 'GRAPHQL_VALIDATION_FAILED');
      return true;
    });
    client.close();
  });

  await t.test('a token that makes no sense', async () => {
    const error = await new Promise((connectionCallback) => {
      open({ connectionParams: { Authorization: 'Basic x' }, connectionCallback });
    });
    assert.match(error.message, /token/i);
  });
});
