/** The check that items, objects and frame agree (docs/draw.md, Items). */
import { canonical, parseText } from "../ledger/canonical.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { has, integersAt, type JsonObject, member, object, textAt, textsAt } from "../ledger/json.ts";
import type { Evidence } from "./evidence.ts";
import { tagsOf } from "./frame.ts";
import { importedBefore } from "./needed.ts";

const IN_USE = "有效";

export function items(evidence: Evidence): string {
  const { plan, sealed } = evidence;
  if (!has(sealed, "items")) return "not computed: the plan is of a version that sealed no items";
  const register = sealedRegister(evidence, "items", "item");
  const chosen = plan.items.map((code) => usable(code, register.get(code), plan.departments));
  for (const each of plan.participants) for (const code of each.items) usable(code, register.get(code), [each.department]);
  const asksTags = plan.meets.tags.length > 0 || chosen.some((item) => has(item, "tags"));
  if (asksTags) sealedBatches(evidence, "objects", "object");
  else require(!integersAt(sealed, "objects").length, "objects_unneeded");
  const tags = asksTags ? tagsOf(evidence) : new Map<string, ReadonlySet<string>>();
  const asked = chosen.map((item) => ({ sectors: new Set(textsAt(item, "sectors")), wanted: has(item, "tags") ? textsAt(item, "tags") : [] }));
  const without = new Set(asked);
  const seen = new Set<string>(); // millions of enterprises are of few sectors and tags
  const { sectors } = evidence.frame;
  sectors.forEach((sector, position) => {
    const held = tags.size ? tags.get(evidence.code(position)!) : undefined;
    const alike = held === undefined ? sector : JSON.stringify([sector, ...[...held].sort()]);
    if (seen.has(alike)) return;
    seen.add(alike);
    const matters = asked.filter(({ sectors: own, wanted }) => own.has(sector) && (!wanted.length || wanted.some((tag) => held?.has(tag))));
    require(matters.length > 0, "object_of_no_item", { code: evidence.code(position) });
    for (const item of matters) without.delete(item);
  });
  require(!without.size, "item_without_object");
  return `${chosen.length} items that may be planned, ${sectors.length} objects of them`;
}

/** Check that the sealed plan names all batches of a kind that stood at the freeze. */
function sealedBatches(evidence: Evidence, name: string, kind: string): ReturnType<typeof importedBefore> {
  const found = importedBefore(evidence.entries, evidence.frozen, kind);
  const agree = canonical(found.map((entry) => entry.seq)) === canonical(integersAt(evidence.sealed, name));
  require(agree, "batch_left_out", { name });
  return found;
}

/** The newest contents of a register by code. */
function sealedRegister(evidence: Evidence, name: string, kind: string): Map<string, JsonObject> {
  const newest = new Map<string, JsonObject>();
  for (const entry of sealedBatches(evidence, name, kind)) {
    for (const row of evidence.rows(entry, "batch", kind)) newest.set(textAt(row, "code"), object(parseText(String(member(row, "content")))));
  }
  return newest;
}

function usable(code: string, item: JsonObject | undefined, departments: readonly string[]): JsonObject {
  if (item === undefined) throw new Fault(saying("item_not_listed", { code }));
  require(has(item, "legal_basis") && textAt(item, "legal_basis").trim() !== "", "item_without_basis", { code });
  require(!has(item, "status") || item["status"] === IN_USE, "item_out_of_use", { code });
  require(departments.includes(textAt(item, "department")), "item_of_another_department", { code });
  return item;
}
