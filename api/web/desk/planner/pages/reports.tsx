import { type FormEvent, useState } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Told, When } from "../../../shared/parts/texts";
import { today } from "../../../shared/clock";
import { PlannerAnnualReportDocument, PlannerReportDocument, PlannerReportsDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { FileLinks, hasEnded, jobIn, JobProgress, JobStateBadge, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { DepartmentChoice, faultAt, Pressed, Refusal } from "../../parts";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await onlyFor("planner", "analyst", "auditor");
  const [found, begun] = await Promise.all([ask(PlannerReportsDocument, {}, { signal: request.signal }), jobIn(request)]);
  const jobs = [...(found.ofCampaigns?.nodes ?? []), ...(found.ofYears?.nodes ?? [])].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  return { own: user.department, departments: found.departments, jobs, begun };
}

export function Component() {
  const words = useWords();
  const own = words.reports;
  const { jobs } = useLoaderData<typeof loader>();
  return (
    <Page title={own.title} lead={own.lead}>
      <div className="columns">
        <OfYear />
        <OfCampaign />
      </div>
      <section className="section">
        <h2>{own.earlier}</h2>
        <Table
          caption={own.caption}
          empty={own.none}
          rows={jobs}
          keyOf={(each) => each.id}
          columns={[
            { name: own.report, heads: true, cell: (each) => <Told text={each.result && "report" in each.result ? each.result.report : own.kinds[each.kind] ?? each.kind} /> },
            { name: own.made, cell: (each) => <When at={each.createdAt} /> },
            { name: own.state, cell: (each) => <JobStateBadge state={each.state} /> },
            {
              name: own.files,
              cell: (each) => <FileLinks files={each.files} />,
            },
          ]}
        />
      </section>
    </Page>
  );
}

function OfYear() {
  const words = useWords().reports;
  const { own, departments, begun } = useLoaderData<typeof loader>();
  const doing = useDoing({ revalidates: false });
  const { job, open } = useJobHere(begun, "FILE_ANNUAL_REPORT");
  const [department, setDepartment] = useState(own ?? departments[0]?.code ?? "");
  const [year, setYear] = useState(today().slice(0, 4));
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const payload = await doing.run(PlannerAnnualReportDocument, { department, year: Number(year) });
    if (payload?.job) open(payload.job);
  };
  return (
    <section className="section">
      <h2>{words.annual}</h2>
      <form className="form" onSubmit={(event) => void make(event)}>
        <DepartmentChoice label={words.department} departments={departments.filter((each) => own === null || each.code === own)} value={department} onChange={setDepartment} />
        <TextInput label={words.year} value={year} onChange={setYear} inputMode="numeric" pattern="[0-9]{4}" isRequired {...faultAt(doing.refused, "year")} />
        <Refusal refused={doing.refused} />
        {job && <JobProgress job={job} />}
        <Pressed busy={doing.busy} tone="primary" isDisabled={job !== null && !hasEnded(job)}>
          {words.makeAnnual}
        </Pressed>
      </form>
    </section>
  );
}

function OfCampaign() {
  const words = useWords().reports;
  const { begun } = useLoaderData<typeof loader>();
  const doing = useDoing({ revalidates: false });
  const { job, open } = useJobHere(begun, "FILE_CAMPAIGN_REPORT");
  const [campaign, setCampaign] = useState("");
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const payload = await doing.run(PlannerReportDocument, { campaign: campaign.trim() });
    if (payload?.job) open(payload.job);
  };
  return (
    <section className="section">
      <h2>{words.ofCampaign}</h2>
      <form className="form" onSubmit={(event) => void make(event)}>
        <TextInput label={words.campaign} help={words.campaignHelp} value={campaign} onChange={setCampaign} isRequired {...faultAt(doing.refused, "campaign")} />
        <Refusal refused={doing.refused} />
        {job && <JobProgress job={job} />}
        <Pressed busy={doing.busy} isDisabled={job !== null && !hasEnded(job)}>
          {words.makeCampaign}
        </Pressed>
      </form>
    </section>
  );
}
