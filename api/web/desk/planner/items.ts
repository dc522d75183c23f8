// The list of inspection items that are in use, whole.
import { PlannerItemsDocument, type PlannerItemsQuery } from "../../generated/desk/graphql";
import { ask } from "../ask";

type Items = NonNullable<PlannerItemsQuery["items"]>["nodes"];

export async function allItems(signal: AbortSignal): Promise<Items> {
  const found: Items[number][] = [];
  let page = null as PlannerItemsQuery["items"];
  do {
    page = (await ask(PlannerItemsDocument, { after: page?.pageInfo.endCursor ?? null }, { signal })).items;
    found.push(...(page?.nodes ?? []));
  } while (page?.pageInfo.hasNextPage);
  return found;
}
