// For tests in Python: answers each line on stdin, {"bundle": base64 or "public": a public side, "trust": keys or null},
// by a line with the checks.
import { createInterface } from "node:readline";
import { parseTrust, verifyBundle, verifyPublic } from "../../dist/verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { bundle, public: side, trust } = JSON.parse(line);
  const pinned = trust === null ? undefined : parseTrust(JSON.stringify(trust));
  const files = new Map(Object.entries(side?.files ?? {}).map(([name, file]) => [name, new TextEncoder().encode(file)]));
  const checks = side
    ? verifyPublic({ ...side, files }, pinned)
    : verifyBundle(Buffer.from(bundle, "base64"), pinned);
  console.log(JSON.stringify(checks));
}
