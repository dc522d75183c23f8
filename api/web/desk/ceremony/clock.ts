// The service's clock on the wall, and how it is written.
import { useEffect, useState } from "react";

import { heard, serviceNow } from "../../shared/clock";
import type { Language } from "../../shared/language";

const EVERY = 1000;
const AGAIN = 60_000;
const DOOR = "/desk/session";

/** Return the service's present, in milliseconds, once a second. */
export function useServiceClock(): number {
  const [now, setNow] = useState(serviceNow);
  useEffect(() => {
    const ask = () => void fetch(DOOR, { method: "HEAD" }).then(heard, () => null);
    ask();
    const asking = setInterval(ask, AGAIN);
    const ticking = setInterval(() => setNow(serviceNow()), EVERY);
    return () => {
      clearInterval(asking);
      clearInterval(ticking);
    };
  }, []);
  return now;
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
