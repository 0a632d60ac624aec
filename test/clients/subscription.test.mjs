// The reference clients of both ways, cut off and come back: what happened meanwhile they are told first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient as createSSE } from 'graphql-sse';
import { createClient as createWS } from 'graphql-ws';
import WebSocket from 'ws';

const { URL: base } = process.env;
const url = base + '/graphql';
const query = `subscription ($after: ID) {
  contactCenterPhoneNumberChanged(after: $after) { id gap phoneNumberInfo { rcId } phoneNumber { usageType } }
}`;

const use = async (usageType) => {
  const mutation = `mutation { reassignPhoneNumber(input: { phoneNumberId: "723455008", usageType: ${usageType} }) { outcome } }`;
  const resp = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query: mutation }) });
  assert.deepEqual(await resp.json(), { data: { reassignPhoneNumber: { outcome: 'APPLIED' } } });
};

// The next event that is no gap.
const next = async (events) => {
  for (;;) {
    const { value } = await events.next();
    assert.equal(value.errors, undefined);
    const event = value.data.contactCenterPhoneNumberChanged;
    if (!event.gap) return event;
  }
};

// RingCentral tells the gateway, and so many are told.
const listening = async (n) => {
  for (;;) {
    const { events } = await (await fetch(base + '/readyz')).json();
    if (events.subscribers === n && (n === 0 || events.accounts.active)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

// open(id) returns a client that was told the event with that id last, and the variables that say so.
const resumes = (name, open) =>
  test(name, { timeout: 20_000 }, async () => {
    await listening(0);
    const first = open();
    const before = first.client.iterate({ query, variables: first.variables });
    const told = next(before);
    await listening(1);
    await use('CONTACT_CENTER_NUMBER');
    const event = await told;
    assert.deepEqual([event.phoneNumberInfo.rcId, event.phoneNumber.usageType], ['723455008', 'CONTACT_CENTER_NUMBER']);
    await before.return();
    await first.client.dispose();

    await use('COMPANY_NUMBER');
    const second = open(event.id);
    const after = second.client.iterate({ query, variables: second.variables });
    const missed = await next(after);
    assert.equal(missed.phoneNumber.usageType, 'COMPANY_NUMBER');
    assert.notEqual(missed.id, event.id);
    await after.return();
    await second.client.dispose();
  });

resumes('graphql-ws: after', (after) => ({
  client: createWS({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 }),
  variables: { after },
}));
resumes('graphql-sse: Last-Event-ID', (id) => ({
  client: createSSE({ url, retryAttempts: 0, headers: id ? { 'Last-Event-ID': id } : {} }),
}));
