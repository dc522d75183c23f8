// Working days, by which deadlines are counted: what is known of each year, and a year as the bureau was told of it.
import { useState } from "react";
import { useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Notice, Told, When } from "../../../shared/parts/texts";
import { today } from "../../../shared/clock";
import { AdministratorAddYearDocument, AdministratorYearsDocument, type AdministratorYearFragment } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { roleNow } from "../../session";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";

export async function loader({ request }: { request: Request }) {
  const [{ calendarYears }, role] = await Promise.all([ask(AdministratorYearsDocument, {}, { signal: request.signal }), roleNow()]);
  const years = [...(calendarYears ?? [])].sort((one, other) => other.year - one.year);
  return { years, isAdministrator: role === "administrator" };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.workingDays;
  const { years, isAdministrator } = useLoaderData<typeof loader>();
  return (
    <Page title={told.title} lead={told.lead}>
      <section className="section">
        <Table
          caption={told.caption}
          rows={years}
          keyOf={({ year }) => year}
          columns={[
            { name: told.year, heads: true, cell: ({ year }) => year },
            { name: told.toldBy, cell: ({ toldBy }) => <Badge tone={toldBy === "NOBODY" ? "warning" : "plain"}>{told.sources[toldBy]}</Badge> },
            { name: told.source, cell: ({ source, addedBy, addedAt }) => <><Told text={source} /> {addedAt && <small><Told text={addedBy} /> <When at={addedAt} /></small>}</> },
            { name: told.holidays, cell: ({ holidays }) => <Days days={holidays} /> },
            { name: told.workdays, cell: ({ workdays }) => <Days days={workdays} /> },
          ]}
        />
      </section>
      {isAdministrator && <Adding years={years} />}
    </Page>
  );
}

function Days({ days }: { days: readonly string[] }) {
  const told = useAdministratorWords().workingDays;
  if (!days.length) return told.none;
  return (
    <details>
      <summary>{told.days(days.length)}</summary>
      {days.join(" ")}
    </details>
  );
}

function Adding({ years }: { years: readonly AdministratorYearFragment[] }) {
  const told = useAdministratorWords().workingDays;
  const doing = useDoing();
  const [added, setAdded] = useState<number | null>(null);
  const add = async (given: Record<string, string>, form: HTMLFormElement) => {
    setAdded(null);
    const year = Number(given["year"]);
    const days = (name: string) => given[name]!.split(/[\s,，、]+/).filter(Boolean);
    const entered = { year, source: given["source"]!, holidays: days("holidays"), workdays: days("workdays") };
    const ifVersion = years.find((each) => each.year === year)?.version ?? 0;
    const done = await doing.run(AdministratorAddYearDocument, { year: entered, ifVersion });
    if (!done?.year) return;
    setAdded(done.year.year);
    form.reset();
  };
  return (
    <section className="section screen-only">
      <h2>{told.add}</h2>
      {added !== null && <Notice live tone="good" title={told.added(added)} />}
      <ActionForm doing={doing} submit={told.add} onSubmit={(given, form) => void add(given, form)}>
        <TextInput label={told.year} name="year" inputMode="numeric" pattern="[0-9]{4}" defaultValue={String(Number(today().slice(0, 4)) + 1)} isRequired />
        <TextInput label={told.source} help={told.sourceHelp} name="source" isRequired />
        <TextInput label={told.holidays} help={told.daysHelp} name="holidays" lines={4} isRequired />
        <TextInput label={told.workdays} help={told.workdaysHelp} name="workdays" lines={2} />
      </ActionForm>
    </section>
  );
}
