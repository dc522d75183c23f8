// Holds a GraphQL endpoint against the audits of GraphQL over HTTP: node audit.mjs URL [Authorization]
import { auditServer } from "graphql-http";

const [url, authorization] = process.argv.slice(2);
const results = await auditServer({
  url,
  fetchFn: (address, init = {}) => {
    const headers = authorization === undefined ? {} : { authorization };
    return fetch(address, { ...init, headers: { ...headers, ...init.headers } });
  },
});
const told = results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }));
process.stdout.write(JSON.stringify(told));
