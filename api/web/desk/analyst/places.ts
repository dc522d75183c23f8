// Where in a model's text something is that the service names by its place, such as indicators[2].bins[0] or indicators.fines.

/** Return the line, from 1, that a fault's words or a remark's place lead to; null where they lead to none. */
export function lineOf(text: string, told: string): number | null {
  const lines = text.split("\n");
  const numbered = /\bline (\d+)/.exec(told);
  if (numbered) return Math.min(Number(numbered[1]), lines.length);
  if (/at end of document/.test(told)) return lines.length;
  const counted = /\b(\w+)\[(\d+)\](?:\.(\w+)\[(\d+)\])?/.exec(told);
  if (counted) return inLists(lines, counted[1]!, Number(counted[2]), counted[3], Number(counted[4]));
  const named = /^(\w+)\.([\w-]+)/.exec(told);
  if (!named) return null;
  const found = lines.findIndex((line) => new RegExp(`^\\s*(id|label)\\s*=\\s*["']${named[2]}["']`).test(line));
  return found === -1 ? null : found + 1;
}

function inLists(lines: readonly string[], list: string, place: number, inner: string | undefined, innerPlace: number): number | null {
  const heads = lines.flatMap((line, index) => (line.trim() === `[[${list}]]` ? [index] : []));
  const head = heads[place];
  if (head === undefined) return null;
  if (inner === undefined) return head + 1;
  const end = heads[place + 1] ?? lines.length;
  const begins = lines.findIndex((line, index) => index > head && index < end && new RegExp(`^\\s*${inner}\\s*=`).test(line));
  if (begins === -1) return head + 1;
  const entries = lines.flatMap((line, index) => (index >= begins && index < end && line.includes("{") ? [index] : []));
  return (entries[innerPlace] ?? begins) + 1;
}
