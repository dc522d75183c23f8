/** The variables of a page of a list, from the address: `?after=` or `?before=` a cursor; `of` tells lists of one page apart. */
export function windowOf(request: Pick<Request, "url">, size: number, of = "") {
  const asked = new URL(request.url).searchParams;
  const before = asked.get(`${of}before`);
  return before === null ? { first: size, after: asked.get(`${of}after`), last: null, before: null } : { first: null, after: null, last: size, before };
}
