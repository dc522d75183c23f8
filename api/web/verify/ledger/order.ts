/** The order of texts by their code points, which is not that of JavaScript beyond the Basic Multilingual Plane. */
export function byText(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    let [a, b] = [one.charCodeAt(i), other.charCodeAt(i)];
    if (a === b) continue;
    if (a >= 0xd800 && b >= 0xd800) {
      if (a >= 0xe000) a -= 0x800;
      else a += 0x2000;
      if (b >= 0xe000) b -= 0x800;
      else b += 0x2000;
    }
    return a - b;
  }
  return one.length - other.length;
}

export const sorted = (texts: Iterable<string>): string[] => [...texts].sort(byText);
