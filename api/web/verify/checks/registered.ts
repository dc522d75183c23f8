/** What registrations say (docs/draw.md, Frame), by the numbers of their codes. */
import { AlikeTexts } from "../ledger/alike_texts.ts";
import { Fault, saying } from "../ledger/fault.ts";
import { integersAt } from "../ledger/json.ts";
import { ByNumber, Numbers } from "../ledger/numbers.ts";
import type { Evidence } from "./evidence.ts";

/** What a draw asks of a registration. */
export interface Registration {
  readonly sector: string;
  readonly region: string;
  readonly status: string;
  /** "" where the register does not tell it. */
  readonly size: string;
}

export interface Register {
  /** What is registered of enterprises; those that are alike share one. */
  readonly told: readonly Registration[];
  /** By the number of a code the place of what its newest registration says in `told`, and one more; 0 for no code of the register. */
  readonly newest: ByNumber;
  /** How many codes are registered. */
  readonly size: number;
}

/** What the newest registration of each code said at the freeze. */
export const registeredAtFreeze = (evidence: Evidence): Register =>
  evidence.once("registered", () => registered(evidence, integersAt(evidence.sealed, "register")));

const [SECTOR, REGION, STATUS, SIZE] = [0, 1, 2, 3];

/** What the newest registration of each code says in some batches. */
export function registered(evidence: Evidence, seqs: readonly number[]): Register {
  const [told, newest] = [[] as Registration[], new ByNumber()];
  const contents = new AlikeTexts("sector", "region", "status", "scale");
  const [sectors, regions, statuses, sizes, alike] = [new Numbers(), new Numbers(), new Numbers(), new Numbers(), new Numbers()];
  const none = sizes.of(new Uint8Array(), 0, 0);
  const key = new Int32Array(4);
  const bytes = new Uint8Array(key.buffer);
  let size = 0;
  for (const seq of seqs) {
    evidence.rows(evidence.entries[seq]!, "batch", "record").read(["enterprise", "content"], (cells) => {
      contents.read(cells, 1);
      key[SECTOR] = contents.numberOf(SECTOR, sectors);
      key[REGION] = contents.numberOf(REGION, regions);
      key[STATUS] = contents.numberOf(STATUS, statuses);
      key[SIZE] = contents.has(SIZE) ? contents.numberOf(SIZE, sizes) : none;
      const place = alike.of(bytes, 0, bytes.length);
      if (place === told.length) {
        const [sector, region, status] = [sectors.text(key[SECTOR]!), regions.text(key[REGION]!), statuses.text(key[STATUS]!)];
        told.push({ sector, region, status, size: sizes.text(key[SIZE]!) });
      }
      const code = cells.numberOf(0, evidence.codes);
      if (!newest.get(code)) size++;
      newest.set(code, place + 1);
    });
  }
  return { told, newest, size };
}

/** What is registered of a code, by its number. */
export function registrationOf({ told, newest }: Register, evidence: Evidence, code: number): Registration {
  const place = newest.get(code);
  if (!place) throw new Fault(saying("not_registered", { code: evidence.codes.text(code) }));
  return told[place - 1]!;
}
