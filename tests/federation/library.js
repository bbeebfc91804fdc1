// A second subgraph: a library that keeps readings for outcomes and accreditation units, which it names by
// their keys, the one by `key`, the other by `scheme edition code`, and which knows nothing else of them.
import { createServer } from "node:http";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { createHandler } from "graphql-http/lib/use/http";

export const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  scalar Key

  type Query {
    "All readings."
    readings: [Reading!]!
  }

  "Something to read."
  type Reading {
    title: String!
    "What it prepares for."
    outcome: Outcome
    unit: AccreditationUnit
  }

  type Outcome @key(fields: "key") {
    key: Key!
    "What to read for it."
    readings: [Reading!]!
  }

  type AccreditationUnit @key(fields: "scheme edition code") {
    scheme: String!
    edition: String!
    code: String!
    "What to read for it."
    readings: [Reading!]!
  }
`;

const READINGS = JSON.parse(process.env.READINGS ?? "[]");
const unitOf = (key) => {
  const [scheme, edition, ...code] = key.split(":");
  return { scheme, edition, code: code.join(":") };
};

const resolvers = {
  Query: { readings: () => READINGS },
  Reading: {
    outcome: (reading) => reading.outcome && { key: reading.outcome },
    unit: (reading) => reading.unit && unitOf(reading.unit),
  },
  Outcome: { readings: ({ key }) => READINGS.filter((reading) => reading.outcome === key) },
  AccreditationUnit: {
    readings: (unit) =>
      READINGS.filter((reading) => reading.unit === `${unit.scheme}:${unit.edition}:${unit.code}`),
  },
};

// Serve the library on a free port of loopback; gives its address.
export async function serveLibrary() {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });
  const server = createServer(createHandler({ schema })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${server.address().port}/graphql`;
}
