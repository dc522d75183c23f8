// What a record says, by the fields of its kind.
import { useLanguage } from "../../shared/language";
import { Facts, Told } from "../../shared/parts/texts";
import { dateIn } from "../../shared/times";
import { listed } from "../../shared/marks";
import { useWords } from "./words";

const AMOUNTS = new Set(["capital", "fine", "confiscated"]);
const PERSONS = new Set(["representative", "party"]);
const PSEUDONYM = /^[0-9a-f]{32}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const OPEN_END = "2099-12-31";

export function Content({ content }: { content: unknown }) {
  const words = useWords();
  const language = useLanguage();
  const said = (name: string, value: unknown): string => {
    if (Array.isArray(value)) return listed(value.map((each) => said(name, each)));
    const text = String(value);
    if (name === "results") return words.results[text] ?? text;
    if (name === "follow_up") return words.followUps[text] ?? text;
    if (AMOUNTS.has(name) && /^\d+$/.test(text)) return words.money(yuan(text));
    if (PERSONS.has(name)) return partyOf(text, words.enterprise.person);
    if (text === OPEN_END) return words.openEnd;
    return DATE.test(text) ? dateIn(language, text) : text;
  };
  const entries = Object.entries((content ?? {}) as Record<string, unknown>).filter(([, value]) => value !== null && value !== "");
  return <Facts facts={entries.map(([name, value]) => [words.fields[name] ?? name, <Told text={said(name, value)} />] as const)} />;
}

/** Name a party: of a person there is a pseudonym alone, of which the beginning is enough to tell one from another. */
export const partyOf = (party: string, person: string): string => (PSEUDONYM.test(party) ? `${person} ${party.slice(0, 6)}` : party);

/** Write fen as yuan, exactly. */
function yuan(fen: string): string {
  const padded = fen.padStart(3, "0");
  const whole = padded.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return padded.endsWith("00") ? whole : `${whole}.${padded.slice(-2)}`;
}
