// The vectors in docs/vectors, and what the module must refuse.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parseTrust, vectors as v, verifyBundle, verifyBundleBeside } from "../../dist/verify.mjs";

const MODULE = new URL("../../dist/verify.mjs", import.meta.url).href;
const folder = new URL("../../../../docs/vectors/", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder));
const given = JSON.parse(read("draw.json").toString());
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));

/** The slots that rows seal, one after the other. */
function sealed(rows) {
  const lines = rows.map((row, line) => `${v.canonical(["slot", { ...row, document: "d", line }])}\n`);
  return v.sealedSlots(new v.Rows("slot", "d", rows.length, Buffer.from(lines.join(""))), "").slots;
}

describe("the vectors in the text", () => {
  const texts = ["ledger.md", "draw.md"].map((name) => read(`../${name}`).toString());
  const told = Object.fromEntries([...texts.join("").matchAll(/^([a-z_0-9]+) ((?:[0-9a-f]{2})+)$/gm)].map(([, name, value]) => [name, value]));
  const raw = (name) => bytes(told[name]);
  const plain = (name) => Buffer.from(raw(name)).toString();
  const due = {
    row_digest: () => v.rowDigest(...JSON.parse(plain("row"))),
    document_commitment: () => v.documentCommitment(raw("document_salt"), raw("document")),
    leaf_0: () => v.leafHash(raw("entry_0")),
    leaf_1: () => v.leafHash(raw("entry_1")),
    root: () => v.rootOver([raw("entry_0"), raw("entry_1")]),
    slot: () =>
      sealed([{
        enterprise: plain("code"),
        stratum: plain("stratum"),
        ticket_key: told.ticket_key,
        identity_salt: told.id_salt,
        stratum_salt: told.stratum_salt,
        key_salt: told.key_salt,
      }]),
    party_commitment: () => v.partyCommitment(raw("party_salt"), plain("party"), raw("party_value")),
    ceremony_output: () => v.ceremonyOutput([raw("party_value"), raw("other_value")], ""),
    dice_output: () => v.ceremonyOutput([raw("party_value"), raw("other_value")], plain("fell")),
    numbers_output: () => v.sourcesOutput([plain("numbers")]),
    local_output: () => v.localOutput(raw("party_value")),
    round_message: () => v.roundMessage(1000, null),
    round_output: () => v.roundOutput(raw("round_signature")),
    chained_message: () => v.roundMessage(5347804, told.chained_previous),
    chained_output: () => v.roundOutput(raw("chained_signature")),
    seed: () => v.seedOf(raw("leaf_1"), raw("ceremony_output")),
    ticket: () => v.ticketOf(raw("seed"), raw("ticket_key")),
    match_seed: () => v.matchSeedOf(raw("seed"), raw("match_key")),
    positions_root: () => v.positionsRoot([1, 4, 6]),
    positions_file: () => v.H(v.canonical([1, 4, 6])),
  };
  for (const [name, compute] of Object.entries(due)) it(name, () => assert.equal(hex(compute()), told[name]));
  it("the signed checkpoint", () => {
    const { vkey } = JSON.parse(plain("entry_0")).body;
    const { checkpoint } = v.openCheckpoint(texts[0].split("```\n").at(-2), v.parseVkey(vkey), []);
    assert.deepEqual([checkpoint.size, hex(checkpoint.root)], [2, told.root]);
  });
});

describe("strata", () => {
  for (const [number, each] of given.strata.entries()) {
    const { scale, experience, sizes, excluded, limits, strata } = each;
    it(`${number} (${each.design?.kind ?? "rates by grade"}) are those of the vectors`, () => {
      const design = v.expecting(v.designOf(each), experience, scale);
      const cells = new Map(sizes.map((cell) => [v.labelOf(v.cellOf(cell)), cell.size]));
      assert.deepEqual(v.designStrata(design, scale, cells, excluded, v.limitsOf(limits)), strata);
    });
  }
  const [{ scale, sizes, limits }] = given.strata;
  const cells = new Map(sizes.map((cell) => [cell.grade, cell.size]));
  const rules = (...values) => values.map((value, at) => ({ grade: "ABCD"[at], visited: null, sector: "", region: "", value }));
  const plain = { floor: 1, months: 0, capacity: 0, greatest_error: 0, past: false, shrinkage: 20 };
  const refused = {
    "a rate of 0": { kind: "rates", rules: rules(0, 1, 1, 1) },
    "a rate of 10,000 in one rule": { kind: "rates", rules: rules(500, 500, 500, 10000) },
    "no rule for a grade": { kind: "rates", rules: rules(500, 500, 500) },
    "a count of all of one stratum": { kind: "counts", rules: rules(61, 1, 1, 1) },
    "a capacity below the floor": { kind: "proportional", rules: [], capacity: 2 },
    "a capacity that takes all": { kind: "proportional", rules: [], capacity: 111 },
    "a greatest error out of reach": { kind: "findings", rules: rules(500, 500, 500, 500), capacity: 20, greatest_error: 1 },
    "visits without months": { kind: "proportional", rules: [{ ...rules(0)[0], visited: true }], capacity: 20 },
  };
  for (const [what, design] of Object.entries(refused)) {
    it(`are refused for ${what}`, () => {
      const made = v.designOf({ design: { ...plain, ...design } });
      assert.throws(() => v.designStrata(made, scale, cells, 0, v.limitsOf(limits)));
    });
  }
});

describe("numbers", () => {
  const texts = ["", "9", "91", "样", ...Array.from({ length: 5000 }, (_, at) => `9113030${at % 7}PDY${at}`), "a\0b", "样例"];
  const numbers = new v.Numbers();
  const put = (text) => {
    const data = Buffer.from(`[${text}]`);
    return numbers.of(data, 1, data.length - 1);
  };

  it("are given to texts in the order in which they come, and found again", () => {
    assert.deepEqual(texts.map(put), [...texts.keys()]);
    assert.deepEqual(texts.map(put), [...texts.keys()]);
    assert.deepEqual(texts.map((text) => numbers.find(text)), [...texts.keys()]);
    assert.deepEqual([...texts.keys()].map((number) => numbers.text(number)), texts);
    assert.deepEqual([numbers.size, numbers.find("92"), numbers.find("a")], [texts.length, -1, -1]);
    assert.deepEqual([0, 1, 2].map((number) => numbers.beginning(number)), [-1, -1, 256 * 0x39 + 0x31]);
  });

  it("hold what is known by them, and 0 where nothing is", () => {
    const held = new v.ByNumber();
    for (const number of [0, 1023, 1024, 9999]) held.set(number, number + 1);
    assert.deepEqual([0, 1, 1023, 1024, 9998, 9999, 10 ** 6, -1].map((number) => held.get(number)), [1, 0, 1024, 1025, 0, 10000, 0, 0]);
  });
});

describe("inference", () => {
  for (const each of given.inference) {
    it(`from ${each.past.length} past campaigns has the worst case of the vectors`, () => {
      const riskier = v.riskierHalf(each.scale);
      const pasts = each.past.map(({ campaign, settled_by, strata, slots, drawn }) => ({
        id: campaign,
        settledBy: new Set(settled_by),
        strata: new Map(Object.entries(slots)),
        chances: v.chancesOf(strata),
        drawn: new Set(drawn),
      }));
      const planned = { id: "planned", settledBy: new Set(each.settled_by) };
      const members = each.members.map((member) => ({ ...member, riskier: riskier.has(member.grade) }));
      const { posterior, campaigns } = v.worstCase(planned, pasts, members, each.strata, each.frame_size);
      assert.deepEqual([[Number(posterior.over), Number(posterior.under)], campaigns], [each.worst, each.campaigns]);
    });
  }
});

describe("a day some months before", () => {
  const due = [["2026-11-23", 1, "2026-10-23"], ["2026-03-31", 1, "2026-02-28"], ["2024-03-31", 1, "2024-02-29"], ["2026-01-15", 120, "2016-01-15"]];
  for (const [day, months, before] of due) it(`${day} is ${before}`, () => assert.equal(v.monthsBefore(day, months), before));
});

describe("the frame", () => {
  it("has the slots and the root of the vectors", () => {
    assert.equal(hex(sealed(given.frame.slots)), given.frame.slots.map((row) => row.slot).join(""));
    assert.equal(hex(v.rootOver(given.frame.slots.map((row) => bytes(row.slot)))), given.frame.root);
  });
});

describe("hashes of many messages", () => {
  const texts = Array.from({ length: 300 }, (_, length) => "签a".repeat(length).slice(0, length));
  const lines = texts.map((text, line) => v.canonical(["text", { document: "d", line, text: text.repeat(1 + (line === 299) * 100) }]));
  const leaves = lines.map((line) => v.H("qian/row/v1", line));
  it("are those of each alone, whatever their lengths, and so are the roots over them", () => {
    for (const count of [0, 1, 2, 3, 5, 8, 299, 300]) {
      const rows = new v.Rows("text", "d", count, Buffer.from(lines.slice(0, count).map((line) => `${line}\n`).join("")));
      assert.equal(rows.check(), hex(v.rootOver(leaves.slice(0, count))));
    }
    const many = Array.from({ length: 2500 }, (_, at) => v.H(String(at)));
    assert.equal(v.rootOverHashes(Buffer.concat(many)), v.rootOver(many).reduce((text, byte) => text + String.fromCharCode(byte), ""));
  });
});

describe("the draw", () => {
  const { draw, frame } = given;
  const seed = v.seedOf(bytes(draw.leaf), bytes(draw.output));
  it("has the seed and the tickets of the vectors", () => {
    assert.equal(hex(seed), draw.seed);
    assert.deepEqual(frame.slots.map((row) => hex(v.ticketOf(seed, bytes(row.ticket_key)))), draw.tickets);
  });
  it("draws whom the vectors draw, with their reserves", () => {
    const column = (name) => frame.slots.map((row) => row[name]);
    const lots = { strata: column("stratum"), keys: bytes(column("ticket_key").join("")) };
    const found = v.drawFrom(seed, lots, draw.strata);
    assert.deepEqual(found.drawn, draw.drawn);
    assert.deepEqual(Object.fromEntries(found.reserves), draw.reserves);
    const positions = found.drawn.map((each) => each.position);
    assert.equal(hex(v.positionsRoot(positions)), draw.root);
    assert.equal(hex(v.H(v.canonical(positions))), draw.file);
  });
});

describe("beacons", () => {
  for (const { named, evidence, at, output } of given.beacons) {
    it(`${named.kind} ${output.slice(0, 8)} gives its output`, () => {
      const beacon = v.parseBeacon(named);
      assert.equal(hex(v.outputOf(beacon, evidence, Date.parse(at) / 1000)), output);
    });
    it(`${named.kind} ${output.slice(0, 8)} gives nothing before it is known`, () => {
      assert.throws(() => v.outputOf(v.parseBeacon(named), evidence, 0));
    });
  }
  it("a round of drand under another number is not signed", () => {
    const { evidence } = given.beacons.find((each) => each.named.kind === "drand");
    assert.equal(v.isSigned(v.QUICKNET, evidence), true);
    assert.equal(v.isSigned(v.QUICKNET, { ...evidence, round: evidence.round + 1 }), false);
  });
});

describe("matchings", () => {
  given.matchings.forEach((each, number) => {
    it(`${number} assigns whom the vectors assign`, () => {
      const seed = v.matchSeedOf(bytes(each.seed), bytes(each.match_key));
      assert.equal(hex(seed), each.match_seed);
      const found = v.matched(v.poolOf(each.pool), each.targets, seed, each.standing, new Set(each.barred));
      assert.deepEqual(found, each.assignments);
    });
  });
});

describe("models", () => {
  for (const { text, digest } of given.models) {
    it(`${digest.slice(0, 8)} has its digest`, () => assert.equal(v.parseModel(text).digest, digest));
  }
});

describe("canonical JSON", () => {
  const refused = ['{"a":1,"a":2}', '{"b":1,"a":2}', "[1, 2]", "1.0", "1e3", "-0", "01", "9007199254740992", '"\\u0041"', '"\\/"'];
  for (const text of [...refused, '"\\ud800"', '"\\u001F"', "[", '{"a"}', "tru", '"\u0001"', "", "[1]]", '{"\\ud83d\\ude00":1}']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => v.parseText(text)));
  }
  for (const text of ['{"a":[true,false,null],"b":{}}', '"\\u0001\\n\\"\\\\é签😀\u007f"', "-9007199254740991", "[]", '{"__proto__":{"a":1},"a":2}']) {
    it(`reads and writes ${text}`, () => assert.equal(v.canonical(v.parseText(text)), text));
  }
  it("refuses a nesting deeper than 100", () => {
    const nested = (depth) => "[".repeat(depth) + "]".repeat(depth);
    v.parseText(nested(100));
    assert.throws(() => v.parseText(nested(101)));
  });
});

describe("a bundle", () => {
  const data = read("campaign.bundle");
  const trust = parseTrust(read("trust.toml").toString());
  it("passes every check under the pinned keys", () => {
    const checks = verifyBundle(data, trust);
    assert.deepEqual(checks.filter((check) => check.fault !== null), []);
    assert.equal(checks.length, 30);
  });
  for (const absent of [["process", "Buffer"], ["process", "Buffer", "WebAssembly"]]) {
    it(`passes without ${absent.join(", ")}, as in a browser`, async () => {
      const kept = absent.map((name) => [name, globalThis[name]]);
      for (const name of absent) delete globalThis[name];
      try {
        const alone = await import(`../../dist/verify.mjs?without-${absent.length}`);
        const checks = alone.verifyBundle(Uint8Array.from(data), alone.parseTrust(new TextDecoder().decode(read("trust.toml"))));
        assert.deepEqual(checks.filter((check) => check.fault !== null), []);
      } finally {
        Object.assign(globalThis, Object.fromEntries(kept));
      }
    });
  }
  it("is told the same of by several threads, be it sound or not", async () => {
    const line = data.lastIndexOf("\n", data.length - 2) + 1;
    const cut = data.subarray(0, data.length - 1);
    const [altered, longer] = [Uint8Array.from(data), Buffer.concat([data, data.subarray(line)])];
    altered[line] ^= 1; // the bracket that every row begins with
    const within = [...["slot", "grade", "record"].map((table) => data.indexOf(`["${table}",`) + 20), data.indexOf('"values\\":[') + 12];
    const others = within.map((at) => Uint8Array.from(data, (byte, place) => (place === at ? byte ^ 1 : byte)));
    for (const each of [data, altered, cut, longer, data.subarray(0, 9), ...others]) {
      assert.deepEqual(await verifyBundleBeside(each, trust, MODULE), verifyBundle(each, trust));
    }
    assert.equal((await verifyBundleBeside(altered, trust, MODULE)).at(-1).name, "file");
  });
  it("fails in its signature under another key", () => {
    const other = parseTrust(JSON.stringify({ log: trust.auditors.map((each) => each.vkey) }));
    assert.equal(verifyBundle(data, other).at(-1).name, "signature");
  });
  it("fails where a byte is altered", () => {
    const altered = Uint8Array.from(data);
    altered[altered.length >> 1] ^= 1;
    assert.notEqual(verifyBundle(altered, trust).at(-1).fault, null);
  });
});

describe("a file of keys", () => {
  const [log] = parseTrust(read("trust.toml").toString()).log;
  for (const text of ["", 'log = []', 'log = ["x"]', `log = ["${log.vkey}"]\nmore = 1`, `log = ["${log.vkey.slice(0, -2)}A="]`, "log = ["]) {
    it(`is refused: ${JSON.stringify(text)}`, () => assert.throws(() => parseTrust(text)));
  }
});
