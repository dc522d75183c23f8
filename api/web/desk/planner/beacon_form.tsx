// Which randomness is to decide: asked for at a freeze, when an inspector is replaced, and when a replacement is confirmed.
import { Button } from "react-aria-components";

import { Choice, TextInput } from "../../shared/parts/fields";
import type { BeaconInput, CeremonyInput, DrandInput, FallbackInput, PublicNumbersInput } from "../../generated/desk/graphql";
import type { Refused } from "../../shared/refused";
import { faultAt } from "../parts";
import { instantOf } from "./parts";
import { useWords } from "./words";

interface Source {
  kind: string;
  issue: string;
  publishedAt: string;
}

/** What is typed of a beacon. */
export interface BeaconDraft {
  kind: "drand" | "sources" | "ceremony" | "local";
  chain: string;
  at: string;
  sources: Source[];
  parties: { name: string; commitment: string }[];
  deadline: string;
  throw: "none" | "dice" | "lots";
  count: string;
  of: string;
  persons: string;
  throwDeadline: string;
  fallback: "default" | "drand" | "sources";
}

const SOURCE: Source = { kind: "kl8", issue: "", publishedAt: "" };
const PARTY = { name: "", commitment: "" };

export const NO_BEACON: BeaconDraft = {
  kind: "drand",
  chain: "quicknet",
  at: "",
  sources: [SOURCE],
  parties: [PARTY, PARTY],
  deadline: "",
  throw: "none",
  count: "5",
  of: "6",
  persons: "",
  throwDeadline: "",
  fallback: "default",
};

/** Words of a field that takes several. */
export const several = (typed: string): string[] => typed.split(/[\s、，,;；]+/).filter(Boolean);

const drandOf = ({ chain, at }: BeaconDraft): DrandInput => ({ chain: chain.trim() || "quicknet", at: at ? instantOf(at) : null });
const sourcesOf = ({ sources }: BeaconDraft): PublicNumbersInput[] => sources.map((each) => ({ ...each, issue: each.issue.trim(), publishedAt: instantOf(each.publishedAt) }));

/** What the service is asked for; null: the operating system's randomness. */
export function beaconOf(draft: BeaconDraft): BeaconInput | null {
  if (draft.kind === "local") return null;
  if (draft.kind === "drand") return { drand: drandOf(draft) };
  if (draft.kind === "sources") return { sources: sourcesOf(draft) };
  const fallback: FallbackInput | null =
    draft.fallback === "default" ? null : draft.fallback === "drand" ? { drand: drandOf(draft) } : { sources: sourcesOf(draft) };
  const ceremony: CeremonyInput = {
    parties: draft.parties.map(({ name, commitment }) => ({ name: name.trim(), commitment: commitment.trim().toLowerCase() })),
    deadline: instantOf(draft.deadline),
    throw:
      draft.throw === "none"
        ? null
        : { what: draft.throw, count: Number(draft.count), of: Number(draft.of), persons: several(draft.persons), deadline: instantOf(draft.throwDeadline) },
    fallback,
  };
  return { ceremony };
}

interface BeaconFormParts {
  draft: BeaconDraft;
  onChange: (draft: BeaconDraft) => void;
  refused: Refused | null;
}

export function BeaconForm({ draft, onChange, refused }: BeaconFormParts) {
  const words = useWords().beacon;
  const set = (changes: Partial<BeaconDraft>) => onChange({ ...draft, ...changes });
  const isCeremony = draft.kind === "ceremony";
  return (
    <fieldset className="group">
      <legend>{words.which}</legend>
      <div>
        {(Object.entries(words.names) as [BeaconDraft["kind"], string][]).map(([kind, name]) => (
          <label className="check" key={kind}>
            <input type="radio" name="beacon" value={kind} checked={draft.kind === kind} onChange={() => set({ kind })} />
            <span>
              {name}
              <span className="help"> {words.about[kind]}</span>
            </span>
          </label>
        ))}
      </div>
      {draft.kind === "drand" && <DrandFields draft={draft} set={set} refused={refused} />}
      {draft.kind === "sources" && <SourceFields draft={draft} set={set} refused={refused} />}
      {isCeremony && (
        <>
          <Parties draft={draft} set={set} refused={refused} />
          <Moment label={words.deadline} value={draft.deadline} onChange={(deadline) => set({ deadline })} isRequired />
          <Choice label={words.throw} name="throw" value={draft.throw} onChange={(each) => set({ throw: each as BeaconDraft["throw"] })} choices={Object.entries(words.throws)} />
          {draft.throw !== "none" && (
            <div className="rows">
              <TextInput label={words.count} value={draft.count} onChange={(count) => set({ count })} inputMode="numeric" isRequired />
              <TextInput label={words.of} value={draft.of} onChange={(of) => set({ of })} inputMode="numeric" isRequired />
              <TextInput label={words.persons} value={draft.persons} onChange={(persons) => set({ persons })} isRequired />
              <Moment label={words.throwDeadline} value={draft.throwDeadline} onChange={(throwDeadline) => set({ throwDeadline })} isRequired />
            </div>
          )}
          <Choice
            label={words.fallback}
            name="fallback"
            value={draft.fallback}
            onChange={(each) => set({ fallback: each as BeaconDraft["fallback"] })}
            choices={Object.entries(words.fallbacks)}
          />
          {draft.fallback === "drand" && <DrandFields draft={draft} set={set} refused={refused} />}
          {draft.fallback === "sources" && <SourceFields draft={draft} set={set} refused={refused} />}
        </>
      )}
    </fieldset>
  );
}

interface FieldsParts {
  draft: BeaconDraft;
  set: (changes: Partial<BeaconDraft>) => void;
  refused: Refused | null;
}

function DrandFields({ draft, set, refused }: FieldsParts) {
  const words = useWords().beacon;
  return (
    <>
      <TextInput label={words.chain} value={draft.chain} onChange={(chain) => set({ chain })} {...faultAt(refused, "chain")} />
      <Moment label={words.at} help={words.atHelp} value={draft.at} onChange={(at) => set({ at })} />
    </>
  );
}

function SourceFields({ draft: { sources }, set, refused }: FieldsParts) {
  const words = useWords();
  const own = words.beacon;
  const change = (place: number, changes: Partial<Source>) => set({ sources: sources.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
  return (
    <>
      <ul className="rows">
        {sources.map((source, place) => (
          <li key={place}>
            <Choice label={own.source} name={`kind-${place}`} value={source.kind} onChange={(kind) => change(place, { kind })} choices={Object.entries(own.kinds)} />
            <TextInput label={own.issue} value={source.issue} onChange={(issue) => change(place, { issue })} isRequired {...faultAt(refused, place, "issue")} />
            <Moment label={own.publishedAt} value={source.publishedAt} onChange={(publishedAt) => change(place, { publishedAt })} isRequired />
            {sources.length > 1 && (
              <Button className="button" onPress={() => set({ sources: sources.filter((_, at) => at !== place) })}>
                {words.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Button className="button" onPress={() => set({ sources: [...sources, SOURCE] })}>
        {own.addSource}
      </Button>
    </>
  );
}

function Parties({ draft: { parties }, set, refused }: FieldsParts) {
  const words = useWords();
  const own = words.beacon;
  const change = (place: number, changes: Partial<(typeof parties)[number]>) =>
    set({ parties: parties.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
  return (
    <>
      <ul className="rows" aria-label={own.parties}>
        {parties.map((party, place) => (
          <li key={place}>
            <TextInput label={own.party} value={party.name} onChange={(name) => change(place, { name })} isRequired {...faultAt(refused, place, "name")} />
            <TextInput
              label={own.commitment}
              help={own.commitmentHelp}
              value={party.commitment}
              onChange={(commitment) => change(place, { commitment })}
              isRequired
              {...faultAt(refused, place, "commitment")}
            />
            {parties.length > 2 && (
              <Button className="button" onPress={() => set({ parties: parties.filter((_, at) => at !== place) })}>
                {words.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Button className="button" onPress={() => set({ parties: [...parties, PARTY] })}>
        {own.addParty}
      </Button>
    </>
  );
}

interface MomentParts {
  label: string;
  help?: string;
  value: string;
  onChange: (value: string) => void;
  isRequired?: boolean;
}

/** An instant, typed in the civil time of China. */
const Moment = (parts: MomentParts) => <TextInput {...parts} type="datetime-local" />;
