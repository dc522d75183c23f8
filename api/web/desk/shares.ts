// Shares as people read them, from whole numbers: nothing is rounded on the way.

/** A share in basis points, as percent. */
export const percent = (basisPoints: number): string => `${decimal(basisPoints, 2)} %`;

/** A share in millionths, as percent, without zeros that say nothing. */
export const percentOfMillionths = (millionths: number): string => `${decimal(millionths, 4).replace(/\.?0+$/, "")} %`;

/** A whole number of tenths, hundredths, … as a decimal number. */
export function decimal(count: number, places: number): string {
  const digits = String(Math.abs(count)).padStart(places + 1, "0");
  return `${count < 0 ? "−" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
