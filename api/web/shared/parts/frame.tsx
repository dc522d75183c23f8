// What stands around every page of an application.
import { type ReactNode, useEffect, useState } from "react";
import { Link, NavLink, ScrollRestoration, useLocation } from "react-router";

import { useStale } from "../reading_anew";
import { refusalOf } from "../refused";
import { useSharedWords } from "../words";
import { LanguageSwitch, Progress, SkipLink } from "./page";
import { Notice } from "./texts";

interface FrameParts {
  /** Where the brand leads. */
  home: string;
  name: ReactNode;
  about: string;
  /** The addresses of the menu, each with its words. */
  menu: readonly (readonly [address: string, text: string])[];
  /** What stands beside the switch of languages. */
  beside?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}

export function Frame({ home, name, about, menu, beside, foot, children }: FrameParts) {
  return (
    <>
      <SkipLink />
      <header className="masthead">
        <div className="wide">
          <Link to={home} className="brand">
            <span className="seal" aria-hidden="true">
              签
            </span>
            <span>
              <strong>{name}</strong>
              <small>{about}</small>
            </span>
          </Link>
          {menu.length > 0 && <Menu menu={menu} home={home} />}
          {beside}
          <LanguageSwitch />
        </div>
      </header>
      <Progress />
      <main id="content" className="wide" tabIndex={-1}>
        <Stale />
        {children}
      </main>
      {foot}
      <ScrollRestoration />
    </>
  );
}

/** What is typed on the page is there still, though the page could not be read anew. */
function Stale() {
  const words = useSharedWords().faults;
  const fault = useStale();
  if (fault === null) return null;
  const { message, remedy } = refusalOf(fault, words);
  return (
    <Notice tone="warning" live title={message}>
      <p>{remedy}</p>
    </Notice>
  );
}

/** A menu of more entries has a line of its own. */
const MOST_BESIDE = 7;

function Menu({ menu, home }: Pick<FrameParts, "menu" | "home">) {
  const words = useSharedWords();
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  const long = menu.length > MOST_BESIDE ? " long" : "";
  return (
    <nav className={`menu${open ? " open" : ""}${long}`} aria-label={words.menu}>
      <button type="button" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>
        {words.menu}
      </button>
      <ul id="menu">
        {menu.map(([address, text]) => (
          <li key={address}>
            <NavLink to={address} end={address === home}>
              {text}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
