// urql, with the exchanges its documentation starts with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { createClient as createWS } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.env.URL + '/graphql';
const open = (options) => new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false, ...options });

// results gathers what a screen would show, one after the other.
const results = (source) =>
  new Promise((resolve) => {
    const seen = [];
    const { unsubscribe } = source.subscribe((result) => {
      seen.push(result);
      if (!result.hasNext) resolve(setTimeout(() => unsubscribe()) && seen);
    });
  });

test('urql', { timeout: 10_000 }, async (t) => {
  await t.test('a query', async () => {
    const { data, error } = await open().query('{ account { mainNumber } }', {});
    assert.equal(error, undefined);
    assert.equal(data.account.mainNumber, '+18555440014');
  });

  await t.test('a query by GET', async () => {
    const fetchOptions = { headers: { 'GraphQL-Require-Preflight': '1' } };
    const query = gql`query ($id: ID!) { extension(id: $id) { name } }`;
    const { data, error, operation } = await open({ preferGetMethod: 'force', fetchOptions }).query(query, { id: '435068008' });
    assert.equal(error, undefined);
    assert.equal(operation.context.preferGetMethod, 'force');
    assert.equal(data.extension.name, 'Jane Smith');
  });

  await t.test('a mutation', async () => {
    const mutation = gql`mutation ($input: ReassignPhoneNumberInput!) {
      reassignPhoneNumber(input: $input) { outcome phoneNumber { extension { name } } userErrors { code } }
    }`;
    const move = (extensionId) => open().mutation(mutation, { input: { phoneNumberId: '723458008', extensionId } });
    const there = await move('435068008');
    assert.equal(there.error, undefined);
    assert.deepEqual(there.data.reassignPhoneNumber, {
      __typename: 'ReassignPhoneNumberPayload', outcome: 'APPLIED', userErrors: [],
      phoneNumber: { __typename: 'PhoneNumber', extension: { __typename: 'Extension', name: 'Jane Smith' } },
    });
    assert.equal((await move('512084008')).data.reassignPhoneNumber.outcome, 'APPLIED');
  });

  await t.test('an error has its code, and data stands beside it', async () => {
    const { data, error } = await open().query('{ account { mainNumber } extension(id: "1") { name } }', {});
    assert.equal(data.account.mainNumber, '+18555440014');
    assert.equal(error.networkError, undefined);
    assert.equal(error.graphQLErrors[0].extensions.code, 'NOT_FOUND');
    assert.deepEqual(error.graphQLErrors[0].path, ['extension']);
  });

  await t.test('a query that is not valid', async () => {
    const { data, error } = await open().query('{ nonsense }', {});
    assert.equal(data, undefined);
    assert.equal(error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  });

  await t.test('@defer', async () => {
    const query = gql`{ account { mainNumber ... @defer(label: "rest") { status serviceInfo { brand { name } } } } }`;
    const seen = await results(open().query(query, {}));
    assert.deepEqual(seen.map(({ error }) => error), [undefined, undefined]);
    assert.deepEqual(Object.keys(seen[0].data.account).sort(), ['__typename', 'mainNumber']);
    const { mainNumber, status, serviceInfo } = seen[1].data.account;
    assert.deepEqual([mainNumber, status, serviceInfo.brand.name], ['+18555440014', 'CONFIRMED', 'MyCompany Inc.']);
  });

  await t.test('queries over graphql-ws', async () => {
    const ws = createWS({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const forwardSubscription = (request) => ({
      subscribe: (sink) => ({ unsubscribe: ws.subscribe({ ...request, query: request.query || '' }, sink) }),
    });
    const enableAllOperations = true;
    const client = open({ exchanges: [cacheExchange, subscriptionExchange({ forwardSubscription, enableAllOperations })] });
    const { data, error } = await client.query('{ account { mainNumber } }', {});
    assert.equal(error, undefined);
    assert.equal(data.account.mainNumber, '+18555440014');
    const bad = await client.query('{ extension(id: "1") { name } }', {});
    assert.equal(bad.error.graphQLErrors[0].extensions.code, 'NOT_FOUND');
    await ws.dispose();
  });
});
