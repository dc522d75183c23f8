import { useState } from "react";
import { Button } from "react-aria-components";
import { Form, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Notice, Told, type Tone, When } from "../../../shared/parts/texts";
import { marks } from "../../../shared/marks";
import {
  AdministratorConfirmExpiryDocument,
  type AdministratorDocumentFragment,
  AdministratorExpiringDocument,
  AdministratorProposeExpiryDocument,
  AdministratorWithdrawExpiryDocument,
  type ExpiryState,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";

const SIZE = 50;
const TONES: Record<ExpiryState, Tone> = { DUE: "warning", PROPOSED: "strong", EXPIRED: "plain" };

export async function loader({ request }: LoaderFunctionArgs) {
  const state = (new URL(request.url).searchParams.get("state") || null) as ExpiryState | null;
  const [{ documents }, who] = await Promise.all([ask(AdministratorExpiringDocument, { ...windowOf(request, SIZE), filter: { state } }, { signal: request.signal }), session()]);
  return { documents, state, isAdministrator: who.signedIn && who.role === "administrator" };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.documents;
  const { documents, state, isAdministrator } = useLoaderData<typeof loader>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = documents?.nodes ?? [];
  const choose = (id: string, isChosen: boolean) => setChosen((before) => new Set(isChosen ? [...before, id] : [...before].filter((each) => each !== id)));
  const mayBeChosen = (each: AdministratorDocumentFragment) => isAdministrator && each.state !== "EXPIRED" && !each.needed;
  return (
    <Page title={told.title} lead={told.lead} crumbs={[[words.system.title, to("system")]]}>
      <section className="section">
        <Form className="filters screen-only" key={state}>
          <Choice label={words.state} name="state" defaultValue={state ?? ""} choices={[["", words.all], ...Object.entries(told.states)]} />
          <button className="button">{words.filter}</button>
        </Form>
        <Table
          caption={told.caption}
          rows={rows}
          keyOf={({ id }) => id}
          empty={told.empty}
          columns={[
            {
              name: told.kind,
              heads: true,
              cell: (each) => {
                const kind = told.kinds[each.kind] ?? each.kind;
                return mayBeChosen(each) ? (
                  <label className="check">
                    <input type="checkbox" checked={chosen.has(each.id)} onChange={(event) => choose(each.id, event.target.checked)} />
                    <span>
                      {kind} <span className="unseen">{each.boundBy.seq}</span>
                    </span>
                  </label>
                ) : (
                  kind
                );
              },
            },
            {
              name: told.boundBy,
              cell: ({ boundBy }) => (
                <>
                  {boundBy.seq} · <When at={boundBy.time} />
                </>
              ),
            },
            { name: told.dueOn, cell: ({ dueOn }) => (dueOn ? <When at={dueOn} /> : words.none) },
            { name: words.state, cell: ({ state }) => <Badge tone={TONES[state]}>{told.states[state]}</Badge> },
            {
              name: told.proposal,
              cell: ({ proposal, needed, expiredEntry }) => (
                <>
                  {needed?.message}
                  {proposal && (
                    <>
                      <Told text={proposal.by} />
                      {marks().colon}
                      <Told text={proposal.reason} />
                    </>
                  )}
                  {expiredEntry && <When at={expiredEntry.time} />}
                </>
              ),
            },
          ]}
        />
        {documents && <Pager info={documents.pageInfo} total={documents.totalCount} />}
      </section>
      {isAdministrator && chosen.size > 0 && <Steps chosen={rows.filter(({ id }) => chosen.has(id))} onDone={() => setChosen(new Set())} />}
    </Page>
  );
}

/** One proposes, another confirms: what is confirmed is gone for good. */
function Steps({ chosen, onDone }: { chosen: readonly AdministratorDocumentFragment[]; onDone: () => void }) {
  const words = useAdministratorWords();
  const told = words.documents;
  const proposing = useDoing();
  const doing = useDoing();
  const [asked, setAsked] = useState(false);
  const of = (state: ExpiryState) => chosen.filter((each) => each.state === state).map(({ id }) => id);
  const [due, proposed] = [of("DUE"), of("PROPOSED")];
  const confirm = async () => {
    if (await doing.run(AdministratorConfirmExpiryDocument, { documents: proposed })) onDone();
  };
  const withdraw = async () => {
    if (await doing.run(AdministratorWithdrawExpiryDocument, { documents: proposed })) onDone();
  };
  return (
    <section className="section">
      <h2>{told.chosen(chosen.length)}</h2>
      {due.length > 0 && (
        <ActionForm
          doing={proposing}
          submit={told.propose(due.length)}
          onSubmit={(given) => void proposing.run(AdministratorProposeExpiryDocument, { documents: due, reason: given["reason"]! }).then((done) => done && onDone())}
        >
          <TextInput label={told.reason} name="reason" lines={2} help={told.reasonHelp} isRequired />
        </ActionForm>
      )}
      {proposed.length > 0 && (
        <>
          {asked ? (
            <Notice live tone="bad" title={told.confirmAsked(proposed.length)}>
              <p>{told.confirmText}</p>
              <div className="actions">
                <Action doing={doing} tone="danger" onPress={() => void confirm()}>
                  {told.confirm}
                </Action>
                <Button className="button" onPress={() => setAsked(false)}>
                  {words.cancel}
                </Button>
              </div>
            </Notice>
          ) : (
            <div className="actions">
              <Button className="button danger" onPress={() => setAsked(true)}>
                {told.confirm}
              </Button>
              <Action doing={doing} onPress={() => void withdraw()}>
                {told.withdraw}
              </Action>
            </div>
          )}
          <Refusal refused={doing.refused} />
        </>
      )}
    </section>
  );
}
