// Uses the page at URL as a person would, in the browser CHROMIUM. A picture of it
// is kept where SCREENSHOT says, if it does. The tests are steps of one visit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const { URL: url, CHROMIUM: executablePath, SCREENSHOT: screenshot } = process.env;
const timeout = 20_000;
const complaints = []; // the console's, with what the page's policy refused
const requests = [];
let browser, page;

before(async () => {
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  page.setDefaultTimeout(timeout);
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('request', (request) => requests.push(request));
  await page.goto(url);
}, { timeout });

after(() => browser?.close());

const editor = (place) => page.locator(`${place} .CodeMirror`);
const query = '.graphiql-query-editor';
const headers = '.graphiql-editor-tool .graphiql-editor:not(.hidden)';
const result = '.graphiql-response';
const button = (name) => page.getByRole('button', { name });

// text is what an editor holds; it draws only the lines in sight.
const text = (place) => editor(place).evaluate((e) => e.CodeMirror.getValue());

async function write(place, what) {
  await editor(place).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(what);
  assert.equal(await text(place), what);
}

// settled waits: what GraphiQL stores, it stores half a second after the last key.
const settled = () => page.waitForTimeout(1000);

// ask runs the query that stands there and returns its answer.
async function ask() {
  const answer = page.waitForResponse('**/graphql');
  await button('Execute query').click();
  await answer;
  await page.locator('.graphiql-spinner').waitFor({ state: 'detached' });
  return text(result);
}

test('the first query is there and runs with its button', { timeout }, async () => {
  assert.equal(await page.title(), 'RingQL');
  await editor(query).getByText('mainNumber').waitFor();
  const answer = await ask();
  assert.match(answer, /\+18555440014/);
  assert.doesNotMatch(answer, /"errors"/);
  if (screenshot) await page.screenshot({ path: screenshot });
});

test('the documentation knows Extension', { timeout }, async () => {
  await button('Show Documentation Explorer').click();
  await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Extension', exact: true }).click();
  await page.getByText('A user or a service line of a company').waitFor();
  await button('Hide Documentation Explorer').click();
});

test('a bad query is answered with its code', { timeout }, async () => {
  await write(query, '{ account { nope } }');
  assert.match(await ask(), /"code": "GRAPHQL_VALIDATION_FAILED"/);
});

test('the editor proposes fields', { timeout }, async () => {
  await write(query, '{ account { ');
  await page.keyboard.type('s');
  await page.locator('.CodeMirror-hints').getByText('serviceInfo').click();
  assert.equal(await text(query), '{ account { serviceInfo');
});

test('an answer in parts is put together', { timeout }, async () => {
  await write(query, '{ account { id ... @defer { mainNumber } } }');
  await ask();
  await page.waitForFunction((e) => e.CodeMirror.getValue().includes('+18555440014'), await editor(result).elementHandle());
});

// shown waits until the answer in sight is like what.
const shown = async (what) => page.waitForFunction(
  ([e, source]) => new RegExp(source).test(e.CodeMirror.getValue()), [await editor(result).elementHandle(), what.source],
);

const changes = 'contactCenterPhoneNumberChanged {\n    id eventType gap\n    phoneNumber { phoneNumber usageType }\n  }';

// reassign gives a number another use, beside what the page asks.
const reassign = (usageType) => page.evaluate(async (use) => {
  const answer = await fetch('/graphql', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: `mutation { reassignPhoneNumber(input: { phoneNumberId: "723455008", usageType: ${use} }) { outcome } }` }),
  });
  return (await answer.json()).errors;
}, usageType);

test('a subscription shows what happens, until it is stopped', { timeout }, async () => {
  await write(headers, '{"X-Mine": "yes"}');
  await write(query, `query Other { account { id ... @defer { mainNumber } } }\n\nsubscription Changes {\n  ${changes}\n}`);
  await settled();
  await button('Execute query').click();
  await page.getByRole('menuitem', { name: 'Changes' }).click();
  await shown(/"gap": "STARTED"/);
  const [request, ended] = [requests.at(-1), page.waitForEvent('requestfailed')];
  assert.equal(await request.headerValue('X-Mine'), 'yes');
  assert.equal(await reassign('CONTACT_CENTER_NUMBER'), undefined);
  await shown(/"eventType": "UPDATED"[^]*"\+16503316252"[^]*"CONTACT_CENTER_NUMBER"/);
  if (screenshot) await page.screenshot({ path: screenshot.replace(/(\.\w+)?$/, '-subscription$1') });
  await button('Stop query').click();
  assert.equal(await ended, request);
  await button('Execute query').waitFor();
  await write(headers, '');
});

test('the operation that is run decides how it is asked', { timeout }, async () => {
  await write(query, `# subscription { @defer }\nquery Plain { account { id } }\n\nsubscription Changes {\n  ${changes}\n}`);
  await settled();
  await button('Execute query').click();
  const answer = page.waitForResponse('**/graphql');
  await page.getByRole('menuitem', { name: 'Plain' }).click();
  assert.match(await (await answer).headerValue('Content-Type'), /json/);
  await shown(/"id": /);
});

test('a subscription that is refused says why', { timeout }, async () => {
  for (const [asked, code] of [
    ['subscription { accountEvents { nope } }', /"code": "GRAPHQL_VALIDATION_FAILED"/],
    ['subscription { accountEvents(accountId: "1") { id } }', /"code": "NOT_FOUND"/],
    ['subscription { accountEvents(after: "gone") { id } }', /"code": "BAD_USER_INPUT"/],
  ]) {
    await write(query, asked);
    await settled();
    await button('Execute query').click();
    await shown(code);
    await button('Execute query').waitFor();
  }
});

test('headers are sent, and forgotten', { timeout }, async () => {
  await write(headers, '{"X-Secret": "hush"}');
  await settled();
  await write(query, 'query Remembered { account { id } }');
  await settled();
  await ask();
  assert.equal(await requests.at(-1).headerValue('X-Secret'), 'hush');
  await settled();
  const { 'graphiql:queries': history, ...others } = await page.evaluate(() => ({ ...localStorage }));
  assert.match(history, /Remembered/);
  assert.doesNotMatch(history, /hush/);
  assert.doesNotMatch(JSON.stringify(others), /hush/);
  await page.reload();
  await editor(query).getByText('Remembered').waitFor();
  assert.equal(await text(headers), '');
});

test('dialogs open, and the page can be dark', { timeout }, async () => {
  await button('Open short keys dialog').click();
  await page.getByText('CodeMirror Key Maps').waitFor();
  await page.keyboard.press('Escape');
  const light = await page.locator('.graphiql-container').evaluate((e) => getComputedStyle(e).backgroundColor);
  await button('Open settings dialog').click();
  await page.getByRole('button', { name: 'Dark' }).click();
  const dark = await page.locator('.graphiql-container').evaluate((e) => getComputedStyle(e).backgroundColor);
  assert.notEqual(dark, light);
  await page.keyboard.press('Escape');
});

test('nobody but the gateway was asked, and nothing went wrong', () => {
  assert.deepEqual(requests.map((r) => r.url()).filter((u) => !u.startsWith(`${url}/`) && !u.startsWith('data:')), []);
  assert.deepEqual(complaints, []);
});
