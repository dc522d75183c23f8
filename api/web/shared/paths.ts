// Links by the names of pages: an application's paths.json is the one list of its addresses, for router and service.

/** The names in a path that stand for something, such as `code` in /campaigns/:code. */
type Parameters<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Parameters<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Write a path's address: its parameters are encoded, and `query` may hold more. */
export function addressOf(path: string, parameters: Record<string, string | number> = {}, query: Record<string, string | undefined> = {}): string {
  const address = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
  const asked = new URLSearchParams(Object.entries(query).filter((each): each is [string, string] => Boolean(each[1]))).toString();
  return asked ? `${address}?${asked}` : address;
}

export type { Parameters };
