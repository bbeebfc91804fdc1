// Compose the hub's schema with the second subgraph's, by each of the three common composers.
// Usage: node compose.js HUB.graphql; prints one line of JSON for each composer.
import { readFileSync } from "node:fs";
import { composeServices } from "@apollo/composition";
import { composeServices as composeOpenly } from "@theguild/federation-composition";
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from "@wundergraph/composition";
import { parse } from "graphql";
import { sdl as library } from "./library.js";

const subgraphs = [
  { name: "hub", url: "http://hub/graphql", sdl: readFileSync(process.argv[2], "utf-8") },
  { name: "library", url: "http://library/graphql", sdl: library },
].map((subgraph) => ({ ...subgraph, typeDefs: parse(subgraph.sdl), definitions: parse(subgraph.sdl) }));

const composers = {
  "@apollo/composition": () => composeServices(subgraphs),
  "@theguild/federation-composition": () => composeOpenly(subgraphs),
  "@wundergraph/composition": () => {
    const result = federateSubgraphs({ subgraphs, version: ROUTER_COMPATIBILITY_VERSION_ONE });
    return result.success ? { supergraphSdl: result.federatedGraphSDL ?? "made" } : result;
  },
};

for (const [composer, compose] of Object.entries(composers)) {
  const { errors = [], supergraphSdl } = compose();
  console.log(JSON.stringify({ composer, made: Boolean(supergraphSdl), errors: errors.map(String) }));
}
