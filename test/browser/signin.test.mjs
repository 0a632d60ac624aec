// Signs in as people do: the page of a gateway on localhost, the sign-in page of a
// simulated RingCentral on 127.0.0.1, which is another site, in the browser CHROMIUM.
// PROGRAM is ringql. Taps see all that the browser and the gateway are told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start, tap } from './tap.mjs';

const { PROGRAM: program, CHROMIUM: executablePath, SCREENSHOT: screenshot } = process.env;
const timeout = 60_000;
const secrets = new Set(); // what no browser may ever see
const seen = []; // what browsers have sent and been told
const revoked = [];
const complaints = []; // of the pages' policies
const running = [];
let browser, url, sim, front;

before(async () => {
  sim = await start(program, ['sim'], { RINGQL_SIM_ADDR: '127.0.0.1:0', RINGQL_SIM_LIMITS: 'false' }, 'simulated RingCentral');
  secrets.add(sim.client_secret);
  const upstream = await tap(sim.url, noteUpstream);
  const gateway = await start(program, [], {
    RINGQL_ADDR: '127.0.0.1:0', RINGCENTRAL_SERVER_URL: `http://127.0.0.1:${upstream.port}`,
    RINGCENTRAL_CLIENT_ID: sim.client_id, RINGCENTRAL_CLIENT_SECRET: sim.client_secret,
  }, 'ringql is up');
  front = await tap(gateway.url, (exchange) => seen.push(exchange));
  running.push(front, gateway, upstream, sim);
  url = `http://localhost:${front.port}`;
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
}, { timeout });

after(async () => {
  await browser?.close();
  for (const one of running) one.stop();
});

// noteUpstream tells what the browser sees of RingCentral, its sign-in page, from what it
// must not see: tokens, and all that the gateway shows for them.
function noteUpstream(exchange) {
  const { url: path, headers, sent, body } = exchange;
  if (path.startsWith('/restapi/oauth/authorize')) return void seen.push(exchange);
  const credential = headers.authorization?.split(' ')[1];
  if (credential) secrets.add(credential);
  if (path === '/restapi/oauth/revoke') revoked.push(new URLSearchParams(sent).get('token'));
  if (path !== '/restapi/oauth/token') return;
  secrets.add(new URLSearchParams(sent).get('code_verifier') ?? sim.client_secret);
  const { access_token: access, refresh_token: refresh } = JSON.parse(body);
  for (const token of [access, refresh]) {
    assert.ok(token.length >= 40, `a token: ${body}`);
    secrets.add(token);
  }
}

// visitor returns the page in a browser of one person's own.
const visitor = async () => tab(await newContext(), url);

async function newContext() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  context.setDefaultTimeout(timeout);
  context.on('console', (message) => /Content Security Policy|Refused to/.test(message.text()) && complaints.push(message.text()));
  return context;
}

async function tab(context, at) {
  const page = await context.newPage();
  page.on('request', (request) => seen.push({ url: request.url() }));
  page.on('websocket', (socket) => {
    for (const way of ['framesent', 'framereceived']) socket.on(way, ({ payload }) => seen.push({ body: payload }));
  });
  await page.goto(at);
  return page;
}

const link = (page) => page.getByRole('link', { name: 'Sign in' });
const out = (page) => page.getByRole('button', { name: 'Sign out' });

// allow goes through RingCentral's pages, and arrives.
async function allow(page, person) {
  await page.getByLabel(person).check();
  if (screenshot) await page.screenshot({ path: screenshot.replace(/(\.\w+)?$/, '-person$1') });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Allow' }).waitFor();
  if (screenshot) await page.screenshot({ path: screenshot.replace(/(\.\w+)?$/, '-consent$1') });
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${url}/`);
  await page.locator('.person').getByText(person).waitFor();
}

async function signIn(page, person) {
  await link(page).click();
  await allow(page, person);
}

const text = (page, place) => page.locator(`${place} .CodeMirror`).evaluate((e) => e.CodeMirror.getValue());

async function write(page, query) {
  await page.locator('.graphiql-query-editor .CodeMirror').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(query);
  await page.waitForTimeout(200); // GraphiQL reads the operation's name a little later
}

// run runs the query in the editor, and returns the answer.
async function run(page) {
  const answer = page.waitForResponse('**/graphql');
  await page.getByRole('button', { name: 'Execute query' }).click();
  await answer;
  await page.locator('.graphiql-spinner').waitFor({ state: 'detached' });
  return JSON.parse(await text(page, '.graphiql-response'));
}

const cookieOf = async (page) => (await page.context().cookies(url)).find((c) => c.name === 'ringql');
const csrfOf = (page) => page.evaluate(async () => (await (await fetch('/auth/session')).json()).csrfToken);

// ask sends a query by hand, with headers of one's own.
async function ask(headers, query = '{ viewer { name } }') {
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
  return { status: answer.status, ...(await answer.json()) };
}

const mine = '{ viewer { name extensionNumber } }';
let john, jane, first; // and the id of the first event

test('whoever has not signed in is told so', { timeout }, async () => {
  john = await visitor();
  await link(john).waitFor();
  await write(john, mine);
  const { errors } = await run(john);
  assert.equal(errors[0].extensions.code, 'UNAUTHENTICATED');
});

test('an administrator signs in, and finds the query again', { timeout }, async () => {
  const kept = 'query Kept { viewer { name extensionNumber } }';
  await john.locator('.graphiql-query-editor .CodeMirror').click();
  await john.keyboard.press('ControlOrMeta+A');
  await john.keyboard.insertText(kept);
  await signIn(john, 'John Smith'); // at once
  assert.equal(await text(john, '.graphiql-query-editor'), kept);
  assert.deepEqual(await run(john), { data: { viewer: { name: 'John Smith', extensionNumber: '101' } } });
  if (screenshot) await john.screenshot({ path: screenshot.replace(/(\.\w+)?$/, '-signed-in$1') });
});

test('a standard user in another browser is somebody else', { timeout }, async () => {
  jane = await visitor();
  await signIn(jane, 'Jane Smith');
  await write(jane, mine);
  await write(john, mine);
  const [hers, his] = await Promise.all([run(jane), run(john)]);
  assert.deepEqual(hers, { data: { viewer: { name: 'Jane Smith', extensionNumber: '102' } } });
  assert.deepEqual(his, { data: { viewer: { name: 'John Smith', extensionNumber: '101' } } });
  const { status, data, errors } = await ask({ Cookie: `ringql=${(await cookieOf(jane)).value}`, 'X-RingQL-CSRF': await csrfOf(john) });
  assert.deepEqual([status, data, errors[0].extensions.code], [403, undefined, 'FORBIDDEN']);
});

test('the cookie is out of reach of scripts and of other sites', { timeout }, async () => {
  for (const page of [john, jane]) {
    const { httpOnly, sameSite, path, domain } = await cookieOf(page);
    assert.deepEqual({ httpOnly, sameSite, path, domain }, { httpOnly: true, sameSite: 'Strict', path: '/', domain: 'localhost' });
    assert.equal(await page.evaluate(() => document.cookie), '');
  }
  assert.notEqual((await cookieOf(john)).value, (await cookieOf(jane)).value);
});

test('an answer in parts is the signed-in person’s too', { timeout }, async () => {
  await write(jane, '{ viewer { name ... @defer { extensionNumber } } }');
  await run(jane);
  const editor = await jane.locator('.graphiql-response .CodeMirror').elementHandle();
  await jane.waitForFunction((e) => /Jane Smith[^]*"102"/.test(e.CodeMirror.getValue()), editor);
});

test('the README’s example works when pasted', { timeout }, async () => {
  const [, example] = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').match(/^```js signed\n([^]*?)^```/m);
  const [printed] = await Promise.all([jane.waitForEvent('console'), jane.evaluate(`(async () => { ${example} })()`)]);
  assert.deepEqual(await printed.args()[0].jsonValue(), { data: { viewer: { name: 'Jane Smith' } } });
});

test('events and sockets need the token as well', { timeout }, async () => {
  const token = await csrfOf(jane);
  const events = (headers) => jane.evaluate(async (more) => {
    const answer = await fetch('/graphql', {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...more },
      body: JSON.stringify({ query: '{ viewer { name } }' }),
    });
    return `${answer.status} ${await answer.text()}`;
  }, headers);
  assert.match(await events({ 'X-RingQL-CSRF': token }), /^200 [^]*event: next[^]*Jane Smith/);
  assert.match(await events({}), /^403 [^]*X-RingQL-CSRF/);
  const socket = (payload) => jane.evaluate((init) => new Promise((resolve) => {
    const s = new WebSocket(`ws://${location.host}/graphql`, 'graphql-transport-ws');
    s.onopen = () => s.send(JSON.stringify({ type: 'connection_init', payload: init }));
    s.onclose = ({ code }) => resolve(`closed ${code}`);
    s.onmessage = ({ data }) => {
      if (JSON.parse(data).type === 'next') resolve(data);
      else if (JSON.parse(data).type === 'connection_ack') s.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ viewer { name } }' } }));
    };
  }), payload);
  assert.match(await socket({ 'X-RingQL-CSRF': token }), /Jane Smith/);
  assert.match(await socket({}), /^closed 44/);
});

// reassign gives a number another use, on behalf of whoever has signed in on a page, but
// not through its connections.
async function reassign(page, usageType) {
  const headers = { Cookie: `ringql=${(await cookieOf(page)).value}`, 'X-RingQL-CSRF': await csrfOf(page) };
  return ask(headers, `mutation { reassignPhoneNumber(input: { phoneNumberId: "723455008", usageType: ${usageType} }) { outcome } }`);
}

// shown waits until the answer in sight is like what.
const shown = async (page, what) => page.waitForFunction(
  ([e, source]) => new RegExp(source).test(e.CodeMirror.getValue()),
  [await page.locator('.graphiql-response .CodeMirror').elementHandle(), what.source],
);

async function follow(page, fields, after = '') {
  await write(page, `subscription { contactCenterPhoneNumberChanged${after} { ${fields} } }`);
  const answer = page.waitForResponse('**/graphql');
  await page.getByRole('button', { name: 'Execute query' }).click();
  await answer;
}

test('a subscription that is cut off goes on where it was', { timeout }, async () => {
  await follow(john, 'id eventType phoneNumber { usageType }');
  await shown(john, /"GAP"/);
  first = JSON.parse(await text(john, '.graphiql-response')).data.contactCenterPhoneNumberChanged.id;
  front.cut();
  assert.deepEqual((await reassign(john, 'CONTACT_CENTER_NUMBER')).data, { reassignPhoneNumber: { outcome: 'APPLIED' } });
  await shown(john, /"UPDATED"[^]*"CONTACT_CENTER_NUMBER"/);
  await john.getByRole('button', { name: 'Stop query' }).click();
  const back = () => seen.find(({ headers }) => headers?.['last-event-id'] === first);
  while (!back()) await john.waitForTimeout(50); // once the tap has seen its end
  assert.match(back().body, /UPDATED/);
  await follow(john, 'eventType');
  front.cut(); // and where it was is not known
  await shown(john, /"No connection/);
  await write(john, mine);
  await run(john);
  await john.waitForTimeout(1000); // and GraphiQL has stored it
});

test('a session outlives the page', { timeout }, async () => {
  const before = await cookieOf(john);
  await john.reload();
  await out(john).waitFor();
  assert.deepEqual(await run(john), { data: { viewer: { name: 'John Smith', extensionNumber: '101' } } });
  assert.equal((await cookieOf(john)).value, before.value);
});

test('a page goes on when another tab has signed in anew, but never as somebody else', { timeout }, async () => {
  const context = await newContext();
  const page = await tab(context, url);
  await signIn(page, 'Carlos Diaz');
  const again = async (person) => allow(await tab(context, `${url}/auth/login?returnTo=/`), person);
  await write(page, mine);
  await again('Carlos Diaz');
  assert.deepEqual(await run(page), { data: { viewer: { name: 'Carlos Diaz', extensionNumber: '106' } } });
  const follower = await tab(context, url);
  await follow(follower, 'id', `(after: "${first}")`);
  await shown(follower, /"id"/);
  await again('Jane Smith');
  front.cut();
  await shown(follower, /"FORBIDDEN"|not the same person/);
  const { data, errors } = await run(page);
  assert.deepEqual([data, errors[0].extensions.code], [undefined, 'FORBIDDEN']);
  await page.locator('.person').getByText('Jane Smith').waitFor();
});

test('ten tabs at once all sign in', { timeout: 3 * timeout }, async () => {
  const context = await newContext(); // Carlos's, so that nobody else's sessions are too many
  const tabs = await Promise.all(Array.from({ length: 10 }, () => tab(context, `${url}/auth/login?returnTo=/`)));
  await Promise.all(tabs.map((page) => page.getByLabel('Carlos Diaz').waitFor())); // all attempts are open
  await Promise.all(tabs.map((page) => allow(page, 'Carlos Diaz')));
  for (const page of tabs) {
    await page.bringToFront();
    await write(page, mine);
    assert.deepEqual(await run(page), { data: { viewer: { name: 'Carlos Diaz', extensionNumber: '106' } } });
  }
});

// held is all that a page has, its memory included.
async function held(page) {
  const storage = await page.context().storageState({ indexedDB: true });
  const rest = await page.evaluate(async () => JSON.stringify([
    document.cookie, { ...localStorage }, { ...sessionStorage }, await caches.keys(), document.documentElement.outerHTML, location.href, window.name,
  ]));
  const session = await page.context().newCDPSession(page);
  const chunks = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot');
  return { stored: JSON.stringify(storage) + rest, memory: chunks.join('') };
}

test('no token and no secret has come to a browser', { timeout: 3 * timeout }, async () => {
  assert.ok(secrets.size > 12 * 3, `tokens of 12 sessions: ${secrets.size}`);
  const told = seen.flatMap(({ url: at, headers, sent, answered, body }) => [at, JSON.stringify(headers), sent, JSON.stringify(answered), body]);
  const all = [...new Set(told)].join('\n');
  for (const page of [john, jane]) {
    const { stored, memory } = await held(page);
    const csrf = await csrfOf(page);
    // What is there is found: so would a token be.
    assert.ok(memory.includes(csrf) && stored.includes((await cookieOf(page)).value) && all.includes(csrf));
    assert.ok(!stored.includes(csrf), 'the CSRF token is kept in memory alone');
    assert.ok(!seen.some((e) => e.url?.includes(csrf)), 'the CSRF token is in no URL');
    for (const secret of secrets) assert.ok(!stored.includes(secret) && !memory.includes(secret), `the page holds ${secret}`);
  }
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      assert.ok(!all.includes(form), `${form} was seen`);
    }
  }
});

test('signing out ends the session, here and at RingCentral', { timeout }, async () => {
  const headers = { Cookie: `ringql=${(await cookieOf(john)).value}`, 'X-RingQL-CSRF': await csrfOf(john) };
  assert.equal((await ask(headers)).data.viewer.name, 'John Smith');
  const before = revoked.length;
  await out(john).click();
  await link(john).waitFor();
  assert.equal(await cookieOf(john), undefined);
  assert.equal(await john.getByText('"John Smith"').count(), 0, 'the answer is gone from the page');
  const { status, data, errors } = await ask(headers);
  assert.deepEqual([status, data, errors[0].extensions.code, errors[0].extensions.reason], [401, undefined, 'UNAUTHENTICATED', 'SIGNED_OUT']);
  while (revoked.length === before) await new Promise((later) => setTimeout(later, 50)); // in the background
  assert.ok(secrets.has(revoked.at(-1)));
});

test('a page hears that its session was ended elsewhere', { timeout }, async () => {
  const headers = { Cookie: `ringql=${(await cookieOf(jane)).value}`, 'X-RingQL-CSRF': await csrfOf(jane) };
  const ended = await fetch(`${url}/auth/logout/all`, { method: 'POST', headers });
  assert.equal(ended.status, 204);
  await write(jane, mine);
  const { errors } = await run(jane);
  assert.equal(errors[0].extensions.reason, 'SIGNED_OUT_EVERYWHERE');
  await link(jane).waitFor();
  assert.equal(await jane.getByRole('status').getByText('You were signed out.').count(), 1);
  assert.equal(await cookieOf(jane), undefined);
});

test('where nobody can sign in, the page does not speak of it', { timeout }, async () => {
  const apart = await start(program, [], { RINGQL_ADDR: '127.0.0.1:0', RINGCENTRAL_SERVER_URL: sim.url }, 'ringql is up');
  running.push(apart);
  const page = await (await newContext()).newPage();
  const [answer] = await Promise.all([page.waitForResponse('**/auth/session'), page.goto(apart.url)]);
  assert.equal(answer.status(), 404);
  assert.equal((await run(page)).errors[0].extensions.code, 'UNAUTHENTICATED');
  assert.equal(await link(page).count() + await out(page).count(), 0);
});

test('the policies of the pages had nothing to refuse', () => assert.deepEqual(complaints, []));
