// Shows a verification as it goes: each step in words, what was compared, the bytes on demand, and a verdict in a sentence.
import { useEffect, useRef, useState } from "react";

import { useLanguage } from "../language";
import { Badge, Lines, Notice, Told, When } from "../parts/texts";
import { keep, kept } from "../storage";
import type { Check } from "../../verify/verification.ts";
import type { Bytes, Seen, Task, Told as Heard } from "./telling";
import "./verifying.css";
import { useVerifyingWords } from "./words";
import { saidIn } from "./words/compared";
import { marks } from "../marks";

const SEEN = "qian.seen";
const KEYS = "qian.keys";

export interface Standing {
  state: "none" | "running" | "done" | "failed";
  checks: readonly Check[];
  bytes: Bytes;
  fault: Wrong | null;
  /** What the verdict is of, and when it was come to. */
  campaign: string;
  log: string;
  at: string;
}

/** What is wrong, in English, and in Chinese where there are words for it. */
interface Wrong {
  fault: string | null;
  zh: string | null;
}

const NOTHING: Standing = { state: "none", checks: [], bytes: {}, fault: null, campaign: "", log: "", at: "" };

const now = (): string => new Date().toISOString();

const STOPPED: Wrong = { fault: "the verification was stopped", zh: "核验已停止" };

/** Return how a verification stands, the function that begins one, and the one that stops it. */
export function useVerification(): readonly [Standing, (task: Task) => void, () => void] {
  const [standing, setStanding] = useState(NOTHING);
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);

  function begin(task: Task): void {
    worker.current?.terminate();
    setStanding({ ...NOTHING, state: "running" });
    const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.current = made;
    made.onmessage = ({ data: told }: MessageEvent<Heard>) => {
      if (told.kind === "check") setStanding((before) => ({ ...before, checks: [...before.checks, told.check] }));
      if (told.kind === "bytes") setStanding((before) => ({ ...before, bytes: told.bytes }));
      if (told.kind === "failed") setStanding((before) => ({ ...before, state: "failed", fault: told, at: now() }));
      if (told.kind === "done") {
        if (told.seen && task.kind === "public") remember(told.seen, task.seen);
        setStanding((before) => ({ ...before, state: "done", campaign: told.campaign, log: told.log, at: now() }));
      }
    };
    // Where the script itself did not come, nothing more is told of it.
    made.onerror = (event) => setStanding((before) => ({ ...before, state: "failed", fault: { fault: event.message || null, zh: null }, at: now() }));
    made.postMessage(task);
  }

  function stop(): void {
    worker.current?.terminate();
    setStanding((before) => (before.state === "running" ? { ...before, state: "failed", fault: STOPPED, at: now() } : before));
  }

  return [standing, begin, stop];
}

/** Return the checkpoint that this browser saw last; null where it keeps none that can be read. */
export function lastSeen(): Seen | null {
  try {
    return JSON.parse(kept("localStorage", SEEN) ?? "null") as Seen | null;
  } catch {
    return null;
  }
}

/** Keep a checkpoint in the place of the one that it was compared with; what another tab saw meanwhile must not be forgotten. */
function remember(now: Seen, compared: Seen | null): void {
  if (lastSeen()?.at === compared?.at) keep("localStorage", SEEN, JSON.stringify(now));
}

export const keptKeys = (): string => kept("localStorage", KEYS) ?? "";

export const keepKeys = (keys: string): void => keep("localStorage", KEYS, keys);

/** The keys that somebody pins by himself, as a file of keys has them; kept in this browser. */
export function PinnedKeys({ keys, onChange }: { keys: string; onChange: (keys: string) => void }) {
  const words = useVerifyingWords();
  return (
    <details className="pinned">
      <summary>{keys.trim() ? words.keysPinned : words.keys}</summary>
      <p className="help">{words.keysHelp}</p>
      <div className="field">
        <label htmlFor="keys">{words.keysLabel}</label>
        <textarea id="keys" rows={5} spellCheck={false} value={keys} onChange={(event) => onChange(event.target.value)} placeholder={'log = ["example.org/qian+…"]'} />
      </div>
    </details>
  );
}

/** What is wrong, in the reader's language where there are words for it. */
function Fault({ fault, zh }: Wrong) {
  const inChinese = useLanguage() === "zh-CN" && zh !== null;
  if (fault === null) return null;
  return (
    <p className="compared" lang={inChinese ? "zh-CN" : "en"}>
      {inChinese ? zh : fault}
    </p>
  );
}

/** What a check compared, which the verifier says in English where there are no other words for it. */
export function Compared({ text }: { text: string }) {
  const [said, language] = saidIn(useLanguage(), text);
  return (
    <p className="compared" lang={language}>
      {said}
    </p>
  );
}

export function Steps({ standing }: { standing: Standing }) {
  const words = useVerifyingWords();
  const { state, checks, bytes } = standing;
  if (!checks.length && state !== "running") return null;
  return (
    <section className="section" aria-busy={state === "running"}>
      <h2>{words.steps}</h2>
      <ol className="checks">
        {checks.map(({ name, compared, fault, zh }) => {
          const [title, meaning] = words.checks[name as keyof typeof words.checks] ?? [name, ""];
          return (
            <li key={name} className={fault === null ? "passed" : "failed"}>
              <p>
                <strong>{title}</strong> <Badge tone={fault === null ? "good" : "bad"}>{fault === null ? words.passed : words.failed}</Badge>
              </p>
              <p>{meaning}</p>
              {fault === null ? <Compared text={compared} /> : <Fault fault={fault} zh={zh} />}
              {bytes[name]?.length ? <Read name={name} title={title} parts={bytes[name]} /> : null}
            </li>
          );
        })}
        {state === "running" && <li className="waiting">{words.running}</li>}
      </ol>
    </section>
  );
}

const MOST_SHOWN = 200;

/** What a check read: as much as a page can show, and all of it as a file. */
function Read({ name, title, parts }: { name: string; title: string; parts: readonly string[] }) {
  const words = useVerifyingWords();
  return (
    <details>
      <summary>
        {words.bytes}
        <span className="unseen">{marks().colon}{title}</span>
      </summary>
      {parts.length > MOST_SHOWN && (
        <p>
          {words.notAll(MOST_SHOWN, parts.length)}{" "}
          <button type="button" className="button" onClick={() => saveAs(`${name.replaceAll(" ", "-")}.txt`, parts.join("\n"))}>
            {words.allBytes}
          </button>
        </p>
      )}
      <pre tabIndex={0}>{parts.slice(0, MOST_SHOWN).join("\n")}</pre>
    </details>
  );
}

function saveAs(name: string, text: string): void {
  const made = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href: made, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(made), 60_000); // the browser may still be reading it
}

/** The verdict in a plain sentence; `full` is one over a bundle, which shows all. */
export function Verdict({ standing, full }: { standing: Standing; full: boolean }) {
  const words = useVerifyingWords();
  const language = useLanguage();
  const { state, checks, fault } = standing;
  if (state === "none") return null;
  if (state === "running") return <Notice live tone="strong" title={words.running} />;
  const failed = checks.find((check) => check.fault !== null);
  if (state === "failed" || failed) {
    const [title] = failed ? (words.checks[failed.name as keyof typeof words.checks] ?? [failed.name]) : [words.nothing];
    return (
      <Notice live tone="bad" title={failed ? words.refused(checks.length, title) : title}>
        <Fault {...(failed ?? fault!)} />
        <p>{failed ? (failed.name === "file" ? words.noBundle : words.refusedText) : words.nothingText}</p>
        <Of standing={standing} />
      </Notice>
    );
  }
  const told = (name: string) => checks.find((check) => check.name === name)?.compared ?? "";
  const attested = told("attestations");
  const isDrawn = checks.some((check) => check.name === "names" || check.name === "findings");
  return (
    <Notice live tone="good" title={full ? words.verifiedFull(checks.length) : isDrawn ? words.verified(checks.length) : words.verifiedFrozen(checks.length)}>
      {!full && isDrawn && <p>{words.shown}</p>}
      {checks.some((check) => check.name === "draw") && <p>{words.shownFull}</p>}
      {/unverified/.test(told("signature")) && <p>{words.unpinned}</p>}
      {/none named/.test(told("witnesses")) && <p>{words.unwitnessed}</p>}
      {/no auditor/.test(attested) && <p>{words.notAttested}</p>}
      {attested && !/no auditor/.test(attested) && (
        <>
          <p>{words.attested}</p>
          <Lines text={saidIn(language, attested)[0]} />
        </>
      )}
      {!full && <p>{words.onlyAuditors}</p>}
      <Of standing={standing} />
    </Notice>
  );
}

/** Of what the verdict is, and of when: whoever keeps the page on paper has nothing else of it, and a bundle may be another bureau's. */
function Of({ standing: { campaign, log, at } }: { standing: Standing }) {
  const words = useVerifyingWords();
  return (
    <p className="help">
      {campaign && log && (
        <>
          {words.of(campaign)}
          <Told text={log} />
          {marks().parting}
        </>
      )}
      {words.at}
      {marks().colon}
      <When at={at} />
    </p>
  );
}
