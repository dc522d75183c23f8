// A real OpenID Connect provider on loopback, for the tests of signing in: node provider.mjs PORT, its keys on stdin.
import { readFileSync } from "node:fs";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const { keys, audience } = JSON.parse(readFileSync(0, "utf8"));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys },
  clients: ["analyst-7", "stranger"].map((client_id) => ({
    client_id,
    client_secret: "for tests alone",
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  })),
  extraTokenClaims: () => ({ bureau: { roles: ["analyst", "something-else"], department: "ZJ" } }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        scope: "read",
        audience: resource.startsWith(audience) ? resource : undefined,
        accessTokenTTL: 600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: keys[0].alg } },
      }),
    },
  },
});
const server = provider.listen(port, "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
