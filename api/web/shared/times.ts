// Instants are told in the civil time of China; civil dates are told as they are.
import type { Language } from "./language";

const ZONE = "Asia/Shanghai";

export function instantIn(language: Language, instant: string): string {
  const form: Intl.DateTimeFormatOptions = { dateStyle: "long", timeStyle: "short", timeZone: ZONE, hourCycle: "h23" };
  return new Intl.DateTimeFormat(language, form).format(new Date(instant));
}

export function dateIn(language: Language, date: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

/** Return the civil date of an instant. */
export function civilDate(instant: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date(instant));
}
