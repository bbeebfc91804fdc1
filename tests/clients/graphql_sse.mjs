// graphql-sse in distinct connections mode: a subscription, a query, a refusal.
import { createClient } from "graphql-sse";

const client = createClient({ url: process.argv[2], retryAttempts: 0 });

async function all(query) {
  const heard = [];
  for await (const result of client.iterate({ query })) heard.push(result);
  return heard;
}

const [refused] = await all("{ nope }");
console.log(JSON.stringify({
  subscription: (await all("subscription { count(to: 3) }")).map((result) => result.data),
  query: (await all("{ units(first: 1) { code } }")).map((result) => result.data),
  refused: refused.errors[0].extensions.code,
}));
client.dispose();
