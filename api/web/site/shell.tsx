// What stands around every page of the public site.
import type { ReactNode } from "react";
import { Link, type ShouldRevalidateFunctionArgs, useLoaderData, useLocation, useOutlet } from "react-router";

import { Frame } from "../shared/parts/frame";
import { Fault, Unloaded } from "../shared/parts/page";
import { Notice, Told } from "../shared/parts/texts";
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
    <Around name={bureau.name}>
      {bureau.note && <Notice tone="warning">{bureau.note.text}</Notice>}
      {useOutlet() ?? <Unloaded />}
    </Around>
  );
}

/** Where even the bureau cannot be asked, the frame still stands. */
export const ShellFault = () => (
  <Around name="">
    <Fault />
  </Around>
);

function Around({ name, children }: { name: string; children: ReactNode }) {
  const words = useWords();
  const { pathname, search } = useLocation();
  return (
    <Frame
      home={to("home")}
      name={name ? <Told text={name} /> : words.bureau}
      about={words.site}
      menu={MENU.map((each) => [to(each), words.menu[each]] as const)}
      foot={<Foot />}
    >
      <p className="letterhead">
        <strong>{name ? <Told text={name} /> : words.bureau}</strong>
        <span>{location.origin + pathname + search}</span>
      </p>
      {children}
    </Frame>
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
