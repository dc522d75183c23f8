/** Auditors' verdicts (docs/ledger.md, Attestations). */
import { unbase64, unhex } from "../ledger/bytes.ts";
import { require } from "../ledger/fault.ts";
import { dayNumber } from "../ledger/time.ts";
import { ED25519, openNote, type Verifier } from "../ledger/note.ts";

export interface Verdict {
  readonly origin: string;
  readonly campaign: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly frozen: Uint8Array;
  readonly drawn: Uint8Array;
  /** None where the draw was verified. */
  readonly reasons: readonly string[];
  readonly date: string;
}

const FORM = new RegExp(
  "^qian/verdict/v1\n([^\n]+)\ncampaign ([0-9]{4}-[0-9]{4,})\ntree ([1-9][0-9]{0,15}) ([A-Za-z0-9+/]{43}=)\n" +
    "frozen ([0-9a-f]{64})\ndrawn ([0-9a-f]{64})\nverdict (verified|refused)\n((?:reason [^\n]+\n)*)date ([0-9-]{10})\n$",
);

/** Open a verdict that one auditor's key, and no other, signed. */
export function openVerdict(note: string, auditor: Verifier): Verdict {
  require(auditor.type === ED25519, "auditor_key_type");
  const { text, lines } = openNote(note, [auditor]);
  require(lines === 1, "verdict_signatures");
  const found = FORM.exec(text);
  require(found !== null, "verdict_unreadable");
  const [, origin, campaign, size, root, frozen, drawn, said, lined, date] = found as unknown as string[];
  const reasons = lined!.split("\n").slice(0, -1).map((line) => line.slice("reason ".length));
  require((said === "refused") === reasons.length > 0 && reasons.length <= 10, "verdict_reasons");
  reasons.forEach(checkReason);
  dayNumber(date!);
  return {
    origin: origin!,
    campaign: campaign!,
    size: Number(size),
    root: unbase64(root!),
    frozen: unhex(frozen!),
    drawn: unhex(drawn!),
    reasons,
    date: date!,
  };
}

function checkReason(reason: string): void {
  const plain = [...reason].length <= 500 && reason === reason.trim() && !/[\p{C}\p{Z}]/u.test(reason.replaceAll(" ", ""));
  require(plain, "verdict_reason_text");
  for (let at = 0; at + 18 <= reason.length; at++) require(!isCode(reason.slice(at, at + 18)), "verdict_reason_names");
}

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** Tell whether 18 characters are a unified social credit code: of its alphabet, with its check character. */
export function isCode(text: string): boolean {
  let [sum, weight] = [0, 1];
  for (const character of text.slice(0, 17)) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return false;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return text.length === 18 && ALPHABET.indexOf(text[17]!) === (31 - (sum % 31)) % 31;
}
