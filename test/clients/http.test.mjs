// The server audits of graphql-http, the reference of GraphQL over HTTP: every MUST,
// SHOULD and MAY. GETs carry the header that keeps other sites from forging them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';

const { URL: base } = process.env;

const fetchFn = (url, init) =>
  fetch(url, { ...init, headers: { 'GraphQL-Require-Preflight': '1', ...init?.headers } });

const audits = serverAudits({ url: base + '/graphql', fetchFn });

test('there are 61 audits', () => assert.equal(audits.length, 61));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
