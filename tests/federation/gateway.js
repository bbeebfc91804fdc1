// @apollo/gateway in front of the hub and of the library: it asks both for their schemas, composes them, and
// answers over HTTP. Usage: node gateway.js HUB_URL; prints its own address, and ends when its input ends.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { ApolloGateway, IntrospectAndCompose } from "@apollo/gateway";
import { print } from "graphql";
import { createHandler } from "graphql-http/lib/use/http";
import { serveLibrary } from "./library.js";

const subgraphs = [
  { name: "hub", url: process.argv[2] },
  { name: "library", url: await serveLibrary() },
];
const gateway = new ApolloGateway({ supergraphSdl: new IntrospectAndCompose({ subgraphs }) });
let schema;
gateway.onSchemaLoadOrUpdate(({ apiSchema }) => (schema = apiSchema));
const { executor } = await gateway.load();

const execute = ({ document, operationName, variableValues: variables }) =>
  executor({
    document,
    operationName,
    schema,
    request: { operationName, variables },
    context: {},
    metrics: {},
    queryHash: createHash("sha256").update(print(document)).digest("hex"), // plans are kept by it
  });

const server = createServer(createHandler({ schema, execute })).listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/graphql`),
);
process.stdin.resume().on("end", () => process.exit(0));
