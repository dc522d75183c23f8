/** The command `node verify.mjs [--trust FILE] [--json] BUNDLE…`, under Node alone. */
import { textOf } from "./ledger/bytes.ts";
import { NO_TRUST, parseTrust } from "./trust.ts";
import { type Check, verifyBundle } from "./verification.ts";

const USAGE = "node verify.mjs [--trust FILE] [--json] BUNDLE…";

function report(file: string, checks: readonly Check[], json: boolean): void {
  if (json) return console.log(JSON.stringify({ file, checks }));
  for (const { name, compared, fault } of checks) console.log(fault === null ? `✓ ${name}: ${compared}` : `✗ ${name}: ${fault}`);
}

/** Verify the files that the arguments name; returns the exit status, 1 where a check failed and 2 for wrong use. */
export function command(args: readonly string[], read: (path: string) => Uint8Array): number {
  let trust = NO_TRUST;
  let json = false;
  const files: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === "--trust" && args[at + 1] !== undefined) trust = parseTrust(textOf(read(args[++at]!)));
    else if (argument === "--json") json = true;
    else if (argument.startsWith("--")) return usage();
    else files.push(argument);
  }
  if (!files.length) return usage();
  let failed = false;
  for (const file of files) {
    const checks = verifyBundle(read(file), trust);
    report(file, checks, json);
    failed ||= checks.some((check) => check.fault !== null);
  }
  return failed ? 1 : 0;
}

function usage(): number {
  console.error(USAGE);
  return 2;
}
