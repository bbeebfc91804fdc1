// Compare the schema that comes in with the one last released; a breaking change ends with 1.
// Usage: alliance-hub schema print | node changes.js RELEASED.graphql
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildASTSchema, parse } from "graphql";

// The directives of federation are not defined in the text: composers know them.
const read = (file) => buildASTSchema(parse(readFileSync(file, "utf-8")), { assumeValidSDL: true });

// To the inspector a lost key is a lost directive; to other subgraphs it is a type they can no longer name.
const losesKey = ({ type, path }) => /@key/.test(path) && /REMOVED|CHANGED/.test(type);

const changes = await diff(read(process.argv[2]), read(0));
const breaking = changes.filter((change) => change.criticality.level === "BREAKING" || losesKey(change));
for (const { message } of breaking) console.log(`breaking: ${message}`);
console.log(`schema: ${changes.length} changes since the last release, ${breaking.length} of them breaking`);
process.exitCode = breaking.length ? 1 : 0;
