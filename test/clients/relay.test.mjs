// Relay: its compiler over the gateway's schema, and its runtime in React.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, before, test } from 'node:test';
import { format } from 'node:util';
import { transformSync } from '@babel/core';
import { buildSchema } from 'graphql';
import { meros } from 'meros/browser';
import { Suspense, createElement } from 'react';
import relay from 'react-relay';
import renderer from 'react-test-renderer';
import runtime from 'relay-runtime';
import { here, workspace } from './workspace.mjs';

const { Environment, Network, Observable, RecordSource, Store } = runtime;
const { RelayEnvironmentProvider, commitMutation, fetchQuery } = relay;
const { act, create } = renderer;
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

// What Relay and React find fault with.
const faults = [];
console.error = (text, ...more) => faults.push(format(text, ...more));
afterEach(() => assert.deepEqual(faults.splice(0).filter((fault) => !/^react-test-renderer is deprecated/.test(fault)), []));

// Relay keeps for five minutes what nobody shows; Node need not wait for that.
const { setTimeout } = globalThis;
globalThis.setTimeout = (then, ms, ...more) => {
  const timer = setTimeout(then, ms, ...more);
  return ms < 60_000 ? timer : timer.unref();
};

const url = process.env.URL + '/graphql';
let app, schema;

before(async () => {
  const work = await workspace();
  const at = (name) => join(work.folder, name);
  const source = readFileSync(join(here, 'relay/app.js'), 'utf8');
  const config = { src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: false, customScalarTypes: { DateTime: 'string', Secret: 'string' } };
  writeFileSync(at('relay.config.json'), JSON.stringify(config));
  writeFileSync(at('src/app.js'), source);
  execFileSync(join(here, 'node_modules/.bin/relay-compiler'), ['--noWatchman'], { cwd: work.folder, stdio: 'pipe' });
  const { code } = transformSync(source, { plugins: [['relay', { eagerEsModules: false }]], filename: at('src/app.js'), cwd: here, configFile: false, babelrc: false });
  writeFileSync(at('src/app.js'), code);
  app = createRequire(import.meta.url)(at('src/app.js'));
  schema = buildSchema(work.schema);
});

// send gives Relay an answer as it comes, part for part.
const send = ({ text: query, name: operationName }, variables) =>
  Observable.create((sink) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'multipart/mixed;deferSpec=20220824, application/json' };
    (async () => {
      const answer = await meros(await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, operationName, variables }) }));
      if (answer instanceof Response) return sink.next(await answer.json());
      for await (const { body } of answer) {
        for (const part of body.incremental ?? [body]) sink.next(part);
      }
    })().then(() => sink.complete(), (e) => sink.error(e));
  });

const environment = () => new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });

// until lets React work until something is so.
async function until(so) {
  for (let i = 0; !so(); i++) {
    assert.ok(i < 100, 'it does not come');
    await act(() => new Promise((done) => setTimeout(done, 20)));
  }
}

// render shows a component, and waits until it is there.
async function render(component, props, there) {
  const content = createElement(Suspense, { fallback: null }, createElement(component, props));
  await act(async () => create(createElement(RelayEnvironmentProvider, { environment: environment() }, content)));
  await until(there);
}

// done waits until what was started is complete.
async function done(start) {
  let end;
  await act(async () => start({ onComplete: (error) => (end = { error }) }));
  await until(() => end);
  assert.equal(end.error, null);
}

test('Relay', { timeout: 20_000 }, async (t) => {
  const { shown } = app;
  const rows = () => shown.list.data.extensions.edges.map(({ node }) => node.name);
  const open = async (variables) => {
    delete shown.list;
    await render(app.List, { variables }, () => shown.list);
  };

  await open({ first: 100 });
  const all = rows();
  const { cursor } = shown.list.data.extensions.edges[9];

  await t.test('a list is there', () => assert.equal(all.length, 25));

  await t.test('a list is paged forwards', async () => {
    await open({ first: 10 });
    for (const size of [10, 20, 25]) {
      assert.deepEqual(rows(), all.slice(0, size));
      assert.deepEqual([shown.list.hasPrevious, shown.list.hasNext], [false, size < 25]);
      if (shown.list.hasNext) await done((options) => shown.list.loadNext(10, options));
    }
  });

  await t.test('a list is paged backwards', async () => {
    await open({ last: 10 });
    for (const size of [10, 20, 25]) {
      assert.deepEqual(rows(), all.slice(-size));
      assert.deepEqual([shown.list.hasPrevious, shown.list.hasNext], [size < 25, false]);
      if (shown.list.hasPrevious) await done((options) => shown.list.loadPrevious(10, options));
    }
  });

  await t.test('a list is paged both ways', async () => {
    await open({ first: 5, after: cursor });
    assert.deepEqual(rows(), all.slice(10, 15));
    assert.deepEqual([shown.list.hasPrevious, shown.list.hasNext], [true, true]);
    await done((options) => shown.list.loadPrevious(10, options));
    await done((options) => shown.list.loadNext(10, options));
    assert.deepEqual(rows(), all);
    assert.deepEqual([shown.list.hasPrevious, shown.list.hasNext], [false, false]);
  });

  await t.test('a list is fetched again', async () => {
    await open({ first: 10 });
    await done((options) => shown.list.refetch({ first: 3 }, { ...options, fetchPolicy: 'network-only' }));
    assert.deepEqual(rows(), all.slice(0, 3));
  });

  await t.test('a fragment is fetched again', async () => {
    await render(app.Extension, { id: '435068008' }, () => shown.extension);
    const { id } = shown.extension.data;
    assert.deepEqual(shown.extension.data, { id, name: 'Jane Smith' });
    await done((options) => shown.extension.refetch({ more: true }, options));
    assert.deepEqual(shown.extension.data, { id, name: 'Jane Smith', devices: { totalCount: 1 } });
  });

  await t.test('every node is found again by its id', async () => {
    const here = environment();
    const { account, extension, viewer, callQueue, deviceOrder, license, pagingGroup, parkLocation } = await fetchQuery(here, app.nodesQuery, {}).toPromise();
    const ids = {
      Account: account.id, Extension: extension.id, PhoneNumber: account.phoneNumbers.edges[2].node.id,
      Device: extension.devices.edges[0].node.id, ForwardingNumber: extension.forwardingNumbers.edges[0].node.id,
      BlockedNumber: viewer.blockedNumbers.edges[0].node.id, CallerBlockingNumber: viewer.callerBlockingNumbers.edges[0].node.id,
      CallQueue: callQueue.id, DeviceOrder: deviceOrder.id, License: license.id, PagingGroup: pagingGroup.id, ParkLocation: parkLocation.id,
    };
    assert.deepEqual(Object.keys(ids).sort(), schema.getPossibleTypes(schema.getType('Node')).map(({ name }) => name).sort());
    for (const [__typename, id] of Object.entries(ids)) {
      const { node } = await fetchQuery(here, app.nodeQuery, { id }, { fetchPolicy: 'network-only' }).toPromise();
      assert.deepEqual(node, { __typename, id });
    }
  });

  await t.test('what is deleted leaves its list', async () => {
    const here = environment();
    const numbers = async (options) => (await fetchQuery(here, app.numbersQuery, {}, options).toPromise()).account.phoneNumbers;
    const { __id, edges } = await numbers();
    const { id } = edges.find(({ node }) => node.rcId === '359734008').node;
    const answer = await new Promise((onCompleted, onError) => {
      commitMutation(here, { mutation: app.deleteMutation, variables: { input: { phoneNumberId: id }, connections: [__id] }, onCompleted, onError });
    });
    assert.deepEqual(answer, { deletePhoneNumber: { outcome: 'APPLIED', deletedId: id } });
    const rest = edges.map(({ node }) => node.id).filter((other) => other !== id);
    for (const fetchPolicy of ['store-or-network', 'network-only']) {
      assert.deepEqual((await numbers({ fetchPolicy })).edges.map(({ node }) => node.id), rest);
    }
  });

  await t.test('the schema names @defer', () => assert.ok(schema.getDirective('defer')));

  const defer = async (what) => {
    delete shown.part;
    await render(app.Deferred, { id: '435068008', what }, () => shown.part);
    return [shown.first, shown.part];
  };

  await t.test('@defer', async () => assert.deepEqual(await defer(app.devices), ['102', { devices: { totalCount: 1 } }]));

  await t.test('@defer of what costs no call', async () => {
    assert.deepEqual(await defer(app.person), ['102', { name: 'Jane Smith', phoneNumbers: { totalCount: 3 } }]);
  });
});
