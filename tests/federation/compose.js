// Compose the hub's schema with the second subgraph's, by each of the three common composers.
// Usage: alliance-hub schema print | node compose.js; prints one line of JSON for each composer.
import { readFileSync } from "node:fs";
import { composeServices } from "@apollo/composition";
import { composeServices as composeOpenly } from "@theguild/federation-composition";
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from "@wundergraph/composition";
import { parse, printSchema } from "graphql";
import { sdl as library } from "./library.js";

const subgraphs = [
  { name: "hub", url: "http://hub/graphql", sdl: readFileSync(0, "utf-8") },
  { name: "library", url: "http://library/graphql", sdl: library },
].map((subgraph) => ({ ...subgraph, typeDefs: parse(subgraph.sdl), definitions: parse(subgraph.sdl) }));

const composers = {
  "@apollo/composition": () => composeServices(subgraphs),
  "@theguild/federation-composition": () => composeOpenly(subgraphs),
  "@wundergraph/composition": () => {
    const made = federateSubgraphs({ subgraphs, version: ROUTER_COMPATIBILITY_VERSION_ONE });
    return made.success ? { supergraphSdl: printSchema(made.federatedGraphClientSchema) } : made;
  },
};

// The fields of a type that others name, as the composed graph has them: the hub's and the library's.
const fieldsOf = (supergraph, type) =>
  parse(supergraph)
    .definitions.find((definition) => definition.name?.value === type)
    .fields.map((field) => field.name.value);

for (const [composer, compose] of Object.entries(composers)) {
  const { errors = [], supergraphSdl } = compose();
  const outcome = supergraphSdl ? fieldsOf(supergraphSdl, "Outcome") : [];
  console.log(JSON.stringify({ composer, outcome, errors: errors.map(String) }));
}
