// graphql-ws: a subscription, a query, a refusal, all over one WebSocket.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const client = createClient({ url: process.argv[2].replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });

async function all(query) {
  const heard = [];
  for await (const result of client.iterate({ query })) heard.push(result.data);
  return heard;
}

const refused = await all("{ nope }").catch((errors) => errors[0].extensions.code);
console.log(JSON.stringify({
  subscription: await all("subscription { count(to: 3) }"),
  query: await all("{ units(first: 1) { code } }"),
  refused,
}));
await client.dispose();
