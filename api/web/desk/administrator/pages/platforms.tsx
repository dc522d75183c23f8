import { useState } from "react";
import { Form, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Facts, Notice, Told, type Tone, When } from "../../../shared/parts/texts";
import {
  AdministratorAddPlatformDocument,
  AdministratorBacklogDocument,
  AdministratorCompletenessDocument,
  AdministratorPlatformsDocument,
  type AdministratorPlatformsQuery,
  AdministratorResendDocument,
  type DeliveryState,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { bracketed, listed, marks } from "../../../shared/marks";
import { jobIn } from "../../jobs";
import { Action, Refusal } from "../../parts";
import { type RoleName, session } from "../../session";
import { ByHand } from "../by_hand";
import { Completeness, type Months } from "../completeness";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";

const SIZE = 30;
const TONES: Record<DeliveryState, Tone> = { QUEUED: "warning", FAILED: "bad", DELIVERED: "good", REFUSED: "bad", EXPORTED: "strong", SUPERSEDED: "plain" };

type Platform = NonNullable<AdministratorPlatformsQuery["platforms"]>[number];
type Status = NonNullable<AdministratorPlatformsQuery["exchangeStatus"]>[number];

/** The platforms that were added: others are shipped, to begin with. */
const inUse = (platforms: readonly Platform[] | null | undefined) => (platforms ?? []).filter(({ addedBy }) => addedBy);

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const filter = { platform: asked.get("platform") || null, state: (asked.get("state") || null) as DeliveryState | null, onlyOverdue: asked.get("overdue") === "yes" };
  const who = await session();
  const isPlanner = who.signedIn && who.role === "planner";
  const [data, begun] = await Promise.all([ask(AdministratorPlatformsDocument, { ...windowOf(request, SIZE), filter, isPlanner }, { signal: request.signal }), jobIn(request)]);
  const complete = await Promise.all(
    inUse(data.platforms).map(async ({ name }) => [name, (await ask(AdministratorCompletenessDocument, { platform: name }, { signal: request.signal })).exchangeCompleteness ?? []] as const),
  );
  return { ...data, complete: new Map(complete), begun, filter, role: (who.signedIn ? who.role : "peer") satisfies RoleName, subject: who.signedIn ? who.subject : "" };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.platforms;
  const { platforms, exchangeStatus, complete, deliveries, exports, begun, filter, role, subject } = useLoaderData<typeof loader>();
  const held = inUse(platforms);
  return (
    <Page title={told.title} lead={told.lead}>
      {(platforms ?? []).map((platform) => (
        <OnePlatform
          key={`${platform.name} ${platform.digest}`}
          platform={platform}
          status={exchangeStatus?.find((each) => each.platform === platform.name)}
          months={complete.get(platform.name) ?? null}
          role={role}
          subject={subject}
        />
      ))}
      {exports && held.length > 0 && <ByHand platforms={held} exports={exports.nodes} begun={begun} />}
      <section className="section">
        <h2>{told.deliveries}</h2>
        <Form className="filters screen-only" key={JSON.stringify(filter)}>
          <Choice label={told.platform} name="platform" defaultValue={filter.platform ?? ""} choices={[["", words.all], ...(platforms ?? []).map(({ name, title }) => [name, title] as const)]} />
          <Choice label={words.state} name="state" defaultValue={filter.state ?? ""} choices={[["", words.all], ...Object.entries(told.states)]} />
          <Choice label={told.overdue} name="overdue" defaultValue={filter.onlyOverdue ? "yes" : ""} choices={[["", words.all], ["yes", told.onlyOverdue]]} />
          <button className="button">{words.filter}</button>
        </Form>
        <Table
          caption={told.caption}
          rows={deliveries?.nodes ?? []}
          keyOf={({ id }) => id}
          empty={told.empty}
          columns={[
            { name: told.number, numeric: true, heads: true, cell: ({ number }) => number },
            { name: told.platform, cell: ({ platform }) => <Told text={platform} /> },
            { name: told.kind, cell: ({ kind, operation }) => `${words.fileKinds[kind]}${operation === "WITHDRAW" ? bracketed(told.withdrawal) : ""}` },
            { name: told.enterprise, cell: ({ enterpriseCode }) => <code>{enterpriseCode}</code> },
            {
              name: words.state,
              cell: ({ state, overdue, refusal, export: batch }) => (
                <>
                  <Badge tone={TONES[state]}>{told.states[state]}</Badge> {overdue && <Badge tone="bad">{told.overdue}</Badge>} {refusal?.message}
                  {state === "EXPORTED" && <small className="code">{batch}</small>}
                </>
              ),
            },
            { name: told.due, cell: ({ due }) => <When at={due} /> },
            { name: told.deliveredAt, cell: ({ deliveredAt }) => (deliveredAt ? <When at={deliveredAt} /> : words.none) },
          ]}
        />
        {deliveries && <Pager info={deliveries.pageInfo} total={deliveries.totalCount} />}
      </section>
      {role === "administrator" && <Document title={told.add} version="0" subject={subject} draft="platform" begun="" />}
    </Page>
  );
}

interface OnePlatformParts {
  platform: Platform;
  status: Status | undefined;
  months: Months | null;
  role: RoleName;
  subject: string;
}

function OnePlatform({ platform, status, months, role, subject }: OnePlatformParts) {
  const words = useAdministratorWords();
  const told = words.platforms;
  const doing = useDoing();
  const [said, setSaid] = useState<string | null>(null);
  const backlog = async () => {
    setSaid(null);
    const done = await doing.run(AdministratorBacklogDocument, { platform: platform.name });
    if (done) setSaid(told.queued(done.count ?? 0));
  };
  const resend = async () => {
    setSaid(null);
    const done = await doing.run(AdministratorResendDocument, { platform: platform.name, numbers: null });
    if (done) setSaid(told.resent(done.count ?? 0));
  };
  return (
    <section className="section">
      <h2>
        <Told text={platform.title} />
      </h2>
      <Facts
        facts={[
          [told.kinds, listed(platform.kinds.map((each) => words.fileKinds[each]))],
          [told.way, platform.pushes ? told.pushes : told.byFile],
          [told.deadline, told.days(platform.deadline)],
          [told.since, <When at={platform.since} />],
          [told.legalBasis, <Told text={platform.legalBasis} />],
          [told.counts, status ? told.counted(status) : null],
          [told.last, status?.lastDeliveredAt && <When at={status.lastDeliveredAt} />],
        ]}
      />
      {months && <Completeness title={platform.title} months={months} />}
      {status && status.overdue > 0 && <Notice tone="bad" title={told.overdueOf(status.overdue)} />}
      {said !== null && <Notice live tone="good" title={said} />}
      <div className="actions screen-only">
        {(role === "administrator" || role === "planner") && platform.addedBy && (
          <Action doing={doing} onPress={() => void backlog()}>
            {told.backlog}
          </Action>
        )}
        {role === "planner" && status && status.refused > 0 && (
          <Action doing={doing} onPress={() => void resend()}>
            {told.resend}
          </Action>
        )}
      </div>
      <Refusal refused={doing.refused} />
      {role === "administrator" && (
        <details className="screen-only">
          <summary>
            {told.document}
            <span className="unseen">{marks().colon}{platform.title}</span>
          </summary>
          <Document title={told.addVersion} version={platform.addedBy ? platform.version : "0"} subject={subject} draft={`platform.${platform.name}`} begun={platform.text} />
        </details>
      )}
    </section>
  );
}

function Document({ title, version, subject, draft, begun }: { title: string; version: string; subject: string; draft: string; begun: string }) {
  const told = useAdministratorWords().platforms;
  const adding = useDoing();
  const { text, change, forget } = useDraft(subject, draft, begun);
  const [added, setAdded] = useState<string | null>(null);
  const add = async () => {
    const done = await adding.run(AdministratorAddPlatformDocument, { text, ifVersion: version });
    if (!done?.platform) return;
    setAdded(done.platform.name);
    forget();
  };
  const form = (
    <>
      {added !== null && <Notice live tone="good" title={told.added(added)} />}
      <ActionForm doing={adding} submit={title} onSubmit={() => void add()}>
        <TextInput label={told.document} name="text" value={text} onChange={change} lines={12} help={told.documentHelp} isRequired />
      </ActionForm>
    </>
  );
  if (begun) return form;
  return (
    <section className="section screen-only">
      <h2>{title}</h2>
      {form}
    </section>
  );
}
