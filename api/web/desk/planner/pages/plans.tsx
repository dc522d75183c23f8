// The plan of a department's year: its versions and lines, how far each line has come, the next version, and its adoption.
import { useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Notice, Told, When } from "../../../shared/parts/texts";
import { today } from "../../../shared/clock";
import {
  type CampaignType,
  PlannerAdoptAnnualDocument,
  PlannerAnnualDepartmentsDocument,
  PlannerAnnualDocument,
  type PlannerAnnualLineFragment,
  PlannerDraftAnnualDocument,
} from "../../../generated/desk/graphql";
import { useDraft } from "../../../shared/draft";
import { listed } from "../../../shared/marks";
import { ask, toWelcome } from "../../ask";
import { useDoing } from "../../doing";
import { Filters } from "../../listing";
import { Action, Confirmed, DepartmentChoice, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { allItems } from "../items";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const { signal } = request;
  const asked = new URL(request.url).searchParams;
  const [{ departments }, items] = await Promise.all([ask(PlannerAnnualDepartmentsDocument, {}, { signal }), allItems(signal)]);
  const department = asked.get("department") || (user.department ?? departments[0]?.code ?? "");
  const year = Number(asked.get("year")) || Number(today().slice(0, 4));
  const { annualPlan, annualProgress } = await ask(PlannerAnnualDocument, { department, year }, { signal });
  const versions = annualPlan ?? [];
  const shown = versions.find(({ version }) => String(version) === asked.get("version")) ?? versions[0] ?? null;
  const mayDraft = user.role === "planner" && (user.department === null || user.department === department);
  return { user, departments, items, department, year, versions, shown, progress: annualProgress ?? [], mayDraft, isDrafting: mayDraft && asked.get("draft") === "1" };
}

export function Component() {
  const words = useWords();
  const own = words.annual;
  const { user, departments, items, department, year, versions, shown, progress, mayDraft, isDrafting } = useLoaderData<typeof loader>();
  const names = namesOf(departments);
  const itemNames = namesOf(items);
  const here = { department, year: String(year) };
  const newest = versions[0];
  return (
    <Page
      title={own.title(names([department]), year)}
      tab={`${own.tab} ${year}`}
      lead={own.lead}
      actions={
        <>
          {mayDraft && !isDrafting && (
            <Link className="button primary" to={to("plans", {}, { ...here, draft: "1" })}>
              {newest ? own.draftNext : own.draftFirst}
            </Link>
          )}
          <button type="button" className="button" onClick={() => print()}>
            {own.print}
          </button>
        </>
      }
    >
      <Filters asked={[department, year]} search={words.search}>
        <DepartmentChoice label={own.department} departments={departments} defaultValue={department} />
        <div className="field">
          <label htmlFor="year">{own.year}</label>
          <input id="year" name="year" inputMode="numeric" pattern="[0-9]{4}" required defaultValue={year} />
        </div>
      </Filters>
      {isDrafting && <Drafting key={`${department} ${year}`} />}
      {!isDrafting && newest && !newest.adoptedAt && mayDraft && <Adopting department={department} year={year} version={newest.version} isOwn={newest.draftedBy === user.subject} />}
      {!shown && !isDrafting && <p className="empty">{own.none}</p>}
      {shown && (
        <section className="section">
          <h2>
            {own.version(shown.version)} {shown.adoptedAt ? <Badge tone="good">{own.adopted}</Badge> : <Badge tone="warning">{own.notAdopted}</Badge>}
          </h2>
          <Table
            caption={own.lines}
            rows={shown.lines}
            keyOf={(each) => each.code}
            columns={[
              {
                name: own.line,
                heads: true,
                cell: (each) => (
                  <>
                    <Told text={each.title} />
                    <small className="code">{each.code}</small>
                  </>
                ),
              },
              { name: own.type, cell: (each) => words.types[each.type] },
              { name: own.timetable, cell: (each) => own.months(each.firstMonth, each.lastMonth) },
              { name: words.departments, cell: (each) => <Told text={names(each.departmentCodes)} /> },
              { name: own.items, cell: (each) => <Told text={itemNames(each.itemCodes)} /> },
              { name: own.responsible, cell: (each) => <Told text={listed(each.responsible)} /> },
              { name: own.enterprises, numeric: true, cell: (each) => each.enterprises },
            ]}
          />
        </section>
      )}
      {progress.length > 0 && (
        <section className="section">
          <h2>{own.progress}</h2>
          <p>{own.progressLead}</p>
          <Table
            caption={own.progress}
            rows={progress}
            keyOf={(each) => each.line.code}
            columns={[
              { name: own.line, heads: true, cell: (each) => <Told text={each.line.title} /> },
              { name: own.planned, numeric: true, cell: (each) => each.planned },
              { name: own.fixed, numeric: true, cell: (each) => each.fixed },
              { name: own.drawn, numeric: true, cell: (each) => each.drawn },
              { name: own.closed, numeric: true, cell: (each) => each.closed },
              { name: own.toVisit, numeric: true, cell: (each) => each.toVisit },
              { name: own.visited, numeric: true, cell: (each) => each.visited },
              { name: own.published, numeric: true, cell: (each) => each.published },
              { name: own.covered, numeric: true, cell: (each) => each.enterprises },
              { name: own.itemsLeft, cell: (each) => <Told text={itemNames(each.itemsLeft) || own.noneLeft} /> },
              { name: own.departmentsLeft, cell: (each) => <Told text={names(each.departmentsLeft) || own.noneLeft} /> },
            ]}
          />
        </section>
      )}
      {versions.length > 0 && (
        <section className="section screen-only">
          <h2>{own.versions}</h2>
          <Table
            caption={own.versionsCaption}
            rows={versions}
            keyOf={(each) => each.version}
            columns={[
              { name: own.versions, heads: true, cell: (each) => <Link to={to("plans", {}, { ...here, version: String(each.version) })}>{own.version(each.version)}</Link> },
              { name: own.draftedBy, cell: (each) => <Told text={each.draftedBy} /> },
              { name: own.draftedAt, cell: (each) => <When at={each.draftedAt} /> },
              { name: own.adoptedAt, cell: (each) => (each.adoptedAt ? <When at={each.adoptedAt} /> : own.notAdopted) },
            ]}
          />
        </section>
      )}
    </Page>
  );
}

function Adopting({ department, year, version, isOwn }: { department: string; year: number; version: number; isOwn: boolean }) {
  const words = useWords().annual;
  const doing = useDoing();
  return (
    <section className="section next screen-only">
      <h2>{words.adopt(version)}</h2>
      {isOwn ? (
        <Notice title={words.ownDraft} />
      ) : (
        <>
          <p>{words.adoptLead}</p>
          <Refusal refused={doing.refused} />
          <Confirmed doing={doing} tone="primary" label={words.adopt(version)} text={words.adoptText} onConfirm={() => void doing.run(PlannerAdoptAnnualDocument, { department, year, version })} />
        </>
      )}
    </section>
  );
}

interface LineDraft {
  code: string;
  title: string;
  type: CampaignType;
  firstMonth: string;
  lastMonth: string;
  departments: string[];
  items: string[];
  responsible: string;
  enterprises: string;
}

/** What is being written, and the version that it began from. */
interface Draft {
  base: number;
  lines: LineDraft[];
}

const draftOf = (line: PlannerAnnualLineFragment): LineDraft => ({
  code: line.code,
  title: line.title,
  type: line.type,
  firstMonth: String(line.firstMonth),
  lastMonth: String(line.lastMonth),
  departments: [...line.departmentCodes],
  items: [...line.itemCodes],
  responsible: listed(line.responsible),
  enterprises: String(line.enterprises),
});

const blank = (department: string, place: number): LineDraft => ({
  code: String(place),
  title: "",
  type: "UNTARGETED",
  firstMonth: "1",
  lastMonth: "12",
  departments: [department],
  items: [],
  responsible: "",
  enterprises: "",
});

/** The next version, on the newest one; kept in this tab until it is handed in. */
function Drafting() {
  const words = useWords();
  const own = words.annual;
  const { user, department, year, versions } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const doing = useDoing();
  const [newest] = versions;
  const begun: Draft = { base: newest?.version ?? 0, lines: newest ? newest.lines.map(draftOf) : [blank(department, 1)] };
  const { text, change, forget, kept } = useDraft(user.subject, `annual.${department}.${year}`, JSON.stringify(begun));
  const { base, lines } = JSON.parse(text) as Draft;
  const set = (changed: LineDraft[]) => change(JSON.stringify({ base, lines: changed }));
  const leave = () => {
    forget(text);
    void navigate(to("plans", {}, { department, year: String(year) }));
  };
  const handIn = async () => {
    const plan = {
      department,
      year,
      lines: lines.map((line) => ({
        ...line,
        firstMonth: Number(line.firstMonth),
        lastMonth: Number(line.lastMonth),
        responsible: line.responsible.split(/[、，,\s]+/).filter(Boolean),
        enterprises: Number(line.enterprises),
      })),
    };
    if (await doing.run(PlannerDraftAnnualDocument, { plan, ifVersion: base })) leave();
  };
  const areNumbers = lines.every((line) => /^\d{1,7}$/.test(line.enterprises));
  return (
    <section className="section next">
      <h2>{base === 0 ? own.draftFirst : own.draftNext}</h2>
      <p>{own.draftLead}</p>
      {kept && <Notice title={own.found} />}
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        {lines.map((line, place) => (
          <LineFields
            key={place}
            line={line}
            place={place}
            refused={doing.refused}
            set={(changes) => set(lines.map((each, at) => (at === place ? { ...each, ...changes } : each)))}
            remove={lines.length > 1 ? () => set(lines.filter((_, at) => at !== place)) : undefined}
          />
        ))}
        <p>
          <button type="button" className="button" onClick={() => set([...lines, blank(department, lines.length + 1)])}>
            {own.addLine}
          </button>
        </p>
        <Refusal refused={doing.refused} />
        {!areNumbers && <p className="help">{own.needsNumbers}</p>}
        <div className="actions">
          <Action doing={doing} tone="primary" isDisabled={!areNumbers} onPress={() => void handIn()}>
            {own.handIn}
          </Action>
          <button type="button" className="button" onClick={leave}>
            {own.giveUp}
          </button>
        </div>
      </form>
    </section>
  );
}

interface LineParts {
  line: LineDraft;
  place: number;
  refused: ReturnType<typeof useDoing>["refused"];
  set: (changes: Partial<LineDraft>) => void;
  remove?: () => void;
}

function LineFields({ line, place, refused, set, remove }: LineParts) {
  const words = useWords();
  const own = words.annual;
  const { department, departments, items } = useLoaderData<typeof loader>();
  const toggled = (chosen: string[], code: string, isIn: boolean) => (isIn ? [...chosen, code] : chosen.filter((each) => each !== code));
  const months = Array.from({ length: 12 }, (_, month) => [String(month + 1), own.month(month + 1)] as const);
  const offered = items.filter((each) => line.departments.includes(each.departmentCode) || line.items.includes(each.code));
  const fault = (field: string) => faultAt(refused, "lines", place, field);
  return (
    <fieldset className="group">
      <legend>{own.lineOf(place + 1)}</legend>
      <TextInput label={own.lineTitle} value={line.title} onChange={(title) => set({ title })} isRequired {...fault("title")} />
      <div className="choices">
        <TextInput label={own.code} value={line.code} onChange={(code) => set({ code })} isRequired {...fault("code")} />
        <Choice label={own.type} name={`type-${place}`} value={line.type} onChange={(type) => set({ type: type as CampaignType })} choices={Object.entries(words.types)} />
        <Choice label={own.firstMonth} name={`first-${place}`} value={line.firstMonth} onChange={(firstMonth) => set({ firstMonth })} choices={months} />
        <Choice label={own.lastMonth} name={`last-${place}`} value={line.lastMonth} onChange={(lastMonth) => set({ lastMonth })} choices={months} />
        <TextInput label={own.responsible} help={own.responsibleHelp} value={line.responsible} onChange={(responsible) => set({ responsible })} isRequired {...fault("responsible")} />
        <TextInput label={own.enterprises} value={line.enterprises} onChange={(enterprises) => set({ enterprises })} inputMode="numeric" isRequired {...fault("enterprises")} />
      </div>
      <fieldset className="group">
        <legend>{own.others}</legend>
        <div className="choices">
          {departments
            .filter((each) => each.code !== department && (each.isInUse || line.departments.includes(each.code)))
            .map((each) => (
              <label className="check" key={each.code}>
                <input type="checkbox" checked={line.departments.includes(each.code)} onChange={(event) => set({ departments: toggled(line.departments, each.code, event.target.checked) })} />
                <Told text={each.name} />
              </label>
            ))}
        </div>
      </fieldset>
      <fieldset className="group">
        <legend>{own.items}</legend>
        <div className="choices">
          {offered.map((each) => (
            <label className="check" key={each.code}>
              <input type="checkbox" checked={line.items.includes(each.code)} onChange={(event) => set({ items: toggled(line.items, each.code, event.target.checked) })} />
              <span>
                <Told text={each.name} /> <small className="code">{each.code}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {remove && (
        <button type="button" className="button" onClick={remove}>
          {own.removeLine(place + 1)}
        </button>
      )}
    </fieldset>
  );
}
