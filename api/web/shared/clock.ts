// The service's clock, as the Date header of each answer tells it to the second: what decides is its time, not this machine's.
import { civilDate } from "./times";

let ahead = 0;

/** Learn from an answer that has just come how far the service's clock is ahead of this machine's. */
export function heard(answer: Response): void {
  const date = answer.headers.get("date");
  if (date !== null) ahead = Date.parse(date) - Date.now();
}

/** Return the service's present, in milliseconds; this machine's until the service was heard. */
export const serviceNow = (): number => Date.now() + ahead;

/** Return the civil date by the service's clock. */
export const today = (): string => civilDate(new Date(serviceNow()).toISOString());
