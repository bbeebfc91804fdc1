// A second subgraph: a library that keeps readings for outcomes and accreditation units, which it names by
// their keys, the one by `key`, the other by `scheme edition code`, and which knows nothing else of them.
export const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  scalar Key

  type Query {
    "Readings on a topic."
    readings(topic: String!): [Reading!]!
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
