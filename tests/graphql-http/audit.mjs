// Holds an endpoint against the audits of the package graphql-http; prints what is not as the specification says.
//
//   node audit.mjs URL HEADER VALUE

import { auditServer } from "graphql-http";

const [url, header, value] = process.argv.slice(2);
const fetchFn = (input, init) =>
  fetch(input, { ...init, headers: { ...init?.headers, [header]: value } });

const results = await auditServer({ url, fetchFn });
const wrong = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason } of wrong) {
  console.log(`${id} ${status}: ${name}: ${reason}`);
}
console.log(`${results.length - wrong.length} of ${results.length}`);
process.exitCode = wrong.length === 0 && results.length > 0 ? 0 : 1;
