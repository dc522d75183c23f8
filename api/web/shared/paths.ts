// Links by the names of pages: an application's paths.json is the one list of its addresses, for router and service.

/** The names in a path that stand for something, such as `code` in /campaigns/:code. */
type Parameters<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Parameters<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Query = Record<string, string | undefined>;
type Rest<Path extends string> = [Parameters<Path>] extends [never]
  ? [parameters?: Record<string, never>, query?: Query]
  : [parameters: Record<Parameters<Path>, string | number>, query?: Query];

/** Return how an application writes the address of a page by its name: parameters are encoded, and a query may follow. */
export const linking =
  <Paths extends Record<string, string>>(paths: Paths) =>
  <Name extends keyof Paths>(name: Name, ...[parameters, query]: Rest<Paths[Name]>): string => {
    const given: Record<string, string | number> = parameters ?? {};
    const address = paths[name]!.replace(/:(\w+)/g, (_, each: string) => encodeURIComponent(String(given[each])));
    const asked = new URLSearchParams(Object.entries(query ?? {}).filter((each): each is [string, string] => Boolean(each[1]))).toString();
    return asked ? `${address}?${asked}` : address;
  };

/** Return which page an address opens, and what stands in it for the names in the page's path; null for none. */
export function opened<Paths extends Record<string, string>>(paths: Paths, pathname: string): { name: keyof Paths; parameters: Record<string, string> } | null {
  for (const [name, path] of Object.entries(paths)) {
    const found = new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/%]+)")}$`).exec(pathname);
    if (found) return { name, parameters: { ...found.groups } };
  }
  return null;
}
