const CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** Return the unified social credit code that a text is, in capitals; null where its check character is not right. */
export function codeOf(text: string): string | null {
  const code = text.replace(/\s/g, "").toUpperCase();
  if (code.length !== 18) return null;
  const values = [...code].map((each) => CHARACTERS.indexOf(each));
  if (values.includes(-1)) return null;
  let sum = 0;
  let weight = 1;
  for (const value of values.slice(0, 17)) {
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return values[17] === (31 - (sum % 31)) % 31 ? code : null;
}

/** Whether a text looks as if it were meant as a code. */
export const looksLikeCode = (text: string): boolean => /^[0-9A-Z]{18}$/i.test(text.replace(/\s/g, ""));
