import { useState } from "react";
import { Button } from "react-aria-components";
import { Link, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Digest, Facts, Notice, Told, When } from "../../../shared/parts/texts";
import {
  type AdministratorAuditorFragment,
  AdministratorRegisterAuditorDocument,
  AdministratorSystemDocument,
  type AdministratorSystemQuery,
  AdministratorWithdrawAuditorDocument,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { ActionForm } from "../parts";
import "../administrator.css";
import { useAdministratorWords } from "../words";

type System = NonNullable<AdministratorSystemQuery["system"]>;

export async function loader() {
  const [{ system, auditors }, who] = await Promise.all([ask(AdministratorSystemDocument, {}), session()]);
  if (!system) throw new Response(null, { status: 404 });
  return { system, auditors, isAdministrator: who.signedIn && who.role === "administrator" };
}

export function Component() {
  const told = useAdministratorWords().system;
  const { system, auditors, isAdministrator } = useLoaderData<typeof loader>();
  return (
    <Page
      title={told.title}
      lead={told.lead}
      actions={
        <>
          <Link className="button" to={to("documents")}>
            {told.documents}
          </Link>
          <Link className="button" to={to("workingDays")}>
            {told.workingDays}
          </Link>
          <button type="button" className="button" onClick={() => print()}>
            {told.print}
          </button>
        </>
      }
    >
      <section className="section">
        <Facts
          facts={[
            [told.version, system.version],
            [told.origin, <code>{system.origin}</code>],
            [told.signedSize, system.signedSize],
            [told.lastEntry, system.lastEntry && <When at={system.lastEntry.time} />],
          ]}
        />
      </section>
      <Keys system={system} />
      <Witnesses system={system} />
      <Auditors auditors={auditors} isAdministrator={isAdministrator} />
      <SettingsTable settings={system.settings} />
    </Page>
  );
}

const Named = ({ entry }: { entry: { seq: string; time: string } }) => (
  <>
    {entry.seq} · <When at={entry.time} />
  </>
);

function Keys({ system: { keys } }: { system: System }) {
  const words = useAdministratorWords();
  const told = words.system;
  return (
    <section className="section">
      <h2>{told.keys}</h2>
      <p className="help">{told.keysText}</p>
      <Table
        caption={told.keysCaption}
        rows={[...keys].reverse()}
        keyOf={({ verifierKey }) => verifierKey}
        columns={[
          { name: told.verifierKey, heads: true, cell: ({ verifierKey }) => <Digest value={verifierKey} /> },
          { name: told.since, cell: ({ namedEntry }) => <Named entry={namedEntry} /> },
          { name: told.until, cell: ({ endedEntry }) => (endedEntry ? <Named entry={endedEntry} /> : <Badge tone="good">{told.current}</Badge>) },
        ]}
      />
    </section>
  );
}

function Witnesses({ system }: { system: System }) {
  const words = useAdministratorWords();
  const told = words.system;
  if (system.witnessPolicy === null || system.witnessPolicy === undefined) {
    return (
      <section className="section">
        <h2>{told.witnesses}</h2>
        <Notice tone="warning" title={told.noWitnesses}>
          <p>{told.noWitnessesText}</p>
        </Notice>
      </section>
    );
  }
  return (
    <section className="section">
      <h2>{told.witnesses}</h2>
      <Notice tone={system.quorumMet ? "good" : "warning"} title={system.quorumMet ? told.quorumMet : told.quorumAwaited} />
      <Table
        caption={told.witnessesCaption}
        rows={system.witnesses}
        keyOf={({ verifierKey }) => verifierKey}
        columns={[
          { name: told.witness, heads: true, cell: ({ name }) => <Told text={name} /> },
          { name: told.verifierKey, cell: ({ verifierKey }) => <Digest value={verifierKey} short /> },
          { name: told.cosignedSize, numeric: true, cell: ({ cosignedSize }) => (cosignedSize === "0" ? words.none : cosignedSize) },
          { name: told.cosignedAt, cell: ({ cosignedAt }) => (cosignedAt ? <When at={cosignedAt} /> : words.none) },
          { name: words.state, cell: ({ awaited }) => <Badge tone={awaited ? "warning" : "good"}>{awaited ? told.awaited : told.enough}</Badge> },
        ]}
      />
      <details className="screen-only">
        <summary>{told.policy}</summary>
        <pre tabIndex={0}>{system.witnessPolicy}</pre>
      </details>
    </section>
  );
}

function Auditors({ auditors, isAdministrator }: { auditors: readonly AdministratorAuditorFragment[]; isAdministrator: boolean }) {
  const words = useAdministratorWords();
  const told = words.system;
  const registering = useDoing();
  const withdrawing = useDoing();
  const [asked, setAsked] = useState<AdministratorAuditorFragment | null>(null);
  const register = async (given: Record<string, string>, form: HTMLFormElement) => {
    if (await registering.run(AdministratorRegisterAuditorDocument, { verifierKey: given["verifierKey"]!.trim() })) form.reset();
  };
  const withdraw = async ({ verifierKey }: AdministratorAuditorFragment) => {
    if (await withdrawing.run(AdministratorWithdrawAuditorDocument, { verifierKey })) setAsked(null);
  };
  return (
    <section className="section">
      <h2>{told.auditors}</h2>
      <p className="help">{told.auditorsText}</p>
      <Table
        caption={told.auditorsCaption}
        rows={auditors}
        keyOf={({ id }) => id}
        empty={told.noAuditors}
        columns={[
          { name: told.auditor, heads: true, cell: ({ name }) => <Told text={name} /> },
          { name: told.verifierKey, cell: ({ verifierKey }) => <Digest value={verifierKey} short /> },
          { name: told.since, cell: ({ registeredEntry }) => <Named entry={registeredEntry} /> },
          {
            name: words.state,
            cell: (each) =>
              each.withdrawnEntry ? (
                <>
                  <Badge>{told.withdrawn}</Badge> <Named entry={each.withdrawnEntry} />
                </>
              ) : (
                <>
                  <Badge tone="good">{told.registered}</Badge>{" "}
                  {isAdministrator && (
                    <Button className="button screen-only" onPress={() => setAsked(each)} aria-label={`${told.withdraw} ${each.name}`}>
                      {told.withdraw}
                    </Button>
                  )}
                </>
              ),
          },
        ]}
      />
      {asked && (
        <Notice tone="warning" live title={told.withdrawAsked(asked.name)}>
          <p>{told.withdrawText}</p>
          <div className="actions">
            <Action doing={withdrawing} tone="danger" onPress={() => void withdraw(asked)}>
              {told.withdraw}
            </Action>
            <Button className="button" onPress={() => setAsked(null)}>
              {words.cancel}
            </Button>
          </div>
          <Refusal refused={withdrawing.refused} />
        </Notice>
      )}
      {isAdministrator && (
        <ActionForm doing={registering} submit={told.register} onSubmit={(given, form) => void register(given, form)}>
          <TextInput label={told.registerKey} name="verifierKey" help={told.registerHelp} autoComplete="off" isRequired />
        </ActionForm>
      )}
    </section>
  );
}

function SettingsTable({ settings }: { settings: System["settings"] }) {
  const words = useAdministratorWords();
  const told = words.system;
  return (
    <section className="section">
      <h2>{told.settings}</h2>
      <p className="help">{told.settingsText}</p>
      <Table
        caption={told.settingsCaption}
        rows={settings}
        keyOf={({ name }) => name}
        columns={[
          {
            name: told.setting,
            heads: true,
            cell: ({ name, description }) => (
              <>
                <code>{name}</code>
                <small className="description">
                  {description}
                </small>
              </>
            ),
          },
          { name: told.value, cell: ({ value, isSet }) => (value !== null && value !== undefined ? <code>{value || words.none}</code> : <Badge>{isSet ? told.isSet : told.notSet}</Badge>) },
          { name: told.by, cell: ({ isSet }) => (isSet ? told.byOperator : told.byDefault) },
        ]}
      />
    </section>
  );
}
