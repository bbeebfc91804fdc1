// Runs every audit of graphql-http against the URL given, and prints one line of JSON for each.
import { serverAudits } from 'graphql-http';

for (const { id, name, fn } of serverAudits({ url: process.argv[2] })) {
  const result = await fn();
  console.log(JSON.stringify({ id, name, status: result.status, reason: result.reason ?? null }));
}
