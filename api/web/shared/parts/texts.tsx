// Texts that others wrote, and values of the ledger.
import { type ReactNode, useState } from "react";

import { useLanguage } from "../language";
import { dateIn, instantIn } from "../times";
import { useSharedWords } from "../words";

// Marks that turn a line's direction, joiners of no width, and control characters: they can make a name look like another.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Return a text in which a character that cannot be seen is named by its code. */
export function shown(text: string): string {
  return text.replace(UNSEEN, (each) => `‹U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);
}

/** A text from outside, such as a name: it has a direction of its own, and nothing unseen in it. */
export const Told = ({ text }: { text: string }) => <bdi>{shown(text)}</bdi>;

/** A plain text in lines, as somebody typed it. */
export const Lines = ({ text }: { text: string }) => (
  <div className="lines" dir="auto">
    {text.split("\n").map((line, each) => (
      <p key={each}>{shown(line)}</p>
    ))}
  </div>
);

export function When({ at }: { at: string }) {
  const language = useLanguage();
  return <time dateTime={at}>{at.length === 10 ? dateIn(language, at) : instantIn(language, at)}</time>;
}

/** Bytes in hex, or another long word for machines: shortened to the eye where asked, whole to whoever copies it, and on paper. */
export function Digest({ value, short = false }: { value: string; short?: boolean }) {
  const words = useSharedWords();
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(value).then(() => setCopied(true));
  return (
    <span className="digest">
      {short && value.length > 16 ? (
        <code className="short" title={value}>
          {value.slice(0, 8)}…{value.slice(-4)}
        </code>
      ) : (
        <code title={value}>{value}</code>
      )}
      {navigator.clipboard && (
        <button type="button" className="copy" onClick={copy} aria-label={`${words.copy} ${value.slice(0, 8)}`}>
          {copied ? words.copied : words.copy}
        </button>
      )}
    </span>
  );
}

/** Names and values, as a list of definitions. Values that are null are left out. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="facts">
    {facts.map(
      ([name, value]) =>
        value !== null &&
        value !== undefined && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
    )}
  </dl>
);

export type Tone = "plain" | "good" | "bad" | "warning" | "strong";

export const Badge = ({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`badge ${tone}`}>{children}</span>
);

/** Something that must not be overlooked; `live` is read out when it appears. */
export const Notice = ({ tone = "plain", live = false, title, children }: { tone?: Tone; live?: boolean; title?: ReactNode; children?: ReactNode }) => (
  <div className={`notice ${tone}`} role={live ? (tone === "bad" ? "alert" : "status") : undefined}>
    {title && <p className="notice-title">{title}</p>}
    {children}
  </div>
);
