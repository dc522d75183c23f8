/** Slots and what opens them (docs/ledger.md, Commitments and hashes). */
import { utf8 } from "../ledger/bytes.ts";
import type { Cells } from "../ledger/cells.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { end, hashRow, LONGEST, memory, messages, OWN } from "../ledger/hash_batches.ts";
import type { Rows } from "../ledger/rows.ts";
import { H } from "../ledger/sha256.ts";

export const identityCommitment = (salt: Uint8Array, code: string): Uint8Array => H("qian/id/v1", salt, code);
export const slotOf = (identity: Uint8Array, stratum: Uint8Array, key: Uint8Array): Uint8Array =>
  H("qian/slot/v1", identity, stratum, key);

const CODE = /^[0-9A-Za-z]{18}$/;
const HASH = 32;
const [IDENTITY, STRATUM, TICKET_KEY, SLOT] = ["qian/id/v1", "qian/stratum/v1", "qian/key/v1", "qian/slot/v1"].map(utf8) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
/** So many slots are sealed together: their messages of two blocks each, then their hashes. */
const AT_ONCE = 256;
const SEALED = OWN + 128 * AT_ONCE;
const NAMES = ["enterprise", "identity_salt", "stratum", "stratum_salt", "key_salt", "ticket_key", "position", "campaign"];
const [CODE_CELL, IDENTITY_SALT, LABEL, STRATUM_SALT, KEY_SALT, KEY_CELL, POSITION, CAMPAIGN] = [0, 1, 2, 3, 4, 5, 6, 7];

export interface Sealed {
  /** 32 bytes each, one after the other. */
  readonly slots: Uint8Array;
  /** The first position whose row tells another position or campaign. */
  readonly misplaced: number | null;
}

/** The slots that the rows of table `slot` of a campaign seal. */
export function sealedSlots(rows: Rows, campaign: string): Sealed {
  let misplaced: number | null = null;
  const slots = new Uint8Array(HASH * rows.most);
  const labels = new Map<string, Uint8Array>();
  for (let at = 0; at < AT_ONCE; at++) {
    memory.set(SLOT, OWN + 128 * at);
    end(OWN + 128 * at, SLOT.length + 3 * HASH, 2);
  }
  messages.start();
  rows.read(NAMES, (cells, line) => {
    const at = line % AT_ONCE;
    const isPlaced = cells.value(POSITION) === line && cells.value(CAMPAIGN) === campaign;
    if (misplaced === null && !isPlaced) misplaced = line;
    seal(cells, OWN + 128 * at + SLOT.length, labels);
    if (at === AT_ONCE - 1) keep(slots, line - at, AT_ONCE);
  });
  const rest = rows.most % AT_ONCE;
  if (rest) keep(slots, rows.most - rest, rest);
  return { slots, misplaced };
}

/** Hash the first messages of slots, once what they are over is hashed. */
function keep(slots: Uint8Array, first: number, count: number): void {
  messages.finish();
  hashRow(OWN, count, 2, (at) => SEALED + HASH * at);
  slots.set(memory.subarray(SEALED, SEALED + HASH * count), HASH * first);
}

/** Have the three commitments of a row's slot written one after the other. */
function seal(cells: Cells, to: number, labels: Map<string, Uint8Array>): void {
  const code = cells.text(CODE_CELL);
  require(CODE.test(code), "code_form");
  let at = begun(IDENTITY, HASH + code.length, to);
  cells.hex(IDENTITY_SALT, HASH, memory, at);
  for (let i = 0; i < code.length; i++) memory[at + HASH + i] = code.charCodeAt(i);
  const name = cells.shared(LABEL);
  let label = labels.get(name);
  if (label === undefined) labels.set(name, (label = utf8(name)));
  if (STRATUM.length + HASH + label.length > LONGEST) {
    const salt = new Uint8Array(HASH);
    cells.hex(STRATUM_SALT, HASH, salt, 0);
    memory.set(H(STRATUM, salt, label), to + HASH);
  } else {
    at = begun(STRATUM, HASH + label.length, to + HASH);
    cells.hex(STRATUM_SALT, HASH, memory, at);
    for (let i = 0; i < label.length; i++) memory[at + HASH + i] = label[i]!;
  }
  at = begun(TICKET_KEY, 2 * HASH, to + 2 * HASH);
  cells.hex(KEY_SALT, HASH, memory, at);
  cells.hex(KEY_CELL, HASH, memory, at + HASH);
}

/** Begin a message with a tag; where what follows it begins. */
function begun(tag: Uint8Array, length: number, to: number): number {
  const at = messages.begin(tag.length + length, to);
  for (let i = 0; i < tag.length; i++) memory[at + i] = tag[i]!;
  return at + tag.length;
}

/** Ticket keys, as rows have them; one that is none is a fault of whoever asks for them. */
export class TicketKeys {
  private readonly keys: Uint8Array;
  private fault: unknown = null;

  constructor(count: number) {
    this.keys = new Uint8Array(HASH * count);
  }

  /** Read the one of a row. */
  read(cells: Cells, cell: number, line: number): void {
    if (this.fault) return;
    try {
      cells.hex(cell, HASH, this.keys, HASH * line);
    } catch {
      this.fault = this.faultOf(cells, cell);
    }
  }

  private faultOf(cells: Cells, cell: number): unknown {
    try {
      cells.text(cell);
      return new Fault(saying("ticket_key_form"));
    } catch (error) {
      return error;
    }
  }

  /** All of them, 32 bytes each, one after the other; throws Fault where one is none. */
  get all(): Uint8Array {
    if (this.fault) throw this.fault;
    return this.keys;
  }
}
