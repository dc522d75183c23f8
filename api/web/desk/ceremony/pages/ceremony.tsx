import "../ceremony.css";

import { type ReactNode, useEffect, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useLanguage } from "../../../shared/language";
import { Told, When } from "../../../shared/parts/texts";
import { CeremonyFollowsDocument, type CeremonyNowFragment, CeremonyStandsDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { follow } from "../../following";
import { to } from "../../paths";
import { publicPage } from "../../session";
import { lasting, timeIn, useServiceClock } from "../clock";
import { QrCode } from "../../../shared/parts/qr_code";
import { bracketed, listed } from "../../../shared/marks";
import { useFitted } from "../fitted";
import { seedOf } from "../seed";
import { useCeremonyWords } from "../words";

type Published = NonNullable<CeremonyNowFragment["published"]>;

/** More positions than these are too small to be read on a wall. */
const MOST_SHOWN = 400;
/** Milliseconds in which the drawn positions appear, one after another. */
const APPEARING = 4000;
const STEP = 40;
/** What marks the page while it fills a wall; see ceremony.css. */
const WALL = "wall";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const { campaign } = await ask(CeremonyStandsDocument, { code: params["code"]! }, { signal: request.signal });
  if (!campaign) throw new Response(null, { status: 404 });
  return campaign;
}

export function Component() {
  const words = useCeremonyWords();
  const first = useLoaderData<typeof loader>();
  const [campaign, isBroken] = useFollowed(first);
  const now = useServiceClock();
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.classList.add(WALL);
    return () => document.documentElement.classList.remove(WALL);
  }, []);
  useFitted(campaign, language, isBroken);
  const { code, published } = campaign;
  const verify = new URL(publicPage(`/campaigns/${encodeURIComponent(code)}/verify`), location.origin).href;
  const foot = (
    <footer>
      {published && (
        <figure>
          <QrCode text={verify} label={verify} />
          <figcaption>
            {words.verify}
            <small className="code">{verify}</small>
          </figcaption>
        </figure>
      )}
      <div className="fine">
        {published?.toBeTrusted.map(({ code: each, text }) => (
          <p key={each}>{text}</p>
        ))}
      </div>
      <nav className="screen-only" aria-label={words.back}>
        <button type="button" onClick={() => void document.documentElement.requestFullscreen()}>
          {words.whole}
        </button>
        <Link to={to("home")}>{words.back}</Link>
      </nav>
    </footer>
  );
  return (
    <div className="ceremony">
      <title>{words.tab(code)}</title>
      <header>
        <div>
          <h1>
            <Told text={campaign.plan.title} />
          </h1>
          <p>
            <span className="code">{code}</span> <Told text={listed(published?.departments.map(({ name }) => name) ?? [])} />
          </p>
        </div>
        <p className="clock">
          <small>{words.clock}</small>
          <time dateTime={new Date(now).toISOString()}>{timeIn(language, now)}</time>
        </p>
      </header>
      <div role="status">{isBroken && <p className="broken">{words.broken}</p>}</div>
      {published ? <Draw campaign={published} state={campaign.state} now={now} foot={foot} /> : <Before foot={foot} />}
    </div>
  );
}

/** The campaign as it is now, and whether nothing is heard of it. */
function useFollowed(first: CeremonyNowFragment): [CeremonyNowFragment, boolean] {
  const [campaign, setCampaign] = useState(first);
  const [isBroken, setIsBroken] = useState(false);
  const { code } = first;
  useEffect(() => {
    const left = new AbortController();
    void follow(CeremonyFollowsDocument, { code }, {
      pick: ({ draw }) => draw,
      onTold: setCampaign,
      ask: async (signal) => (await ask(CeremonyStandsDocument, { code }, { signal })).campaign ?? null,
      isLast: ({ state }) => state === "CLOSED" || state === "VOIDED",
      onBroken: setIsBroken,
      signal: left.signal,
    });
    return () => left.abort();
  }, [code]);
  return [campaign, isBroken];
}

function Before({ foot }: { foot: ReactNode }) {
  const words = useCeremonyWords();
  return (
    <div className="side">
      <div className="stage">
        <p className="large">{words.planned}</p>
        <p>{words.plannedText}</p>
      </div>
      {foot}
    </div>
  );
}

/** How far a step has come; `none`: there is no such step here. */
type Standing = "done" | "current" | "ahead" | "none";

interface DrawParts {
  campaign: Published;
  state: CeremonyNowFragment["state"];
  now: number;
  foot: ReactNode;
}

function Draw({ campaign, state, now, foot }: DrawParts) {
  const words = useCeremonyWords();
  const language = useLanguage();
  const { frozenEntry, drawnEntry, matchedEntry, witnesses, beacon } = campaign;
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  if (state === "LISTED") {
    return (
      <div className="side">
        <p className="stage large">{words.listed}</p>
        {foot}
      </div>
    );
  }
  const isDrawn = drawnEntry !== null && drawnEntry !== undefined;
  const isMatched = matchedEntry !== null && matchedEntry !== undefined;
  const isWitnessed = !witnesses || witnesses.isMet;
  const output = beacon.output ?? null;
  const revealed = beacon.parties.filter(({ revealedAt }) => revealedAt).length;
  const isRevealed = beacon.parties.length === revealed;
  const after = (isDone: boolean, isBeforeDone: boolean): Standing => (isDone ? "done" : isBeforeDone ? "current" : "ahead");
  return (
    <div className="draw">
      <ol className="steps" aria-label={words.steps}>
        <Step title={words.frozen} standing="done">
          <p>{words.frozenText(number(campaign.frameSize), number(campaign.toDraw))}</p>
          <Hex name={words.root} value={campaign.frameRoot} />
          <p className="fine">
            {words.entry(frozenEntry.seq)} <When at={frozenEntry.time} />
          </p>
        </Step>
        <Step title={words.witnessed} standing={witnesses ? after(isWitnessed, true) : "none"}>
          <Witnesses witnesses={witnesses} />
        </Step>
        <Step title={words.parties} standing={beacon.parties.length ? after(isRevealed || output !== null, isWitnessed) : "none"}>
          {beacon.parties.length ? <p>{words.revealed(revealed, beacon.parties.length)}</p> : <p>{words.noParties(words.beacons[beacon.kind] ?? beacon.kind)}</p>}
        </Step>
        <Step title={words.beacon} standing={after(output !== null, isWitnessed && isRevealed)}>
          <p>
            {words.beacons[beacon.kind] ?? beacon.kind} {beacon.round && words.round(beacon.round.number)}
          </p>
          {beacon.round?.signature && <Hex name={words.signed} value={beacon.round.signature} />}
          {output === null ? !beacon.round?.signature && <p className="fine">{words.notYet}</p> : <Hex name={words.decidedBy(words.beacons[beacon.decidedBy ?? beacon.kind] ?? "")} value={output} />}
        </Step>
        <Step title={words.seed} standing={after(output !== null, false)}>
          {output === null ? <p className="fine">{words.seedText}</p> : <Hex name={words.seedText} value={seedOf(frozenEntry.leafHash, output)} />}
        </Step>
        <Step title={words.drawn} standing={after(isDrawn, output !== null)}>
          {isDrawn && <p>{words.drawnText(number(campaign.drawnPositions.length))}</p>}
        </Step>
        <Step title={words.matched} standing={after(isMatched, isDrawn)}>
          {isMatched && <p>{words.matchedText(number(campaign.drawnPositions.length))}</p>}
        </Step>
      </ol>
      <div className="side">
        <div className="stage">
          {state === "VOIDED" && (
            <p className="broken">
              {words.voided} {campaign.voidReason && <Told text={campaign.voidReason} />}
            </p>
          )}
          {isDrawn ? <Positions positions={campaign.drawnPositions} isMatched={isMatched} /> : <Randomness beacon={beacon} now={now} />}
        </div>
        {foot}
      </div>
    </div>
  );
}

function Step({ title, standing, children }: { title: string; standing: Standing; children: ReactNode }) {
  const words = useCeremonyWords();
  return (
    <li className={standing} aria-current={standing === "current" ? "step" : undefined}>
      <h2>
        {title}
        <span className="unseen">{bracketed(words[standing])}</span>
      </h2>
      {children}
    </li>
  );
}

function Hex({ name, value }: { name: string; value: string }) {
  return (
    <p className="hex">
      <small>{name}</small>
      <code>{value}</code>
    </p>
  );
}

function Witnesses({ witnesses }: Pick<Published, "witnesses">) {
  const words = useCeremonyWords();
  if (!witnesses) return <p>{words.unwitnessed}</p>;
  const names = [...witnesses.policy.matchAll(/^witness (\S+) /gm)].map(([, name]) => name!);
  return (
    <>
      <ul className="plain">
        {names.map((name) => (
          <li key={name}>
            <Told text={name} /> {!witnesses.isMet && (witnesses.awaited.includes(name) ? words.awaited : words.cosigned)}
          </li>
        ))}
      </ul>
      <p className="fine">
        {witnesses.isMet ? words.quorum : <>{words.latest} <When at={witnesses.latest} /></>}
      </p>
    </>
  );
}

/** What decides, as it comes in: the parties' values, what is thrown, and how long is left. */
function Randomness({ beacon, now }: { beacon: Published["beacon"]; now: number }) {
  const words = useCeremonyWords();
  const fallen = beacon.throw;
  const left = Date.parse(beacon.deadline ?? beacon.notBefore) - now;
  return (
    <>
      {beacon.parties.length > 0 && (
        <ul className="parties">
          {beacon.parties.map(({ name, commitment, value }) => (
            <li key={name} className={value ? "done" : undefined}>
              <h2>
                <Told text={name} />
              </h2>
              <Hex name={words.commitment} value={commitment} />
              {value ? <Hex name={words.value} value={value} /> : <p className="large">{words.notRevealed}</p>}
            </li>
          ))}
        </ul>
      )}
      {fallen && (
        <div>
          <h2>{words.thrown}</h2>
          <p>
            <Told text={words.throwText(words.throws[fallen.what] ?? fallen.what, fallen.count, fallen.of)} /> {words.persons} <Told text={listed(fallen.persons)} />
          </p>
          {fallen.values && <p className="large">{fallen.values}</p>}
        </div>
      )}
      {beacon.sources.map(({ name, issue, publishedAt, values }) => (
        <div key={`${name} ${issue}`}>
          <h2>
            <Told text={`${name} ${issue}`} />
          </h2>
          {values ? <p className="large">{values}</p> : <p><When at={publishedAt} /></p>}
        </div>
      ))}
      {!beacon.output && <Countdown name={beacon.deadline ? words.countdown : words.untilBeacon} left={left} />}
      {!beacon.output && left <= 0 && beacon.parties.some(({ value }) => !value) && <p className="large">{words.withheld}</p>}
    </>
  );
}

function Countdown({ name, left }: { name: string; left: number }) {
  const words = useCeremonyWords();
  return (
    <p className="countdown" role="timer">
      <small>{name}</small>
      <strong>{left > 0 ? lasting(left) : words.over}</strong>
    </p>
  );
}

/** The drawn positions, appearing one after another; whose they are nobody here knows. */
function Positions({ positions, isMatched }: { positions: readonly number[]; isMatched: boolean }) {
  const words = useCeremonyWords();
  const language = useLanguage();
  const shown = positions.slice(0, MOST_SHOWN);
  const seen = useAppearing(shown.length);
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  return (
    <>
      <p className="large">{words.drawnText(number(positions.length))}</p>
      <ul className={isMatched ? "drawn-positions matched" : "drawn-positions"} aria-label={words.drawn}>
        {shown.map((position, place) => (
          <li key={position} className={place < seen ? undefined : "ahead"}>
            {position}
          </li>
        ))}
      </ul>
      {positions.length > shown.length && <p>{words.more(number(positions.length - shown.length))}</p>}
      <p>{words.sealed}</p>
    </>
  );
}

/** Return how many of some are to be seen by now; all at once where somebody wants no motion. */
function useAppearing(count: number): number {
  const [seen, setSeen] = useState(0);
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return setSeen(count);
    const each = Math.max(1, Math.ceil(count / (APPEARING / STEP)));
    const timer = setInterval(() => setSeen((before) => Math.min(count, before + each)), STEP);
    return () => clearInterval(timer);
  }, [count]);
  return seen;
}
