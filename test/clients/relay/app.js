// A small app, as relay-compiler and babel-plugin-relay take it. Each component leaves what
// it would show, and what it can do, in `shown`.
const { Suspense, createElement } = require('react');
const { graphql, useFragment, useLazyLoadQuery, usePaginationFragment, useRefetchableFragment } = require('react-relay');

const shown = {};

const listQuery = graphql`
  query appListQuery($first: Int, $after: String, $last: Int, $before: String) {
    account {
      ...app_list @arguments(first: $first, after: $after, last: $last, before: $before)
    }
  }
`;

const list = graphql`
  fragment app_list on Account
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" })
  @refetchable(queryName: "appListPageQuery") {
    extensions(first: $first, after: $after, last: $last, before: $before) @connection(key: "app_extensions") {
      edges {
        cursor
        node {
          id
          name
        }
      }
    }
  }
`;

function List({ variables }) {
  const { account } = useLazyLoadQuery(listQuery, variables, { fetchPolicy: 'network-only' });
  return createElement(Page, { account });
}

function Page({ account }) {
  shown.list = usePaginationFragment(list, account);
  return null;
}

const extensionQuery = graphql`
  query appExtensionQuery($id: ID!) {
    extension(id: $id) {
      ...app_extension
    }
  }
`;

const extension = graphql`
  fragment app_extension on Extension
  @argumentDefinitions(more: { type: "Boolean", defaultValue: false })
  @refetchable(queryName: "appExtensionAgainQuery") {
    name
    devices @include(if: $more) {
      totalCount
    }
  }
`;

function Extension({ id }) {
  const { extension } = useLazyLoadQuery(extensionQuery, { id });
  return createElement(Details, { extension });
}

function Details(props) {
  const [data, refetch] = useRefetchableFragment(extension, props.extension);
  shown.extension = { data, refetch };
  return null;
}

const devices = {
  query: graphql`
    query appDevicesQuery($id: ID!) {
      extension(id: $id) {
        extensionNumber
        ...app_devices @defer
      }
    }
  `,
  fragment: graphql`
    fragment app_devices on Extension {
      devices {
        totalCount
      }
    }
  `,
};

const person = {
  query: graphql`
    query appPersonQuery($id: ID!) {
      extension(id: $id) {
        extensionNumber
        ...app_person @defer
      }
    }
  `,
  fragment: graphql`
    fragment app_person on Extension {
      name
      phoneNumbers {
        totalCount
      }
    }
  `,
};

function Deferred({ id, what }) {
  const { extension } = useLazyLoadQuery(what.query, { id });
  shown.first = extension.extensionNumber;
  return createElement(Suspense, { fallback: null }, createElement(Part, { fragment: what.fragment, extension }));
}

function Part({ fragment, extension }) {
  shown.part = useFragment(fragment, extension);
  return null;
}

const nodesQuery = graphql`
  query appNodesQuery {
    account {
      id
      phoneNumbers(first: 3) {
        edges {
          node {
            id
          }
        }
      }
    }
    extension(id: "435068008") {
      id
      devices(first: 1) {
        edges {
          node {
            id
          }
        }
      }
      forwardingNumbers(first: 1) {
        edges {
          node {
            id
          }
        }
      }
    }
    viewer {
      blockedNumbers(first: 1) {
        edges {
          node {
            id
          }
        }
      }
      callerBlockingNumbers(first: 1) {
        edges {
          node {
            id
          }
        }
      }
    }
    callQueue(id: "512090008") {
      id
    }
    deviceOrder(id: "74510008") {
      id
    }
    license(id: "71230008") {
      id
    }
    pagingGroup(id: "512094008") {
      id
    }
    parkLocation(id: "512096008") {
      id
    }
  }
`;

const nodeQuery = graphql`
  query appNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
    }
  }
`;

const numbersQuery = graphql`
  query appNumbersQuery {
    account {
      phoneNumbers(first: 100) @connection(key: "app_phoneNumbers") {
        __id
        edges {
          node {
            id
            rcId
          }
        }
      }
    }
  }
`;

const deleteMutation = graphql`
  mutation appDeleteMutation($input: DeletePhoneNumberInput!, $connections: [ID!]!) {
    deletePhoneNumber(input: $input) {
      outcome
      deletedId @deleteEdge(connections: $connections)
    }
  }
`;

module.exports = { Deferred, deleteMutation, devices, Extension, List, nodeQuery, nodesQuery, numbersQuery, person, shown };
