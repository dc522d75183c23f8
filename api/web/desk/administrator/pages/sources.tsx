import { useState } from "react";
import { Link, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Notice, Told, When } from "../../../shared/parts/texts";
import { AdministratorAddSourceDocument, AdministratorSourcesDocument, type AdministratorSourcesQuery } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { to } from "../../paths";
import { session } from "../../session";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";

type Pull = NonNullable<AdministratorSourcesQuery["sources"]>[number]["pull"];

export async function loader() {
  const [data, who] = await Promise.all([ask(AdministratorSourcesDocument, {}), session()]);
  return { ...data, isAdministrator: who.signedIn && who.role === "administrator", subject: who.signedIn ? who.subject : "" };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.sources;
  const { sources, unreadableSources, isAdministrator, subject } = useLoaderData<typeof loader>();
  return (
    <Page title={told.title} lead={told.lead}>
      {(unreadableSources ?? []).map((each) => (
        <Notice key={each.name} tone="bad" title={told.unreadable(each.name)}>
          <p>
            {each.refusal.message} {each.refusal.remedy}
          </p>
          <details>
            <summary>{told.text}</summary>
            <pre tabIndex={0}>{each.text}</pre>
          </details>
        </Notice>
      ))}
      <section className="section">
        <Table
          caption={told.caption}
          rows={sources ?? []}
          keyOf={({ id }) => id}
          columns={[
            {
              name: told.name,
              heads: true,
              cell: ({ name, title }) => (
                <>
                  <Link to={to("source", { name })}>
                    <Told text={title} />
                  </Link>
                  <small className="code">{name}</small>
                </>
              ),
            },
            { name: told.kind, cell: ({ kind }) => words.fileKinds[kind] },
            { name: told.version, cell: ({ version }) => <Told text={version} /> },
            { name: told.addedBy, cell: ({ addedBy }) => (addedBy ? <Told text={addedBy} /> : told.shipped) },
            { name: told.pull, cell: ({ pull }) => <PullState pull={pull} /> },
          ]}
        />
      </section>
      {isAdministrator && <Add subject={subject} />}
    </Page>
  );
}

export function PullState({ pull }: { pull: Pull }) {
  const told = useAdministratorWords().sources;
  if (!pull) return told.byHand;
  if (pull.refusal) {
    return (
      <>
        <Badge tone="bad">{told.failing(pull.failures)}</Badge> {pull.refusal.message}
      </>
    );
  }
  return pull.succeededAt ? <When at={pull.succeededAt} /> : <Badge>{told.never}</Badge>;
}

function Add({ subject }: { subject: string }) {
  const told = useAdministratorWords().sources;
  const adding = useDoing();
  const { text, change, forget } = useDraft(subject, "source");
  const [added, setAdded] = useState<string | null>(null);
  const add = async () => {
    const done = await adding.run(AdministratorAddSourceDocument, { text, ifVersion: "0" });
    if (!done?.source) return;
    setAdded(done.source.name);
    forget();
  };
  return (
    <section className="section screen-only">
      <h2>{told.add}</h2>
      {added !== null && <Notice live tone="good" title={told.added(added)} />}
      <ActionForm doing={adding} submit={told.add} onSubmit={() => void add()}>
        <TextInput label={told.document} name="text" value={text} onChange={change} lines={12} help={told.documentHelp} isRequired />
      </ActionForm>
    </section>
  );
}
