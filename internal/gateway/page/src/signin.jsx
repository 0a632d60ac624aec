// Who is signed in. The session itself is a cookie that no script can read; what is kept
// here, in memory alone, is the token that shows the gateway that a request is this page's.
import { useState, useSyncExternalStore } from 'react';

let session; // as /auth/session tells it; null where nobody can sign in, undefined while that is not known
let asking;
const watchers = new Set();

function become(next) {
  session = next;
  watchers.forEach((tell) => tell());
}

function watch(tell) {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

// look asks who is signed in: at first, and when what is known may not be so any more.
export function look() {
  asking ??= ask().catch(() => {}).finally(() => { asking = undefined; }); // a gateway that is away signs nobody out
  return asking;
}

async function ask() {
  const answer = await fetch('/auth/session');
  if (answer.status === 404) return become(null);
  if (!answer.ok) return;
  const next = await answer.json();
  if (!next.signedIn) next.reason ??= session?.signedIn ? 'UNKNOWN' : session?.reason; // it is told once
  if (next.owner === session?.owner) next.name ??= session?.name;
  become(next);
  if (next.signedIn && !next.name) nameOf(next).then((name) => name && session === next && become({ ...next, name }));
}

const csrf = (of) => (of?.csrfToken ? { 'X-RingQL-CSRF': of.csrfToken } : {});

// nameOf asks for the person's name, where the gateway does not know it yet.
async function nameOf(of) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...csrf(of) },
    body: JSON.stringify({ query: 'query Name { viewer { name } }' }),
  }).then((r) => r.json()).catch(() => null);
  return answer?.data?.viewer?.name;
}

// signedFetch is fetch for requests of the session. One that is refused at the door was not
// carried out, and is sent anew where the same person has signed in anew meanwhile.
export async function signedFetch(url, init) {
  if (session === undefined) await look();
  const before = session;
  const send = () => fetch(url, { ...init, headers: { ...csrf(session), ...init.headers } });
  const answer = await send();
  if (![401, 403].includes(answer.status) || !before) return answer;
  await look();
  return session && session.csrfToken !== before.csrfToken && session.owner === before.owner ? send() : answer;
}

// owner tells whose the session is; undefined for nobody's.
export async function owner() {
  if (session === undefined) await look();
  return session?.owner;
}

// check looks again after an answer that says that the session is over.
export function check(answers) {
  const over = [answers].flat().some(({ errors = [], incremental = [] }) =>
    [...errors, ...incremental.flatMap((part) => part.errors ?? [])].some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED'));
  if (over && session?.signedIn) look();
}

// Another tab may have signed in or out meanwhile.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());

const reasons = {
  IDLE: 'You were signed out: the session was not used for too long.',
  EXPIRED: 'You were signed out: the session had lasted long enough.',
  REVOKED: 'You were signed out by RingCentral.',
};

// GraphiQL stores what was typed within this time, in ms.
const stored = 700;

// leave follows a link once what was typed last is sure to be there on the way back.
function leave(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // a tab of its own
  event.preventDefault();
  const { href } = event.currentTarget;
  setTimeout(() => location.assign(href), stored);
}

// SignIn is the control in the corner: a link to sign in, or who has and a way out.
export function SignIn() {
  const now = useSyncExternalStore(watch, () => session);
  const [failed, setFailed] = useState(false);

  async function signOut() {
    setFailed(false);
    const answer = await fetch('/auth/logout', { method: 'POST', headers: csrf(now) }).catch(() => null);
    if (answer?.ok) return location.reload(); // and nothing of theirs is left on the page
    setFailed(true);
    await look();
  }

  if (!now) return null;
  const say = now.signedIn ? failed && 'You are still signed in: try again.' : now.reason && (reasons[now.reason] ?? 'You were signed out.');
  return (
    <span className="session">
      <span role="status">{say}</span>
      {now.signedIn
        ? <><span className="person" title={`Signed in as ${now.name ?? now.owner}`}>{now.name ?? now.owner}</span> · <button type="button" onClick={signOut}>Sign out</button></>
        : <a href={`/auth/login?returnTo=${encodeURIComponent(location.pathname)}`} onClick={leave}>Sign in</a>}
    </span>
  );
}
