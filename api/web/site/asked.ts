// What addresses ask for: ahead of a page, and by the page, the same, or it is asked twice.
import { windowOf } from "../shared/windows";

/** The variables of a page of what is published of an enterprise. */
export const findingsOf = (code: string, request: Pick<Request, "url">) => ({ ...windowOf(request, 20), code });

/** Return the number that an address holds; throws that there is no such page where none of ours can be meant. */
export function numberIn(text: string | undefined): number {
  if (!/^\d{1,9}$/.test(text ?? "")) throw new Response(null, { status: 404 });
  return Number(text);
}
