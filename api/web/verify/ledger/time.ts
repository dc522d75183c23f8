/** Instants in UTC and civil days of Asia/Shanghai, which is eight hours ahead. */
import { Fault, saying } from "./fault.ts";

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const AHEAD = 8 * 3600;

/** An instant in Unix seconds. */
export function seconds(instant: string): number {
  const at = INSTANT.test(instant) ? Date.parse(instant) : NaN;
  if (Number.isNaN(at) || instantOf(at / 1000) !== instant) throw new Fault(saying("instant_form", { instant }));
  return at / 1000;
}

export const instantOf = (unix: number): string => new Date(unix * 1000).toISOString().replace(".000Z", "Z");

/** The civil day of an instant, YYYY-MM-DD. */
export const dayOf = (instant: string): string => instantOf(seconds(instant) + AHEAD).slice(0, 10);

/** A day's number, 1 January 1970 being 0; throws Fault for what is no date. */
export function dayNumber(day: string): number {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)) throw new Fault(saying("day_form", { day }));
  return seconds(`${day}T00:00:00Z`) / 86400;
}

/** The day n years later, 1 March for a 29 February that the year has not. */
export function yearsLater(day: string, years: number): string {
  dayNumber(day);
  const year = Number(day.slice(0, 4)) + years;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const rest = day.slice(4) === "-02-29" && !leap ? "-03-01" : day.slice(4);
  return `${String(year).padStart(4, "0")}${rest}`;
}
