/** Reading a campaign's public side from a bureau's address, in a browser or in Node. */
import { textOf } from "./ledger/bytes.ts";
import { parseEntry } from "./ledger/entry.ts";
import { Fault, require, saying } from "./ledger/fault.ts";
import { has, integerAt, isObject, type Json, type JsonObject, listAt, member, object, objectAt, textAt, textsAt, truthAt } from "./ledger/json.ts";
import { CLOSED, DRAWN } from "./ledger/kinds.ts";
import { parseCheckpoint, unsigned } from "./ledger/note.ts";
import { instantOf } from "./ledger/time.ts";
import type { PublicSide, PublishedName } from "./public.ts";

const TILE = 256;
const PAGE = 100;
const NAMES = `query ($campaign: String!, $first: Int!, $after: String) {
  campaign(code: $campaign) {
    findings(first: $first, after: $after) {
      nodes { enterpriseCode position publishedAt opening { position size root slot salt sealed proof } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

type Fetch = (url: string, init?: { method: string; headers: Record<string, string>; body: string }) => Promise<Response>;

/** Read what anybody may of a campaign; names before the log, so that the log is no older than they. */
export async function readPublic(address: string, campaign: string, ask: Fetch = fetch): Promise<PublicSide> {
  const base = address.replace(/\/+$/, "");
  const names = await readNames(`${base}/graphql`, campaign, ask);
  const read = (path: string): Promise<Uint8Array | null> => part(`${base}/log/${path}`, ask);
  const note = await read("checkpoint");
  require(note !== null, "log_without_checkpoint");
  const checkpoint = textOf(note);
  const entries = await readEntries(parseCheckpoint(unsigned(checkpoint)).size, read);
  return { campaign, checkpoint, entries, files: await readFiles(entries, campaign, read), names };
}

async function part(url: string, ask: Fetch): Promise<Uint8Array | null> {
  const answer = await ask(url);
  if (answer.status === 404 || answer.status === 410) return null;
  require(answer.ok, "service_status", { url, status: answer.status });
  return new Uint8Array(await answer.arrayBuffer());
}

type Read = (path: string) => Promise<Uint8Array | null>;

async function readEntries(size: number, read: Read): Promise<string[]> {
  const entries: string[] = [];
  while (entries.length < size) {
    const number = entries.length / TILE;
    const width = Math.min(TILE, size - entries.length);
    const path = `tile/entries/${grouped(number)}`;
    const data = (width < TILE ? await read(`${path}.p/${width}`) : null) ?? (await read(path));
    require(data !== null, "log_file_missing", { path });
    const bundle = bundleOf(data);
    require(bundle.length >= width, "log_file_short", { path });
    entries.push(...bundle.slice(0, width));
  }
  return entries;
}

/** 1234067 is x001/x234/067. */
export function grouped(number: number): string {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let left = Math.floor(number / 1000); left > 0; left = Math.floor(left / 1000)) {
    groups.unshift(`x${String(left % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

function bundleOf(data: Uint8Array): string[] {
  const entries: string[] = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 2 + 256 * data[at]! + (data[at + 1] ?? 0);
    require(end <= data.length, "log_file_cut");
    entries.push(textOf(data.subarray(at + 2, end)));
    at = end;
  }
  return entries;
}

/** Read the files that the campaign's draw and close name. */
async function readFiles(entries: readonly string[], campaign: string, read: Read): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const marks = [DRAWN, CLOSED].map((kind) => `"kind":"${kind}"`);
  for (const text of entries.filter((each) => marks.some((mark) => each.includes(mark)))) {
    const entry = parseEntry(text);
    if (entry.subject !== campaign || ![DRAWN, CLOSED].includes(entry.kind)) continue;
    for (const value of Object.values(entry.body)) {
      if (!isObject(value) || !has(value, "file")) continue;
      const name = textAt(value, "file");
      const file = await read(`data/${name}`);
      if (file !== null) files.set(name, file);
    }
  }
  return files;
}

async function readNames(url: string, campaign: string, ask: Fetch): Promise<PublishedName[]> {
  const names: PublishedName[] = [];
  for (let after: Json = null; ; ) {
    const body = JSON.stringify({ query: NAMES, variables: { campaign, first: PAGE, after } });
    const answer = await ask(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const told = object((await answer.json()) as Json);
    if ("errors" in told) throw new Fault(saying("service_refuses", { message: textAt(listAt(told, "errors")[0], "message") }));
    const page: JsonObject = objectAt(objectAt(objectAt(told, "data"), "campaign"), "findings");
    names.push(...listAt(page, "nodes").map(nameOf));
    const info: JsonObject = objectAt(page, "pageInfo");
    if (!truthAt(info, "hasNextPage")) return names;
    after = member(info, "endCursor");
  }
}

function nameOf(node: Json): PublishedName {
  const opening = objectAt(node, "opening");
  const [stratum, key] = textsAt(opening, "sealed");
  require(stratum !== undefined && key !== undefined, "opening_incomplete");
  const told = {
    position: integerAt(opening, "position"),
    slots: integerAt(opening, "size"),
    root: textAt(opening, "root"),
    slot: textAt(opening, "slot"),
    identity_salt: textAt(opening, "salt"),
    stratum_commitment: stratum,
    key_commitment: key,
    proof: textsAt(opening, "proof"),
  };
  const publishedAt = instantOf(Date.parse(textAt(node, "publishedAt")) / 1000);
  return { enterprise: textAt(node, "enterpriseCode"), position: integerAt(node, "position"), publishedAt, opening: told };
}

