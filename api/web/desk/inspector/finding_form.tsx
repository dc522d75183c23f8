// Recording what a visit found: written down on this phone, and handed in at once or later.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useLanguage } from "../../shared/language";
import { Choice, TextInput } from "../../shared/parts/fields";
import { Notice, Told } from "../../shared/parts/texts";
import { instantIn } from "../../shared/times";
import type { SignedIn } from "../session";
import type { CheckReply, SignatureKind, VisitsChecklistFragment, VisitsOneFragment } from "../../generated/desk/graphql";
import { Pressed, Refusal } from "../parts";
import { FollowUpChoice, ResultChecks } from "../results";
import { type Account, asksForPosition, type Field, lacks } from "./account";
import { type Drafting, useDrafting } from "./drafting";
import { Photographs } from "./photograph_fields";
import { Section } from "../section";
import { SignaturePad } from "./signature_pad";
import type { Draft, Photo, Place } from "./store";
import { useInspectorWords } from "./words";

const LONGEST_FACTS = 4000;
const LONGEST_NAME = 200;
const LONGEST_REMARK = 1000;
/** Milliseconds until a position must be found. */
const PATIENCE = 20_000;
const REPLIES: readonly CheckReply[] = ["YES", "NO", "NOT_APPLICABLE"];
const WAYS: readonly SignatureKind[] = ["SIGNED", "REFUSED", "NOBODY_THERE"];

interface FormParts {
  user: SignedIn;
  place: Place;
  visit: VisitsOneFragment;
  checklist: readonly VisitsChecklistFragment[];
  draft: Draft | undefined;
  photos: readonly Photo[];
  /** Hand in what waits. */
  handIn: () => Promise<void>;
}

export function FindingForm({ user, place, visit, checklist, draft, photos, handIn }: FormParts) {
  const { form: words } = useInspectorWords();
  const drafting = useDrafting({ user, place, visit, checklist, draft, photos });
  const { account, state, refused, kept, change } = drafting;
  const [attempts, setAttempts] = useState(0);
  const [busy, setBusy] = useState(false);
  const lacking = attempts ? lacks(account) : [];
  const wrong = [...lacking, ...(refused?.path?.slice(0, 1) ?? [])];
  const told = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => told.current?.focus(), [attempts]);

  const submit = async () => {
    setAttempts(attempts + 1);
    if (lacks(account).length) return;
    setBusy(true);
    try {
      if (await drafting.finish()) await handIn();
    } finally {
      setBusy(false);
    }
  };

  if (state === "waiting") {
    return (
      <Section title={words.title}>
        <Notice tone="warning" live title={words.waiting}>
          <p>{words.waitingText}</p>
          <Button className="button" onPress={drafting.takeBack}>
            {words.takeBack}
          </Button>
        </Notice>
      </Section>
    );
  }
  const at = (field: Field) => wrong.includes(field) && <p className="fault">{words.lacks[field]}</p>;
  return (
    <Section title={visit.finding?.state === "RETURNED" ? words.again : words.title}>
      <div className="form" ref={form} tabIndex={-1}>
        <Refusal refused={refused} />
        <div>
          <TextInput label={words.visitedOn} type="date" value={account.visitedOn} onChange={(visitedOn) => change({ visitedOn })} isRequired />
          {at("visitedOn")}
        </div>
        {checklist.some(({ points }) => points.length > 0) && (
          <div>
            <h3>{words.checklist}</h3>
            {at("answers")}
            {checklist.map(
              ({ item, name, points }) =>
                points.length > 0 && (
                  <div className="points" key={item}>
                    <p>
                      <strong>
                        <Told text={name} />
                      </strong>{" "}
                      <span className="code">{item}</span>
                    </p>
                    {points.map((point) => (
                      <Point key={point} item={item} point={point} drafting={drafting} />
                    ))}
                  </div>
                ),
            )}
          </div>
        )}
        <fieldset className="points">
          <legend>{words.results}</legend>
          <p className="help">{words.resultsHelp}</p>
          {at("results")}
          <div>
            <ResultChecks results={account.results} onChange={(results) => change({ results })} />
          </div>
        </fieldset>
        <div>
          <FollowUpChoice label={words.followUp} value={account.followUp} unchosen={words.choose} onChange={(followUp) => change({ followUp })} />
          {at("followUp")}
        </div>
        {account.followUp === "CORRECTION" && (
          <div>
            <TextInput label={words.correctBy} type="date" value={account.correctBy} onChange={(correctBy) => change({ correctBy })} isRequired />
            {at("correctBy")}
          </div>
        )}
        <TextInput label={words.facts} help={words.factsHelp} lines={4} value={account.facts} onChange={(facts) => change({ facts })} maxLength={LONGEST_FACTS} />
        <TextInput label={words.measures} help={words.factsHelp} lines={3} value={account.measures} onChange={(measures) => change({ measures })} maxLength={LONGEST_FACTS} />
        <Signing drafting={drafting} subject={place.subject} fault={at("signature")} />
        <Photographs drafting={drafting} />
        {lacking.length > 0 && (
          <div ref={told} tabIndex={-1}>
            <Notice tone="bad" live title={words.lacking}>
              <p>{words.lackingText}</p>
              <ul>
                {lacking.map((field) => (
                  <li key={field}>{words.lacks[field]}</li>
                ))}
              </ul>
            </Notice>
          </div>
        )}
        <p className="help" role="status">
          {kept === "failed" ? <span className="fault">{words.unsaved}</span> : kept && words[kept]}
        </p>
        <div className="pickers">
          <Pressed tone="primary" busy={busy} onPress={() => void submit()}>
            {words.handIn}
          </Pressed>
          {kept && <Discarding discard={() => void drafting.discard().then(() => form.current?.focus())} />}
        </div>
      </div>
    </Section>
  );
}

/** A check point with its answer, and where the inspector stands if it asks for that. */
function Point({ item, point, drafting: { account, change } }: { item: string; point: string; drafting: Drafting }) {
  const words = useInspectorWords().form;
  const name = useId();
  const isThis = (each: Account["answers"][number]) => each.item === item && each.point === point;
  const answer = account.answers.find(isThis);
  const told = (changes: Partial<Account["answers"][number]>) =>
    change({ answers: account.answers.map((each) => (isThis(each) ? { ...each, ...changes } : each)) });
  return (
    <fieldset className="point">
      <legend>
        <Told text={point} />
      </legend>
      <div className="replies">
        {REPLIES.map((reply) => (
          <label className="check" key={reply}>
            <input type="radio" name={name} checked={answer?.reply === reply} onChange={() => told({ reply })} />
            {words.replies[reply]}
          </label>
        ))}
      </div>
      <TextInput label={words.remark} value={answer?.remark ?? ""} onChange={(remark) => told({ remark })} maxLength={LONGEST_REMARK} />
      {asksForPosition(point) && <Locating onLocated={(remark) => told({ remark })} />}
    </fieldset>
  );
}

function Locating({ onLocated }: { onLocated: (text: string) => void }) {
  const words = useInspectorWords().form;
  const language = useLanguage();
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const locate = () => {
    setState("busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        setState("idle");
        const time = instantIn(language, new Date(timestamp).toISOString());
        onLocated(words.located(coords.latitude.toFixed(5), coords.longitude.toFixed(5), Math.round(coords.accuracy), time));
      },
      () => setState("failed"),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    );
  };
  return (
    <>
      <p>
        <Pressed busy={state === "busy"} onPress={locate}>
          {state === "busy" ? words.locating : words.locate}
        </Pressed>
      </p>
      {state === "failed" && <Notice tone="warning" live>{words.notLocated}</Notice>}
    </>
  );
}

interface SigningParts {
  drafting: Drafting;
  subject: string;
  fault: ReactNode;
}

/** How the on-site record was signed; whoever wants draws the signatures, which are kept as evidence. */
function Signing({ drafting, subject, fault }: SigningParts) {
  const words = useInspectorWords().form;
  const { account, change, photos, add, remove } = drafting;
  const { signature } = account;
  const told = (changes: Partial<Account["signature"]>) => change({ signature: { ...signature, ...changes } });
  const pad = (shows: "enterprise_signature" | "inspector_signature", label: string, who: string) => {
    const held = photos.find((each) => each.shows === shows);
    return (
      <SignaturePad
        label={label}
        held={held?.file}
        onSigned={(file) => add({ shows, file, name: `${shows}.png`, note: words.signedFile(`${label} ${who}`.trim()) })}
        onCleared={() => held && remove(held.id)}
      />
    );
  };
  return (
    <fieldset className="points">
      <legend>{words.signature}</legend>
      <Choice label={words.how} name="how" value={signature.how} onChange={(how) => told({ how: how as SignatureKind })} choices={WAYS.map((way) => [way, words.ways[way]] as const)} />
      {signature.how === "SIGNED" ? (
        <TextInput label={words.by} value={signature.by} onChange={(by) => told({ by })} maxLength={LONGEST_NAME} isRequired />
      ) : (
        <TextInput label={words.reason} value={signature.reason} onChange={(reason) => told({ reason })} maxLength={LONGEST_REMARK} isRequired />
      )}
      {fault}
      <p className="help">{words.drawHelp}</p>
      {signature.how === "SIGNED" && pad("enterprise_signature", words.drawEnterprise, signature.by)}
      {pad("inspector_signature", words.drawInspector, subject)}
    </fieldset>
  );
}

/** Deleting a draft, which asks once more. */
function Discarding({ discard }: { discard: () => void }) {
  const words = useInspectorWords().form;
  return (
    <DialogTrigger>
      <Button className="button danger">{words.discard}</Button>
      <ModalOverlay className="overlay">
        <Modal className="modal">
          <Dialog>
            {({ close }) => (
              <>
                <Heading slot="title">{words.discard}</Heading>
                <p>{words.discardText}</p>
                <p className="pickers">
                  <Button
                    className="button danger"
                    onPress={() => {
                      close();
                      discard();
                    }}
                  >
                    {words.reallyDiscard}
                  </Button>
                  <Button className="button" onPress={close}>
                    {words.keep}
                  </Button>
                </p>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
