// A month with what is due on its days, and the same as a list.
import { Link, useSearchParams } from "react-router";

import { useLanguage } from "../shared/language";
import { Badge, Told, type Tone, When } from "../shared/parts/texts";
import { useWords } from "./words";
import "./calendar.css";

export interface Due {
  on: string;
  text: string;
  to?: string;
  tone?: Tone;
}

interface CalendarParts {
  today: string;
  dues: readonly Due[];
  /** Days off, and Saturdays and Sundays that are worked. */
  years: readonly { holidays: readonly string[]; workdays: readonly string[] }[];
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const textOf = (day: Date): string => day.toISOString().slice(0, 10);

/** The days of the weeks that a month touches, from Monday on. */
export function weeksOf(month: string): string[][] {
  const first = new Date(`${month}-01T00:00:00Z`);
  const day = new Date(first);
  day.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
  const weeks: string[][] = [];
  do {
    const week: string[] = [];
    for (let each = 0; each < 7; each += 1) {
      week.push(textOf(day));
      day.setUTCDate(day.getUTCDate() + 1);
    }
    weeks.push(week);
  } while (textOf(day).startsWith(month));
  return weeks;
}

/** The month so many months on. */
export function monthBeside(month: string, steps: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const count = year * 12 + number - 1 + steps;
  return `${String(Math.floor(count / 12)).padStart(4, "0")}-${String((count % 12) + 1).padStart(2, "0")}`;
}

export function Calendar({ today, dues, years }: CalendarParts) {
  const words = useWords().calendar;
  const language = useLanguage();
  const [asked] = useSearchParams();
  const wanted = asked.get("month") ?? "";
  const month = MONTH.test(wanted) ? wanted : today.slice(0, 7);
  const name = new Intl.DateTimeFormat(language, { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
  const holidays = new Set(years.flatMap((each) => each.holidays));
  const workdays = new Set(years.flatMap((each) => each.workdays));
  const isOff = (day: string) => holidays.has(day) || ([0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) && !workdays.has(day));
  const of = (day: string) => dues.filter((due) => due.on === day);
  const here = dues.filter((due) => due.on.startsWith(month)).sort((one, other) => one.on.localeCompare(other.on));
  const beside = (steps: number) => {
    const search = new URLSearchParams(asked);
    search.set("month", monthBeside(month, steps));
    return `?${search.toString()}`;
  };
  return (
    <div className="columns">
      <div>
        <div className="calendar-head">
          <Link to={beside(-1)} preventScrollReset>
            ← {words.before}
          </Link>
          <strong aria-live="polite">{name}</strong>
          <Link to={beside(1)} preventScrollReset>
            {words.after} →
          </Link>
        </div>
        <table className="calendar" aria-label={name}>
          <thead>
            <tr>
              {words.weekdays.map((each) => (
                <th key={each} scope="col">
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(month).map((week) => (
              <tr key={week[0]}>
                {week.map((day) => {
                  const due = of(day);
                  const marks = [day.startsWith(month) ? "" : "outside", day === today ? "today" : "", isOff(day) ? "off" : ""].filter(Boolean).join(" ");
                  return (
                    <td key={day} className={marks || undefined}>
                      <time dateTime={day} className="day" aria-current={day === today ? "date" : undefined}>
                        {Number(day.slice(8))}
                      </time>
                      {due.length > 0 && (
                        <Badge tone={due.some(({ tone }) => tone === "bad") ? "bad" : "warning"}>
                          {due.length}
                          <span className="unseen"> {words.dues}</span>
                        </Badge>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <h3>{words.listed(name)}</h3>
        {here.length === 0 ? (
          <p className="empty">{words.nothing}</p>
        ) : (
          <ol className="news">
            {here.map((due, place) => (
              <li key={`${due.on} ${place}`}>
                {due.to ? (
                  <Link to={due.to}>
                    <Told text={due.text} />
                  </Link>
                ) : (
                  <Told text={due.text} />
                )}
                <small>
                  <When at={due.on} /> {due.on < today && <Badge tone="bad">{words.over}</Badge>}
                </small>
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}
