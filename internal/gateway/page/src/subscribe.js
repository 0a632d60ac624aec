// Subscriptions: operations with many answers, told as server-sent events.
import { createClient } from 'graphql-sse';
import { check, owner, signedFetch } from './signin.jsx';

// subscribe begins a subscription, and returns what GraphiQL shows answer by answer. It is
// an observable because that ends at once: a generator would wait for one answer more.
export async function subscribe(params, headers) {
  const person = await owner();
  let last; // id of the event that was shown last
  let stopped = false;

  // again waits longer each time, and gives up where events could be lost without a word.
  async function again(tries) {
    if (!last) throw new Error('No connection. With the id of events in its selection, a subscription comes back by itself.');
    await new Promise((later) => { setTimeout(later, 2 ** tries * 1000 * (1 + Math.random())); });
    if (await owner() !== person) throw new Error('It is not the same person any more who is signed in: run it anew.');
  }

  const client = createClient({
    url: '/graphql',
    fetchFn: refusable,
    headers: () => ({ ...headers, ...(last && { 'Last-Event-ID': last }) }),
    retry: again,
  });

  return {
    subscribe(sink) {
      const end = client.subscribe(params, {
        next(answer) {
          check(answer);
          last = Object.values(answer.data ?? {})[0]?.id ?? last;
          sink.next(answer);
        },
        error: ({ message }) => stopped || sink.error({ message }), // without where in the script it was
        complete: () => stopped || sink.complete(), // which is late where it was about to try again
      });
      return { unsubscribe() { stopped = true; end(); } };
    },
  };
}

// refusable is signedFetch, but what the gateway says where it refuses is an answer to
// show: only a connection that fails is tried again.
async function refusable(url, init) {
  const answer = await signedFetch(url, init);
  if (answer.ok || !answer.headers.get('Content-Type')?.includes('json')) return answer;
  return new Response(`event: next\ndata: ${JSON.stringify(await answer.json())}\n\nevent: complete\ndata:\n\n`);
}
