/** The check of what auditors said of the draw before (docs/ledger.md, Attestations). */
import { same } from "../ledger/bytes.ts";
import { require } from "../ledger/fault.ts";
import { textAt } from "../ledger/json.ts";
import { ATTESTED, REGISTERED, WITHDRAWN } from "../ledger/kinds.ts";
import { parseVkey } from "../ledger/note.ts";
import { dayOf } from "../ledger/time.ts";
import { rootOf } from "../ledger/tree.ts";
import type { Evidence } from "./evidence.ts";
import { openVerdict, type Verdict } from "./verdict.ts";

export function attestations(evidence: Evidence): string {
  const { entries, frozen, drawn, trust } = evidence;
  const standing = new Map<string, { name: string; verdict: Verdict }>();
  for (const entry of evidence.of(ATTESTED)) {
    const auditor = parseVkey(textAt(entry.body, "auditor"));
    const verdict = openVerdict(textAt(entry.body, "verdict"), auditor);
    require(isRegistered(evidence, auditor.vkey, entry.seq), "attestation_unregistered", { name: auditor.name });
    require(verdict.size <= entry.seq, "attestation_log_later");
    const root = rootOf(entries.slice(0, verdict.size).map((each) => each.leaf));
    const named =
      verdict.origin === entries[0]!.subject &&
      verdict.campaign === evidence.campaign &&
      verdict.size > drawn.seq &&
      same(verdict.frozen, frozen.leaf) &&
      same(verdict.drawn, drawn.leaf) &&
      same(verdict.root, root);
    require(named, "attestation_of_another_draw");
    const timely = dayOf(drawn.time) <= verdict.date && verdict.date <= dayOf(entry.time);
    require(timely, "attestation_date");
    standing.delete(auditor.vkey);
    standing.set(auditor.vkey, { name: auditor.name, verdict });
  }
  const told = [...standing].map(([vkey, { name, verdict }]) => {
    const pinned = trust.auditors.some((each) => each.vkey === vkey);
    require(!pinned || !verdict.reasons.length, "trusted_auditor_refuses", { name, reason: verdict.reasons[0] ?? "" });
    const said = verdict.reasons.length ? `refused, ${verdict.reasons[0]!}` : "verified";
    return `${said} by ${name} (${pinned ? "pinned" : "not pinned"}), ${verdict.date}`;
  });
  return told.join("; ") || "no auditor has attested the draw yet";
}

function isRegistered(evidence: Evidence, vkey: string, before: number): boolean {
  let registered = false;
  for (const entry of evidence.entries.slice(0, before)) {
    if (entry.kind === REGISTERED && entry.body["vkey"] === vkey) registered = true;
    if (entry.kind === WITHDRAWN && entry.body["vkey"] === vkey) registered = false;
  }
  return registered;
}
