// meros takes answers in parts apart, here to see them as they were sent.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { meros as merosBrowser } from 'meros/browser'; // for fetch, in Node too
import { meros as merosNode } from 'meros/node';

const url = process.env.URL + '/graphql';
const headers = { 'Content-Type': 'application/json', Accept: 'multipart/mixed;deferSpec=20220824, application/json' };

const send = (query) => fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), signal: AbortSignal.timeout(2000) });

const collect = async (parts) => {
  const all = [];
  for await (const part of parts) all.push(part);
  return all;
};

// ask returns the data of the first part, and what came after it.
async function ask(query) {
  const [first, ...rest] = (await collect(await merosBrowser(await send(query)))).map(({ body }) => body);
  assert.deepEqual([first, ...rest].map(({ hasNext }) => hasNext), [...rest.map(() => true), false]);
  return { data: first.data, others: rest.flatMap(({ incremental }) => incremental ?? []) };
}

test('meros', { timeout: 10_000 }, async (t) => {
  const query = '{ account { mainNumber ... @defer(label: "rest") { status } } }';
  const want = [
    { data: { account: { mainNumber: '+18555440014' } }, hasNext: true },
    { incremental: [{ data: { status: 'CONFIRMED' }, path: ['account'], label: 'rest' }], hasNext: false },
  ];

  await t.test('parts and their headers', async () => {
    const response = await send(query);
    assert.equal(response.headers.get('content-type'), 'multipart/mixed;boundary="-";deferSpec=20220824');
    const parts = await collect(await merosBrowser(response));
    for (const { json, headers } of parts) {
      assert.ok(json);
      assert.match(headers['content-type'], /^application\/json(; ?charset=utf-8)?$/);
    }
    assert.deepEqual(parts.map(({ body }) => body), want);
  });

  await t.test('parts in Node', async () => {
    const response = await new Promise((resolve, reject) => {
      http.request(url, { method: 'POST', headers }, resolve).on('error', reject).end(JSON.stringify({ query }));
    });
    assert.deepEqual((await collect(await merosNode(response))).map(({ body }) => body), want);
  });

  await t.test('parts say where they belong', async () => {
    const { data, others } = await ask('{ account { extensions(first: 3) { nodes { rcId ... @defer(label: "row") { devices { totalCount } } } } } }');
    const { nodes } = data.account.extensions;
    assert.ok(nodes.every((n) => n.rcId && !('devices' in n)), 'devices came with the first part');
    for (const { data: more, path, label, ...rest } of others) {
      assert.equal(label, 'row');
      assert.deepEqual(rest, {});
      Object.assign(path.reduce((at, key) => at[key], data), more);
    }
    assert.deepEqual(nodes.map(({ devices }) => devices.totalCount), [1, 0, 1]);
  });

  await t.test('an error belongs to its part', async () => {
    const { data, others } = await ask('{ extension(id: "1201056008") { rcId ... @defer { forwardingNumbers { totalCount } } } }');
    assert.deepEqual(data, { extension: { rcId: '1201056008' } });
    const [{ data: more, errors, path }] = others;
    assert.deepEqual([more, path], [{ forwardingNumbers: null }, ['extension']]);
    assert.deepEqual(errors[0].path, ['extension', 'forwardingNumbers']);
    assert.equal(errors[0].extensions.code, 'FORBIDDEN');
  });

  // The specification lets a server send a fragment's fields at once, but all of them or none.
  await t.test('a part has all fields of its fragment', async () => {
    const { data, others } = await ask('{ extension(id: "435068008") { rcId ... @defer { name devices { totalCount } } } }');
    assert.deepEqual(data, { extension: { rcId: '435068008' } });
    assert.deepEqual(others[0].data, { name: 'Jane Smith', devices: { totalCount: 1 } });
  });

  await t.test('each part has what fragments share', async () => {
    const { others } = await ask(`{ extension(id: "435068008") { rcId
      ... @defer(label: "a") { devices { nodes { name } } }
      ... @defer(label: "b") { devices { totalCount } phoneNumbers { totalCount } }
    } }`);
    const parts = Object.fromEntries(others.map(({ label, data }) => [label, data]));
    assert.deepEqual(parts.a.devices?.nodes, [{ name: 'Jane Smith Softphone' }]);
    assert.equal(parts.b.devices?.totalCount, 1);
  });

  await t.test('fragments without labels share a field', async () => {
    const { others } = await ask('{ extension(id: "435068008") { rcId ... @defer { devices { nodes { name } } } ... @defer { devices { totalCount } } } }');
    const devices = others.reduce((all, { data }) => ({ ...all, ...data.devices }), {});
    assert.deepEqual(devices, { nodes: [{ name: 'Jane Smith Softphone' }], totalCount: 1 });
  });

  await t.test('without @defer there are no parts', async () => {
    const response = await merosBrowser(await send('{ account { mainNumber } }'));
    assert.deepEqual(await response.json(), { data: { account: { mainNumber: '+18555440014' } } });
  });

  await t.test('@defer means nothing to a client that takes no parts', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*', 'multipart/mixed;incrementalSpec=v0.2, application/json']) {
      const response = await fetch(url, { method: 'POST', headers: { ...headers, Accept: accept }, body: JSON.stringify({ query }) });
      assert.deepEqual(await response.json(), { data: { account: { mainNumber: '+18555440014', status: 'CONFIRMED' } } }, accept);
    }
  });
});
