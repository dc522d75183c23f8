// What stands around every page of the public site.
import { type ReactNode, useEffect, useState } from "react";
import { Link, NavLink, ScrollRestoration, type ShouldRevalidateFunctionArgs, useLoaderData, useLocation, useOutlet } from "react-router";

import { Fault, LanguageSwitch, Progress, SkipLink, Unloaded } from "../shared/parts/page";
import { Notice, Told } from "../shared/parts/texts";
import { useSharedWords } from "../shared/words";
import { ShellDocument } from "../generated/site/graphql";
import { ask } from "./ask";
import { to } from "./paths";
import { useWords } from "./words";

export const loader = () => ask(ShellDocument, {});

/** The bureau's name is read anew where the language is, and not from page to page. */
export const shouldRevalidate = ({ currentUrl, nextUrl }: ShouldRevalidateFunctionArgs): boolean => currentUrl.href === nextUrl.href;

const MENU = ["findings", "campaigns", "plans", "notices", "figures", "ledger", "verify"] as const;

export function Shell() {
  const { bureau } = useLoaderData<typeof loader>();
  return (
    <Frame name={bureau.name}>
      {bureau.note && <Notice tone="warning">{bureau.note.text}</Notice>}
      {useOutlet() ?? <Unloaded />}
    </Frame>
  );
}

/** Where even the bureau cannot be asked, the frame still stands. */
export const ShellFault = () => (
  <Frame name="">
    <Fault />
  </Frame>
);

function Frame({ name, children }: { name: string; children: ReactNode }) {
  const words = useWords();
  return (
    <>
      <SkipLink />
      <header className="masthead">
        <div className="wide">
          <Link to={to("home")} className="brand">
            <span className="seal" aria-hidden="true">
              签
            </span>
            <span>
              <strong>{name ? <Told text={name} /> : words.bureau}</strong>
              <small>{words.site}</small>
            </span>
          </Link>
          <Menu />
          <LanguageSwitch />
        </div>
      </header>
      <Progress />
      <main id="content" className="wide" tabIndex={-1}>
        {children}
      </main>
      <Foot />
      <ScrollRestoration />
    </>
  );
}

function Menu() {
  const words = useWords();
  const { menu } = useSharedWords();
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  return (
    <nav className={open ? "menu open" : "menu"} aria-label={menu}>
      <button type="button" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>
        {menu}
      </button>
      <ul id="menu">
        {MENU.map((name) => (
          <li key={name}>
            <NavLink to={to(name)}>{words.menu[name]}</NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Foot() {
  const words = useWords().foot;
  return (
    <footer className="foot">
      <div className="wide">
        <div>
          <h2>{words.services}</h2>
          <ul>
            <li>
              <Link to={to("ask")}>{words.ask}</Link>
            </li>
            <li>
              <Link to={to("receipt")}>{words.receipt}</Link>
            </li>
            <li>
              <Link to={to("answers")}>{words.answers}</Link>
            </li>
          </ul>
        </div>
        <div>
          <h2>{words.data}</h2>
          <ul>
            <li>
              <Link to={to("data")}>{words.everything}</Link>
            </li>
            <li>
              <a href="/graphql">{words.api}</a>
            </li>
          </ul>
        </div>
        <div>
          <h2>{words.trust}</h2>
          <ul>
            <li>
              <Link to={to("verify")}>{words.verifyFile}</Link>
            </li>
            <li>
              <a href="/verify.mjs" download>
                {words.verifier}
              </a>
            </li>
          </ul>
        </div>
        <p>{words.promise}</p>
      </div>
    </footer>
  );
}
