// Answers each line {"bundle": base64, "trust": object or null} on stdin by a line with the checks: for tests in Python.
import { createInterface } from "node:readline";
import { parseTrust, verifyBundle } from "../../dist/verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { bundle, trust } = JSON.parse(line);
  const pinned = trust === null ? undefined : parseTrust(JSON.stringify(trust));
  console.log(JSON.stringify(verifyBundle(Buffer.from(bundle, "base64"), pinned)));
}
