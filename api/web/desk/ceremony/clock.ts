// The service's clock: what decides is its time, not that of the machine at the wall.
import { useEffect, useState } from "react";

import type { Language } from "../../shared/language";

const EVERY = 1000;
const AGAIN = 60_000;
const DOOR = "/desk/session";

/** Return the service's present, in milliseconds, once a second; this machine's until the service was heard. */
export function useServiceClock(): number {
  const [ahead, setAhead] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ask = async () => {
      const before = Date.now();
      const date = await fetch(DOOR, { method: "HEAD" }).then(({ headers }) => headers.get("date"), () => null);
      if (date !== null) setAhead(Date.parse(date) - (before + Date.now()) / 2);
    };
    void ask();
    const asking = setInterval(() => void ask(), AGAIN);
    const ticking = setInterval(() => setNow(Date.now()), EVERY);
    return () => {
      clearInterval(asking);
      clearInterval(ticking);
    };
  }, []);
  return now + ahead;
}

/** Write how long something lasts as 1:02:03. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (each: number) => String(each).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Write an instant to the second, in the civil time of China. */
export const timeIn = (language: Language, now: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Shanghai", hourCycle: "h23" }).format(now);
