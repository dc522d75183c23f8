/** The command `node verify.mjs [--trust FILE] [--json] BUNDLE…` or `… --public URL CAMPAIGN…`, under Node alone. */
import { textOf } from "./ledger/bytes.ts";
import { NOT_CHECKED, verifyPublic } from "./public.ts";
import { readPublic } from "./public_reading.ts";
import { NO_TRUST, parseTrust, type Trust } from "./trust.ts";
import { type Check, LARGE, verifyBundle, verifyBundleBeside } from "./verification.ts";

const USAGE = "node verify.mjs [--trust FILE] [--json] BUNDLE…\nnode verify.mjs [--trust FILE] [--json] --public URL CAMPAIGN…";

function report(name: string, checks: readonly Check[], json: boolean): void {
  if (json) return console.log(JSON.stringify({ name, checks }));
  for (const { name, compared, fault } of checks) console.log(fault === null ? `✓ ${name}: ${compared}` : `✗ ${name}: ${fault}`);
}

/** Verify what the arguments name; returns the exit status, 1 where a check failed and 2 for wrong use. */
export async function command(args: readonly string[], read: (path: string) => Uint8Array): Promise<number> {
  let trust = NO_TRUST;
  let json = false;
  let address: string | null = null;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === "--trust" && args[at + 1] !== undefined) trust = parseTrust(textOf(read(args[++at]!)));
    else if (argument === "--public" && args[at + 1] !== undefined) address = args[++at]!;
    else if (argument === "--json") json = true;
    else if (argument.startsWith("--")) return usage();
    else names.push(argument);
  }
  if (!names.length) return usage();
  let failed = false;
  for (const name of names) {
    const checks = address === null ? await ofBundle(read(name), trust) : verifyPublic(await readPublic(address, name), trust);
    report(name, checks, json);
    failed ||= checks.some((check) => check.fault !== null);
  }
  if (address !== null && !json) console.log(`Not checked, since the public side cannot show it: ${NOT_CHECKED.join(", ")}`);
  return failed ? 1 : 0;
}

async function ofBundle(data: Uint8Array, trust: Trust): Promise<Check[]> {
  return data.length < LARGE ? verifyBundle(data, trust) : verifyBundleBeside(data, trust, import.meta.url);
}

function usage(): number {
  console.error(USAGE);
  return 2;
}
