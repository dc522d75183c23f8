// What comes next in a campaign, and the step by which its planner brings it about.
import { type ReactNode, useRef, useState } from "react";
import { Link } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Badge, Facts, Lines, Notice, Told, When } from "../../../shared/parts/texts";
import { listed, marks } from "../../../shared/marks";
import { type JobStandingFragment, PlannerCloseDocument, PlannerDrawDocument, PlannerFreezeDocument, PlannerMatchDocument } from "../../../generated/desk/graphql";
import { useDoing } from "../../doing";
import { hasEnded, JobProgress, useJobHere } from "../../jobs";
import { Action, Confirmed, faultAt, Refusal } from "../../parts";
import { to } from "../../paths";
import { type BeaconDraft, BeaconForm, beaconOf, NO_BEACON, several } from "../beacon_form";
import { useWords } from "../words";
import { type Campaign, isAhead, isAwaited, lacksValues, type Published } from "./standing";

export function Next({ campaign, begun }: { campaign: Campaign; begun: JobStandingFragment | null }) {
  const words = useWords().next;
  const doing = useDoing();
  const { code, state, published, plan } = campaign;
  const isList = plan.type === "SPECIAL" || plan.type === "SUPERIOR";
  let text: ReactNode = null;
  let step: ReactNode = null;
  if (state === "PLANNED") {
    return (
      <section className="section next" aria-labelledby="next">
        <h2 id="next">{words.title}</h2>
        <p>{isList ? words.plannedList : words.planned}</p>
        <div className="actions">
          <Link className="button" to={to("campaignPlan", { code })}>
            {words.change}
          </Link>
        </div>
        <Freeze code={code} begun={begun} />
      </section>
    );
  }
  if (state === "FROZEN") {
    const awaited = isAwaited(campaign, published!);
    text = awaited ? words.frozen : words.ready;
    step = (
      <Action doing={doing} tone={awaited ? undefined : "primary"} onPress={() => void doing.run(PlannerDrawDocument, { campaign: code })}>
        {words.draw}
      </Action>
    );
  } else if (state === "DRAWN" || state === "LISTED") {
    text = state === "DRAWN" ? words.drawn : words.listed;
    step = (
      <Action doing={doing} tone="primary" onPress={() => void doing.run(PlannerMatchDocument, { campaign: code })}>
        {words.match}
      </Action>
    );
  } else if (state === "MATCHED") {
    text = words.matched;
    step = (
      <>
        <Link className="button primary" to={to("campaignFindings", { code })}>
          {words.review}
        </Link>
        <Confirmed doing={doing} tone="danger" label={words.close} text={words.closeText} onConfirm={() => void doing.run(PlannerCloseDocument, { campaign: code })} />
      </>
    );
  } else if (state === "CLOSED") text = words.closed;
  else {
    text = published?.replacedBy ? words.replaced : words.voided;
    step = published?.replacedBy ? (
      <Link to={to("campaign", { code: published.replacedBy })}>{published.replacedBy}</Link>
    ) : (
      <Link className="button primary" to={to("newCampaign", {}, { like: code })}>
        {words.planAgain}
      </Link>
    );
  }
  return (
    <section className="section next" aria-labelledby="next">
      <h2 id="next">{words.title}</h2>
      <p>{text}</p>
      {state === "FROZEN" && <Awaited campaign={campaign} published={published!} />}
      {published?.voidReason && (
        <Notice tone="bad" title={words.voidReason}>
          <Lines text={published.voidReason} />
        </Notice>
      )}
      <Refusal refused={doing.refused} />
      {step && <div className="actions">{step}</div>}
    </section>
  );
}

function Awaited({ campaign, published: { beacon, witnesses } }: { campaign: Campaign; published: Published }) {
  const words = useWords();
  const own = words.beacon;
  const isComing = isAhead(beacon.notBefore);
  const missing = campaign.waitingFor ?? [];
  const isOver = Boolean(beacon.deadline) && !isAhead(beacon.deadline!);
  return (
    <div role="status">
      <Facts
        facts={[
          [own.decides, own.names[beacon.kind as keyof typeof own.names] ?? beacon.kind],
          [own.from, <><When at={beacon.notBefore} /> {isComing && <Badge tone="warning">{own.awaited}</Badge>}</>],
          [own.waitingFor, missing.length > 0 ? <><Told text={listed(missing)} /> <Badge tone={isOver ? "bad" : "warning"}>{isOver ? own.withheld : own.awaited}</Badge></> : null],
          [own.values, lacksValues(beacon) ? <Badge tone="warning">{own.awaited}</Badge> : null],
          [own.until, beacon.deadline && <When at={beacon.deadline} />],
          [
            own.witnessed,
            witnesses ? (
              witnesses.isMet ? (
                <Badge tone="good">{own.quorum}</Badge>
              ) : (
                <>
                  <Badge tone="warning">{own.awaited}</Badge> <Told text={listed(witnesses.awaited)} />
                  {marks().opening}
                  {own.witnessUntil} <When at={witnesses.latest} />
                  {marks().closing}
                </>
              )
            ) : (
              own.noWitnesses
            ),
          ],
        ]}
      />
    </div>
  );
}

function Freeze({ code, begun }: { code: string; begun: JobStandingFragment | null }) {
  const words = useWords().freeze;
  const doing = useDoing({ revalidates: false });
  const [draft, setDraft] = useState<BeaconDraft>(NO_BEACON);
  const [replaces, setReplaces] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const { job, open } = useJobHere(begun, "FREEZE_CAMPAIGN");
  const freeze = async () => {
    const payload = await doing.run(PlannerFreezeDocument, { campaign: code, beacon: beaconOf(draft), replaces: several(replaces) });
    if (payload?.job) open(payload.job);
  };
  return (
    <form className="form" ref={form} onSubmit={(event) => event.preventDefault()}>
      <h3>{words.title}</h3>
      <p className="help">{words.lead}</p>
      <BeaconForm draft={draft} onChange={setDraft} refused={doing.refused} />
      <TextInput label={words.replaces} help={words.replacesHelp} value={replaces} onChange={setReplaces} {...faultAt(doing.refused, "replaces")} />
      <Refusal refused={doing.refused} />
      {job && <JobProgress job={job} />}
      {(job === null || hasEnded(job)) && (
        <p>
          <Confirmed doing={doing} tone="primary" label={words.do} text={words.text} isReady={() => form.current!.reportValidity()} onConfirm={() => void freeze()} />
        </p>
      )}
    </form>
  );
}
