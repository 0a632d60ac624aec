// A small program over generated types, as strict as the compiler can be.
import { GraphQLClient } from 'graphql-request';
import { useFragment } from './gql';
import { AnyNodeDocument, ExtensionsDocument, PersonFragmentDoc, ReassignDocument, type ExtensionType } from './gql/graphql';
import type { Account, Scalars } from './schema';

export async function main(url: string): Promise<{ names: string[]; created: string | undefined; found: string | null; outcome: string | undefined }> {
  const client = new GraphQLClient(url);
  const type: ExtensionType = 'USER';
  const { account } = await client.request(ExtensionsDocument, { first: 2, filter: { type: [type] } });
  const people = useFragment(PersonFragmentDoc, account?.extensions?.nodes ?? []);
  const names = people.map(({ name, devices }) => `${name ?? 'nobody'}: ${devices?.nodes[0]?.name ?? 'nothing'}`);

  const { node } = await client.request(AnyNodeDocument, { id: people[0]?.id ?? '' });
  const found = node?.__typename === 'Extension' ? node.extensionNumber : null;

  const { reassignPhoneNumber } = await client.request(ReassignDocument, { input: { phoneNumberId: '723459008', extensionId: '512090008' } });
  return { names, created: people[0]?.creationTime ?? undefined, found, outcome: reassignPhoneNumber?.outcome };
}

// What does not compile, and would if the types were loose.
export async function wrong(client: GraphQLClient, whole: Account, created: Scalars['DateTime']['output']): Promise<void> {
  const data = await client.request(ExtensionsDocument, { first: 2 });
  // @ts-expect-error there is no such field
  void data.account?.nonsense;
  // @ts-expect-error it was not asked for
  void data.account?.mainNumber;
  // @ts-expect-error it can be null
  void data.account.id;
  // @ts-expect-error a list may be shorter
  void data.account?.extensions?.nodes[0].name;
  // @ts-expect-error a fragment's fields are its own
  void data.account?.extensions?.nodes[0]?.name;
  // @ts-expect-error `first` is missing
  await client.request(ExtensionsDocument, {});
  // @ts-expect-error there is no such type of extension
  await client.request(ExtensionsDocument, { first: 2, filter: { type: ['PERSON'] } });
  // @ts-expect-error a time is text
  void created.getTime();
  // @ts-expect-error there is no such field
  void whole.nonsense;
}
