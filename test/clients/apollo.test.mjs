// Apollo Client, this major and the one before it.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as four from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { relayStylePagination } from '@apollo/client/utilities';
import three from 'apollo-client-3/core/core.cjs';
import persisted3 from 'apollo-client-3/link/persisted-queries/persisted-queries.cjs';
import utilities3 from 'apollo-client-3/utilities/utilities.cjs';

const uri = process.env.URL + '/graphql';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const majors = {
  4: {
    ...four,
    relayStylePagination,
    persistedLink: (options) => new PersistedQueryLink(options),
    options: { incrementalHandler: new Defer20220824Handler() },
    errors: (e) => four.CombinedGraphQLErrors.is(e) && e.errors,
  },
  3: {
    ...three,
    relayStylePagination: utilities3.relayStylePagination,
    persistedLink: persisted3.createPersistedQueryLink,
    options: {},
    errors: (e) => e instanceof three.ApolloError && e.graphQLErrors,
  },
};

for (const [major, apollo] of Object.entries(majors)) {
  const { ApolloClient, InMemoryCache, HttpLink, gql } = apollo;
  const open = (options) => new ApolloClient({ link: new HttpLink({ uri }), cache: new InMemoryCache(), ...apollo.options, ...options });

  test(`Apollo Client ${major}`, { timeout: 10_000 }, async (t) => {
    await t.test('a query', async () => {
      const { data } = await open().query({ query: gql`{ account { mainNumber } }` });
      assert.deepEqual(data, { account: { __typename: 'Account', mainNumber: '+18555440014' } });
    });

    await t.test('variables', async () => {
      const query = gql`query ($id: ID!) { extension(id: $id) { name } }`;
      const { data } = await open().query({ query, variables: { id: '435068008' } });
      assert.equal(data.extension.name, 'Jane Smith');
    });

    await t.test('an object is known again by its id', async () => {
      const client = open();
      const { data } = await client.query({ query: gql`{ extension(id: "435068008") { id name } }` });
      const fragment = gql`fragment Name on Extension { name }`;
      assert.equal(client.readFragment({ fragment, id: `Extension:${data.extension.id}` }).name, 'Jane Smith');
    });

    await t.test('a mutation shows in a query', async () => {
      const client = open();
      const query = gql`{ phoneNumber(id: "723457008") { id extension { id name } } }`;
      const holder = async () => (await client.query({ query })).data.phoneNumber.extension;
      const move = (extensionId) =>
        client.mutate({
          mutation: gql`mutation ($input: ReassignPhoneNumberInput!) {
            reassignPhoneNumber(input: $input) { outcome phoneNumber { id extension { id name } } userErrors { code } }
          }`,
          variables: { input: { phoneNumberId: '723457008', extensionId } },
        });
      const before = await holder();
      const { data } = await move('512084008');
      assert.equal(data.reassignPhoneNumber.outcome, 'APPLIED');
      assert.equal((await holder()).name, 'Maria Lopez');
      await move(before.id);
      assert.deepEqual(await holder(), before);
    });

    await t.test('an error has its code', () =>
      assert.rejects(open().query({ query: gql`{ extension(id: "1") { name } }` }), (e) => {
        const [{ extensions, path }] = apollo.errors(e);
        assert.equal(extensions.code, 'NOT_FOUND');
        assert.deepEqual(path, ['extension']);
        return true;
      }),
    );

    await t.test('an error beside data', async () => {
      const query = gql`{ account { mainNumber } extension(id: "1") { name } }`;
      const { data, error, errors } = await open().query({ query, errorPolicy: 'all' });
      assert.equal(data.account.mainNumber, '+18555440014');
      assert.equal((errors ?? apollo.errors(error))[0].extensions.code, 'NOT_FOUND');
    });

    await t.test('a query that is not valid', () =>
      assert.rejects(open().query({ query: gql`{ nonsense }` }), (e) => {
        assert.equal(apollo.errors(e)[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
        return true;
      }),
    );

    await t.test('persisted queries, by GET', async () => {
      const sent = [];
      const fetch = (url, init) => {
        sent.push(`${init.method} ${/[?&]query=/.test(url) || init.body?.includes('"query"') ? 'text' : 'hash'}`);
        return globalThis.fetch(url, init);
      };
      const link = apollo.persistedLink({ sha256, useGETForHashedQueries: true }).concat(new HttpLink({ uri, fetch }));
      const query = gql(`query Q${randomUUID().slice(0, 8)} { account { mainNumber } }`);
      for (let i = 0; i < 2; i++) {
        const { data } = await open({ link }).query({ query });
        assert.equal(data.account.mainNumber, '+18555440014');
      }
      assert.deepEqual(sent, ['GET hash', 'POST text', 'GET hash']);
    });

    await t.test('@defer', async () => {
      const query = gql`{ account { mainNumber ... @defer { status serviceInfo { brand { name } } } } }`;
      const seen = await states(open().watchQuery({ query }), ({ account }) => account.status);
      assert.deepEqual(seen.map(({ account }) => Object.keys(account).sort()), [
        ['__typename', 'mainNumber'],
        ['__typename', 'mainNumber', 'serviceInfo', 'status'],
      ]);
      assert.equal(seen[1].account.serviceInfo.brand.name, 'MyCompany Inc.');
    });

    await t.test('@defer in the rows of a list', async () => {
      const query = gql(`{ account { extensions(first: 5) { nodes { id ...Devices @defer } } } }
        fragment Devices on Extension { devices { nodes { id name } } }`);
      const seen = await states(open().watchQuery({ query }), ({ account }) => account.extensions.nodes.every((n) => n.devices));
      const nodes = seen.map(({ account }) => account.extensions.nodes);
      assert.ok(nodes[0].every((n) => !('devices' in n)), 'devices came with the first part');
      assert.ok(nodes.at(-1).every((n) => Array.isArray(n.devices.nodes)), 'devices are missing in the end');
    });

    await t.test('an error in a deferred part', async () => {
      const client = open();
      const query = gql`{ extension(id: "1201056008") { rcId ... @defer { forwardingNumbers { totalCount } } } }`;
      const { data, error, errors } = await client.query({ query, errorPolicy: 'all' });
      assert.deepEqual(data.extension, { __typename: 'Extension', rcId: '1201056008', forwardingNumbers: null });
      assert.equal((errors ?? apollo.errors(error))[0].extensions.code, 'FORBIDDEN');
    });

    await t.test('@defer for a client that reads parts of another form', { skip: major === '3' }, async () => {
      const client = open({ incrementalHandler: new GraphQL17Alpha9Handler() });
      const { data } = await client.query({ query: gql`{ account { mainNumber ... @defer { status } } }` });
      assert.deepEqual(data.account, { __typename: 'Account', mainNumber: '+18555440014', status: 'CONFIRMED' });
    });

    await t.test('relayStylePagination', async (t) => {
      const query = gql`query ($first: Int, $after: String, $last: Int, $before: String) {
        account { id extensions(first: $first, after: $after, last: $last, before: $before) {
          edges { cursor node { id } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        } }
      }`;
      const typePolicies = { Account: { fields: { extensions: apollo.relayStylePagination() } } };
      const all = await open().query({ query, variables: { first: 100 } });
      const want = all.data.account.extensions.edges.map(({ node }) => node.id);
      assert.equal(want.length, 25);
      const page = async (variables, more, next) => {
        const client = open({ cache: new InMemoryCache({ typePolicies }) });
        const watched = client.watchQuery({ query, variables });
        const longer = async (size) => (await states(watched, ({ account }) => account.extensions.edges.length > size)).at(-1).account.extensions;
        let list = await longer(0);
        const sizes = [list.edges.length];
        while (list.pageInfo[more]) {
          await watched.fetchMore({ variables: next(list.pageInfo) });
          list = await longer(list.edges.length);
          sizes.push(list.edges.length);
        }
        assert.deepEqual(list.edges.map(({ node }) => node.id), want);
        assert.deepEqual([list.pageInfo.hasPreviousPage, list.pageInfo.hasNextPage], [false, false]);
        assert.deepEqual(sizes, [10, 20, 25]);
        client.stop();
      };
      await t.test('forwards', () => page({ first: 10 }, 'hasNextPage', ({ endCursor }) => ({ after: endCursor })));
      await t.test('backwards', () => page({ last: 10 }, 'hasPreviousPage', ({ startCursor }) => ({ before: startCursor })));
    });
  });
}

// states returns what a screen would show, one after the other, until it is done.
async function states(watched, done) {
  const seen = [];
  await new Promise((resolve, reject) => {
    watched.subscribe({
      next({ data, error }) {
        if (error) reject(error);
        if (!data) return; // Apollo Client 4 starts with none
        seen.push(data);
        if (done(data)) resolve();
      },
      error: reject,
    });
  });
  return seen;
}
