// The page at "/": GraphiQL, pointed at the gateway that serves it.
//
// This is GraphiQL 4, the last major whose editor is CodeMirror: 0.45 MB compressed,
// one script. Major 5 is built on Monaco: 1.4 MB, three scripts more for its web
// workers, and styles written into the page, which the page's policy refuses.
import { createRoot } from 'react-dom/client';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { getOperationAST, parse, separateOperations, visit } from 'graphql';
import { SignIn, check, look, signedFetch } from './signin.jsx';
import { subscribe } from './subscribe.js';
import './page.css';

const welcome = `# RingQL: RingCentral as one GraphQL graph.
# Ctrl-Enter runs this query; the book on the left
# explains every type. To ask as somebody, write
# {"Authorization": "Bearer <token>"} in Headers; with
# {"X-RingQL-Plan": "actual"} there, an answer says
# what it took of RingCentral's rate limits.
query Company {
  account {
    id mainNumber status
    serviceInfo {
      brand { name }
      servicePlan { name }
    }
    operator { name extensionNumber }
    extensions(first: 5, filter: { type: USER }) {
      totalCount
      nodes {
        name extensionNumber type
        phoneNumbers(first: 3) {
          nodes { phoneNumber usageType }
        }
        forwardingNumbers(first: 3) {
          nodes { phoneNumber label }
        }
        devices(first: 3) { nodes { name } }
      }
    }
  }
}

# This, without the marks, tells of each change as it
# comes, until it is stopped.
# subscription Changes {
#   extensionChanged {
#     id eventType gap hints
#     extension { name status }
#   }
# }
`;

const whole = createGraphiQLFetcher({ url: '/graphql', fetch: signedFetch, enableIncrementalDelivery: false });
const parts = createGraphiQLFetcher({ url: '/graphql', fetch: signedFetch });

async function fetcher(params, { headers }) {
  const { kind, deferred } = chosen(params);
  if (kind === 'subscription') return subscribe(params, headers);
  // In parts only where the query asks for parts: a plain answer is easier to read in
  // the browser's own tools.
  if (deferred) return checked(await parts(params, { headers }));
  const answer = await whole(params, { headers });
  check(answer);
  // Where introspection is off, show what the gateway says, not how GraphiQL fails.
  return answer.data?.__schema === null ? { errors: answer.errors } : answer;
}

// chosen tells of the operation that is run, among all in the editor. What GraphiQL knows
// of the text may be that of a moment ago.
function chosen({ query, operationName }) {
  let operation, deferred = false;
  try {
    const document = parse(query);
    operation = getOperationAST(document, operationName);
    visit(separateOperations(document)[operation?.name?.value ?? ''], {
      Directive: ({ name }) => { deferred ||= name.value === 'defer'; },
    });
  } catch {} // the gateway says what is wrong with it
  return { kind: operation?.operation, deferred };
}

async function* checked(answers) {
  for await (const some of answers) {
    check(some);
    yield some;
  }
}

// What GraphiQL remembers between visits, without headers: it leaves them out of its
// tabs when told to, but keeps them, tokens and all, with the history of queries.
const memory = {
  get length() { return localStorage.length; },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, /:(queries|favorites)$/.test(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
};

function withoutHeaders(json) {
  return JSON.stringify(JSON.parse(json), (key, value) => (key === 'headers' ? undefined : value));
}

look();
createRoot(document.getElementById('page')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={memory}
    defaultQuery={welcome}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <SignIn />
      <a className="schema" href="/schema.graphql" target="_blank">Schema</a> RingQL
    </GraphiQL.Logo>
  </GraphiQL>,
);
