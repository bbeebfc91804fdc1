// Relay's runtime on what relay-compiler made: a list is asked for page by page, and then stands whole in the store.
// Usage: node pages.mjs FOLDER URL QUERY FRAGMENT NEXT VARIABLES; FOLDER holds the artifacts.
import { createRequire } from "node:module";
import {
  Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest, getSelector,
} from "relay-runtime";

const [, , folder, url, ...rest] = process.argv;
const variables = JSON.parse(rest.pop());
const artifact = (name) => createRequire(import.meta.url)(`${folder}/${name}.graphql.js`);
const [query, fragment, next] = rest.map(artifact);
const sent = [];

async function ask({ id, text }, variables) {
  const body = { ...(id ? { documentId: id } : { query: text }), variables };
  sent.push(Object.keys(body)[0]);
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
const operation = createOperationDescriptor(getRequest(query), variables);
environment.retain(operation);

function shown() {
  let { data } = environment.lookup(getSelector(fragment, environment.lookup(operation.fragment).data));
  for (const step of fragment.metadata.connection[0].path) data = data[step];
  return data;
}

const outcome = artifact("documents_outcome");
await fetchQuery(environment, query, variables).toPromise();
const lengths = [shown().edges.length];
while (shown().pageInfo.hasNextPage) {
  await fetchQuery(environment, next, { ...variables, after: shown().pageInfo.endCursor }).toPromise();
  lengths.push(shown().edges.length);
}
const outcomes = shown().edges.map(({ node }) => environment.lookup(getSelector(outcome, node)).data);
console.log(JSON.stringify({ lengths, total: shown().totalCount, outcomes, sent: [...new Set(sent)] }));
