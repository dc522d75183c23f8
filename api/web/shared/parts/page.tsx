// What every page has: its title, where it stands, and what is shown where it cannot be.
import { type ReactNode, useEffect, useRef, useState } from "react";
import { isRouteErrorResponse, Link, useLocation, useNavigation, useRouteError } from "react-router";

import { AnswerError, OUTDATED, UNREACHED } from "../ask";
import { chooseLanguage, useLanguage } from "../language";
import { useSharedWords } from "../words";
import { Notice, shown, Told } from "./texts";

export interface PageParts {
  title: string;
  /** What the tab says; the title where nothing else is given. */
  tab?: string;
  lead?: ReactNode;
  crumbs?: readonly (readonly [string, string])[];
  actions?: ReactNode;
  children?: ReactNode;
}

/** A page's head and content. Whoever comes to it by a link inside is put at its title. */
export function Page({ title, tab, lead, crumbs = [], actions, children }: PageParts) {
  const words = useSharedWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const { key, pathname } = useLocation();
  useEffect(() => {
    if (key !== "default") heading.current?.focus({ preventScroll: true });
  }, [pathname, key]);
  return (
    <>
      <title>{shown(tab ?? title)}</title>
      <div className="page-head">
        {crumbs.length > 0 && (
          <nav className="crumbs" aria-label={words.crumbs}>
            <ol>
              {crumbs.map(([name, address]) => (
                <li key={address}>
                  <Link to={address}>{name}</Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1 ref={heading} tabIndex={-1}>
          <Told text={title} />
        </h1>
        {lead && <div className="lead">{lead}</div>}
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

/** The bar that tells that the next page is being read. */
export function Progress() {
  const words = useSharedWords();
  const busy = useNavigation().state !== "idle";
  return (
    <div className={busy ? "progress busy" : "progress"} role="status">
      {busy && <span className="unseen">{words.loading}</span>}
    </div>
  );
}

export const SkipLink = () => (
  <a className="skip" href="#content">
    {useSharedWords().skip}
  </a>
);

export function LanguageSwitch() {
  const words = useSharedWords();
  const other = useLanguage() === "en" ? "zh-CN" : "en";
  return (
    <button type="button" className="language" lang={other} onClick={() => chooseLanguage(other)}>
      {words.otherLanguage}
    </button>
  );
}

/** What is shown where a page's loader or its drawing failed. */
export function Fault() {
  const words = useSharedWords().faults;
  const again = useSharedWords().again;
  const error = useRouteError();
  if ((isRouteErrorResponse(error) && error.status === 404) || (error instanceof AnswerError && error.isMissing)) {
    return <Page title={words.missing} lead={error instanceof AnswerError && error.message ? error.message : words.missingText} />;
  }
  if (error instanceof AnswerError && error.codes.includes(UNREACHED)) {
    return <Unloaded />;
  }
  const lostPart = error instanceof TypeError && /module|import/i.test(error.message);
  if (lostPart || (error instanceof AnswerError && error.codes.includes(OUTDATED))) {
    return <Page title={words.outdated} lead={words.outdatedText} actions={<ReloadButton label={words.reload} />} />;
  }
  if (error instanceof AnswerError) {
    return (
      <Page title={error.message || words.unexpected} actions={<ReloadButton label={again} />}>
        <Notice tone="bad">{error.remedy ?? words.unexpectedText}</Notice>
      </Page>
    );
  }
  return <Page title={words.unexpected} lead={words.unexpectedText} actions={<ReloadButton label={words.reload} />} />;
}

/** What is shown where a page could not be read, or where its module did not come, of which React Router tells nothing. */
export function Unloaded() {
  const { faults, again } = useSharedWords();
  const [isStillAway, setStillAway] = useState(false);
  const reload = () => {
    setStillAway(false);
    void reloadOnceReached().then(() => setStillAway(true));
  };
  useEffect(() => {
    addEventListener("online", reload);
    return () => removeEventListener("online", reload);
  }, []);
  return (
    <Page
      title={faults.unreached}
      lead={faults.unreachedPage}
      actions={
        <button type="button" className="button" onClick={reload}>
          {again}
        </button>
      }
    >
      <p role="status">{isStillAway && faults.stillUnreached}</p>
    </Page>
  );
}

/** Load the page anew where the service answers; where it does not, the browser would put a page of its own in the place of this one. */
async function reloadOnceReached(): Promise<void> {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer && answer.status < 500) location.reload();
}

const ReloadButton = ({ label }: { label: string }) => (
  <button type="button" className="button" onClick={() => location.reload()}>
    {label}
  </button>
);

/** What is shown until the first page is there. */
export const Loading = () => <p className="loading">{useSharedWords().loading}</p>;
