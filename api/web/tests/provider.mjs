// A real OpenID Connect provider on loopback, for the tests of signing in: node provider.mjs PORT, its keys on stdin.
import { readFileSync } from "node:fs";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const { keys, audience } = JSON.parse(readFileSync(0, "utf8"));
const TOKEN_SECONDS = 600;

// Tests let time pass instead of waiting: GET /later?seconds=…
let ahead = 0;
const now = Date.now;
Date.now = () => now() + ahead;

const machines = ["analyst-7", "stranger"].map((client_id) => ({
  client_id,
  client_secret: "for tests alone",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
}));
const desks = ["none", "client_secret_basic"].map((token_endpoint_auth_method) => ({
  client_id: `desk ${token_endpoint_auth_method}`,
  client_secret: token_endpoint_auth_method === "none" ? undefined : "for tests: alone",
  token_endpoint_auth_method,
  grant_types: ["authorization_code", "refresh_token"],
  redirect_uris: ["http://testserver/desk/signed-in"],
  response_types: ["code"],
  id_token_signed_response_alg: keys[0].alg,
}));
// On whatever port of loopback the service listens (RFC 8252, section 7.3).
const loopback = { ...desks[0], client_id: "desk on loopback", application_type: "native", redirect_uris: ["http://127.0.0.1/desk/signed-in"] };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys },
  clients: [...machines, ...desks, loopback],
  extraTokenClaims: () => ({ bureau: { roles: ["analyst", "something-else"], department: "ZJ" } }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        scope: "read",
        audience: resource.startsWith(audience) ? resource : undefined,
        accessTokenTTL: TOKEN_SECONDS,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: keys[0].alg } },
      }),
    },
  },
});
provider.use((context, next) => {
  if (context.path !== "/later") return next();
  ahead += 1000 * Number(context.query.seconds);
  context.status = 204;
});
const server = provider.listen(port, "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
