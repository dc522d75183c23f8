import { useState } from "react";
import { Button, FileTrigger } from "react-aria-components";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Notice, Told } from "../../../shared/parts/texts";
import {
  AdministratorAddDepartmentDocument,
  AdministratorCloseDepartmentDocument,
  type AdministratorDepartmentFragment,
  AdministratorDepartmentsDocument,
  AdministratorImportDocument,
  AdministratorRenameDepartmentDocument,
  AdministratorReopenDepartmentDocument,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { jobIn, JobProgress, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { Action, ownOnes, Refusal } from "../../parts";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";

const SOURCE = "department";

export async function loader({ request }: LoaderFunctionArgs) {
  const { department } = await onlyFor("administrator");
  const [found, begun] = await Promise.all([ask(AdministratorDepartmentsDocument, {}, { signal: request.signal }), jobIn(request)]);
  return { ...found, own: department, begun };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.departments;
  const { departments, own } = useLoaderData<typeof loader>();
  const changeable = ownOnes(departments, own);
  const [changed, setChanged] = useState<string | null>(null);
  const chosen = departments.find(({ code }) => code === changed);
  return (
    <Page title={told.title} lead={told.lead}>
      <section className="section">
        <Table
          caption={told.caption}
          rows={departments}
          keyOf={({ code }) => code}
          columns={[
            { name: told.name, heads: true, cell: ({ name }) => <Told text={name} /> },
            { name: told.code, cell: ({ code }) => <code>{code}</code> },
            { name: words.state, cell: ({ isInUse }) => <Badge tone={isInUse ? "good" : "plain"}>{isInUse ? told.open : told.closed}</Badge> },
            {
              name: words.actions,
              cell: (each) =>
                changeable.includes(each) && (
                  <Button className="button" onPress={() => setChanged(each.code)} aria-label={told.changeOne(each.name)}>
                    {words.change}
                  </Button>
                ),
            },
          ]}
        />
      </section>
      {chosen && <Change key={`${chosen.code} ${chosen.version}`} department={chosen} onDone={() => setChanged(null)} />}
      {own === null && (
        <>
          <Add />
          <Import />
        </>
      )}
    </Page>
  );
}

function Change({ department: { code, name, isInUse, version }, onDone }: { department: AdministratorDepartmentFragment; onDone: () => void }) {
  const words = useAdministratorWords();
  const told = words.departments;
  const renaming = useDoing();
  const switching = useDoing();
  const switchOver = async () => {
    const which = { code, ifVersion: version };
    const done = isInUse ? await switching.run(AdministratorCloseDepartmentDocument, which) : await switching.run(AdministratorReopenDepartmentDocument, which);
    if (done) onDone();
  };
  return (
    <section className="section">
      <h2>{told.changeOne(name)}</h2>
      <ActionForm
        doing={renaming}
        submit={told.rename}
        onSubmit={(given) => void renaming.run(AdministratorRenameDepartmentDocument, { code, name: given["name"]!, ifVersion: version }).then((done) => done && onDone())}
      >
        <TextInput label={told.name} name="name" defaultValue={name} autoFocus isRequired />
      </ActionForm>
      <p className="help">{isInUse ? told.closeText : told.reopenText}</p>
      <div className="actions">
        <Action doing={switching} tone={isInUse ? "danger" : undefined} onPress={() => void switchOver()}>
          {isInUse ? told.close : told.reopen}
        </Action>
        <Button className="button" onPress={onDone}>
          {words.cancel}
        </Button>
      </div>
      <Refusal refused={switching.refused} />
    </section>
  );
}

function Add() {
  const told = useAdministratorWords().departments;
  const adding = useDoing();
  const [added, setAdded] = useState<string | null>(null);
  const add = async (given: Record<string, string>, form: HTMLFormElement) => {
    const done = await adding.run(AdministratorAddDepartmentDocument, { code: given["code"]!, name: given["name"]! });
    if (!done) return;
    setAdded(done.department?.name ?? "");
    form.reset();
  };
  return (
    <section className="section">
      <h2>{told.add}</h2>
      {added !== null && <Notice live tone="good" title={told.added(added)} />}
      <ActionForm doing={adding} submit={told.add} onSubmit={(given, form) => void add(given, form)}>
        <TextInput label={told.code} name="code" help={told.codeHelp} isRequired />
        <TextInput label={told.name} name="name" isRequired />
      </ActionForm>
    </section>
  );
}

function Import() {
  const told = useAdministratorWords().departments;
  const asking = useDoing();
  const { begun } = useLoaderData<typeof loader>();
  const { job, open } = useJobHere(begun, "IMPORT_FILE");
  const take = async (file: File) => {
    const done = await asking.run(AdministratorImportDocument, { file, source: SOURCE, strict: false });
    if (done?.job) open(done.job);
  };
  return (
    <section className="section">
      <h2>{told.import}</h2>
      <p className="help">{told.importText}</p>
      <FileTrigger acceptedFileTypes={[".csv", ".xlsx"]} onSelect={(files) => files?.[0] && void take(files[0])}>
        <Button className="button">
          {told.chooseFile}
        </Button>
      </FileTrigger>
      <p role="status">{asking.busy && told.uploading}</p>
      <Refusal refused={asking.refused} />
      {job && <JobProgress job={job} />}
    </section>
  );
}
