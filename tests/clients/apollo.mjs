// Apollo Client: a query, automatic persisted documents over GET, a subscription, a refusal.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createHash } from "node:crypto";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [, , url] = process.argv;
const asked = [];
const http = new HttpLink({ uri: url, fetch: (to, how) => (asked.push([how.method, String(to).includes("query="), how.body?.includes('"query"') ?? false]), fetch(to, how)) });
const persisted = new PersistedQueryLink({
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  useGETForHashedQueries: true,
});
const socket = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    persisted.concat(http),
  ),
});

const query = gql`query Units($n: Int!) { units(first: $n) { code level } }`;
const first = await client.query({ query, variables: { n: 1 } });
const second = await client.query({ query, variables: { n: 2 } });
const refused = await client.query({ query: gql`{ nope }`, errorPolicy: "none" }).catch((error) => error);

const subscription = [];
await new Promise((resolve, reject) => {
  client.subscribe({ query: gql`subscription { count(to: 2) }` })
    .subscribe({ next: ({ data }) => subscription.push(data), error: reject, complete: resolve });
});
console.log(JSON.stringify({
  first: first.data.units.map((unit) => unit.code),
  second: second.data.units.map((unit) => unit.code),
  // Once by hash alone, once with the text, then by hash alone again: method, text in the address, text in the body.
  asked: asked.slice(0, 3),
  refused: CombinedGraphQLErrors.is(refused) && refused.errors[0].extensions.code,
  subscription,
}));
await socket.dispose();
client.stop();
