// For tests in Python: answers each line on stdin, {"bundle": base64 or "public": a public side, "trust": keys or null},
// by a line with the checks, and {"plans": [sealed plans]} by one that tells of each whether it is a plan.
import { createInterface } from "node:readline";
import { parseTrust, vectors, verifyBundle, verifyPublic } from "../../dist/verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { bundle, public: side, plans, trust } = JSON.parse(line);
  if (plans) {
    console.log(JSON.stringify(plans.map(isPlan)));
    continue;
  }
  const pinned = trust === null ? undefined : parseTrust(JSON.stringify(trust));
  const files = new Map(Object.entries(side?.files ?? {}).map(([name, file]) => [name, new TextEncoder().encode(file)]));
  const checks = side
    ? verifyPublic({ ...side, files }, pinned)
    : verifyBundle(Buffer.from(bundle, "base64"), pinned);
  console.log(JSON.stringify(checks));
}

function isPlan(plan) {
  try {
    vectors.planOf(plan);
    return true;
  } catch {
    return false;
  }
}
