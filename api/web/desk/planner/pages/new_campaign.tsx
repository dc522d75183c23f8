// A plan in four steps: who, what, how many, and all of it once more. What is typed is kept in this tab until it is planned.
import { useState } from "react";
import { Link, type LoaderFunctionArgs, type ShouldRevalidateFunctionArgs, useLoaderData, useNavigate, useSearchParams } from "react-router";
import { Button } from "react-aria-components";

import { Page } from "../../../shared/parts/page";
import { Facts, Lines, Notice, shown, Told, When } from "../../../shared/parts/texts";
import { today } from "../../../shared/clock";
import { bracketed, labelled, listed, parted } from "../../../shared/marks";
import {
  PlannerChangePlanDocument,
  PlannerPlanDocument,
  PlannerPlanningDocument,
  PlannerPlanOfDocument,
  type PlannerPlanOfQuery,
} from "../../../generated/desk/graphql";
import { ask, toWelcome } from "../../ask";
import { useDivisions } from "../../divisions";
import { useDoing } from "../../doing";
import { onlyFor } from "../../only_for";
import { Action, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { several } from "../beacon_form";
import { allItems } from "../items";
import { leads } from "../leading";
import { CampaignLead, CampaignTabs } from "../parts";
import { conditionsOf, departmentsOf, DIVIDED, draftOf, emptyDraft, hasValues, isList, lacking, type PlanDraft, planOf, type RoleDraft, type RuleDraft } from "../plan/draft";
import { useDraft } from "../plan/kept";
import { LivePreview } from "../plan/preview";
import { Rates } from "../plan/rates";
import { What } from "../plan/what";
import { Who } from "../plan/who";
import { useWords } from "../words";

type Kept = NonNullable<PlannerPlanOfQuery["campaign"]>;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = params["code"] ?? null;
  const user = code === null ? await onlyFor("planner") : await session();
  if (!user.signedIn) throw toWelcome();
  const { signal } = request;
  const like = new URL(request.url).searchParams.get("like");
  const kept = code ?? like;
  const own = user.department;
  const year = Number(today().slice(0, 4));
  const [told, items, found] = await Promise.all([
    ask(PlannerPlanningDocument, { year, department: own ?? "", own: own !== null, plans: user.role === "planner" }, { signal }),
    allItems(signal),
    kept === null ? null : ask(PlannerPlanOfDocument, { code: kept }, { signal }),
  ]);
  const campaign = found?.campaign ?? null;
  const lines = told.annualPlan?.find((each) => each.adoptedAt)?.lines ?? [];
  return { user, own, code, campaign, items, lines, scale: told.gradeScale ?? campaign?.plan.rates.map(({ grade }) => grade) ?? [], isLead: campaign !== null && (await leads(campaign)), departments: told.departments };
}

/** The steps are addresses of one page: from one to the next nothing is asked for anew. */
export const shouldRevalidate = ({ currentUrl, nextUrl, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs): boolean =>
  currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search ? false : defaultShouldRevalidate;

type Loaded = Awaited<ReturnType<typeof loader>>;

export function Component() {
  const words = useWords();
  const loaded = useLoaderData<typeof loader>();
  const { code, campaign, isLead } = loaded;
  if (code === null || campaign === null) return <Wizard key={campaign?.code ?? "new"} loaded={loaded} />;
  if (campaign.state === "PLANNED" && isLead) return <Wizard key={`${code} ${campaign.version}`} loaded={loaded} />;
  return (
    <Page title={shown(campaign.plan.title)} tab={`${words.tabs.plan} · ${code}`} lead={<CampaignLead campaign={campaign} />} crumbs={[[words.campaigns.title, to("campaigns")]]}>
      <CampaignTabs campaign={campaign} />
      <section className="section">
        <h2>{campaign.state === "PLANNED" ? words.tabs.plan : words.plan.sealed}</h2>
        {campaign.planExpired ? <p>{words.plan.expired}</p> : campaign.state !== "PLANNED" && <p className="help">{words.plan.sealedText}</p>}
        <Summary draft={draftFor(loaded)} loaded={loaded} />
        <button type="button" className="button screen-only" onClick={() => print()}>
          {words.plan.print}
        </button>
      </section>
    </Page>
  );
}

function draftFor({ campaign, own, departments, items }: Loaded): PlanDraft {
  if (campaign) return draftOf(campaign.plan, (item) => items.find((each) => each.code === item)?.departmentCode);
  return emptyDraft(own ?? departments.find((each) => each.isInUse)?.code ?? "");
}

const STEPS = ["who", "what", "rates", "check"] as const;
type Step = (typeof STEPS)[number];

function Wizard({ loaded }: { loaded: Loaded }) {
  const words = useWords();
  const plan = words.plan;
  const { user, own, code, campaign, items, lines, scale, departments } = loaded;
  const navigate = useNavigate();
  const [asked] = useSearchParams();
  const doing = useDoing({ revalidates: false });
  const [file, setFile] = useState<File | null>(null);
  const { draft, set, drop, restart, isFound } = useDraft(user.subject, code ?? "new", draftFor(loaded));
  const step: Step = STEPS.find((each) => each === asked.get("step")) ?? "who";
  const place = STEPS.indexOf(step);
  const names = namesOf(departments);
  const lacks = lacking(draft, scale);
  const wanted = lacks.length || (isList(draft) && file) ? null : planOf(draft, scale);
  const told = lacks.length ? listed(lacks.map((each) => plan.lacks[each] ?? each)) : plan.previewLater;
  const at = (each: Step) => {
    const search = new URLSearchParams(asked);
    search.set("step", each);
    return `?${search.toString()}`;
  };
  const keep = async () => {
    const input = planOf(draft, scale);
    const payload = code
      ? await doing.run(PlannerChangePlanDocument, { campaign: code, plan: input, file, ifVersion: campaign!.version })
      : await doing.run(PlannerPlanDocument, { plan: input, file });
    if (!payload?.campaign) return;
    drop();
    await navigate(to("campaign", { code: payload.campaign.code }));
  };
  return (
    <Page
      title={code ? shown(campaign!.plan.title) : plan.new}
      tab={code ? `${words.tabs.plan} · ${code}` : plan.new}
      lead={code ? <CampaignLead campaign={campaign as Kept} /> : plan.newLead}
      crumbs={[[words.campaigns.title, to("campaigns")]]}
    >
      {code && <CampaignTabs campaign={campaign as Kept} />}
      {isFound && (
        <Notice tone="strong" title={plan.found}>
          <Button className="button" onPress={restart}>
            {plan.restart}
          </Button>
        </Notice>
      )}
      <nav aria-label={plan.steps}>
        <ol className="stages">
          {STEPS.map((each, number) => (
            <li key={each} className={number < place ? "done" : number === place ? "now" : undefined}>
              <Link to={at(each)} aria-current={number === place ? "step" : undefined}>
                {plan.stepNames[each]}
              </Link>
            </li>
          ))}
        </ol>
      </nav>
      <div className={step === "rates" || step === "check" ? "wizard live" : "wizard"}>
        <section className="section">
          <h2>{plan.stepNames[step]}</h2>
          {step === "who" && <Who draft={draft} set={set} refused={doing.refused} departments={departments} own={own} lines={lines} file={file} onFile={setFile} />}
          {step === "what" && <What draft={draft} set={set} refused={doing.refused} items={items} names={names} />}
          {step === "rates" && (isList(draft) ? <p>{plan.noRates}</p> : <Rates draft={draft} set={set} refused={doing.refused} scale={scale} names={names} />)}
          {step === "check" && <Summary draft={draft} loaded={loaded} file={file} />}
          {step === "check" && lacks.length > 0 && <Notice tone="warning" title={plan.stillLacks(told)} />}
          <Refusal refused={doing.refused} />
          <div className="actions">
            {place > 0 && (
              <Link className="button" to={at(STEPS[place - 1]!)}>
                {plan.back}
              </Link>
            )}
            {place < STEPS.length - 1 ? (
              <Link className="button primary" to={at(STEPS[place + 1]!)}>
                {plan.next}
              </Link>
            ) : (
              <Action doing={doing} tone="primary" isDisabled={lacks.length > 0} onPress={() => void keep()}>
                {code ? plan.change : plan.keep}
              </Action>
            )}
          </div>
        </section>
        {(step === "rates" || step === "check") && <LivePreview plan={wanted} lacks={told} />}
      </div>
    </Page>
  );
}

/** A plan as it stands, to be read once more, or by whoever comes after. */
function Summary({ draft, loaded: { departments, items, scale, lines }, file = null }: { draft: PlanDraft; loaded: Loaded; file?: File | null }) {
  const words = useWords();
  const plan = words.plan;
  const names = namesOf(departments);
  const conditions = conditionsOf(draft);
  const { regions } = conditions;
  const isDrawn = !isList(draft);
  const yesOrNo = (isSo: boolean) => (isSo ? plan.yes : plan.no);
  const line = lines.find((each) => each.code === draft.annualLine);
  const division = useDivisions([...regions, ...draft.rules.map(({ region }) => region)]);
  const itemName = (code: string) => items.find((each) => each.code === code)?.name ?? code;
  const told = (values: readonly string[]) => (values.length ? listed(values) : null);
  const roleName = ({ department, name, count, unit, inspectors, specialties, category, specialist, local }: RoleDraft) => {
    const wanted = [
      specialties.trim() ? labelled(plan.specialties, specialties) : "",
      category.trim() ? labelled(plan.category, category) : "",
      specialist ? plan.specialist : "",
      local ? plan.local : "",
      inspectors.trim() ? labelled(plan.inspectors, inspectors) : "",
    ].filter(Boolean);
    return `${[names([department]), unit, name].filter(Boolean).join(" ")} × ${count}${wanted.length ? bracketed(parted(wanted)) : ""}`;
  };
  const ruleName = (rule: RuleDraft) => [rule.grade, rule.sector, division(rule.region), rule.visited && plan.visitedChoices[rule.visited], percentOf(rule.value)].filter(Boolean).join(" ");
  const percentOf = (typed: string | undefined) => `${typed ?? ""}${draft.kind === "COUNTS" ? "" : " %"}`;
  return (
    <Facts
      facts={[
        [plan.title, <Told text={draft.title} />],
        [words.period, draft.startsOn && draft.endsOn ? <><When at={draft.startsOn} /> {words.to} <When at={draft.endsOn} /></> : null],
        [plan.lead, <Told text={names(departmentsOf(draft).slice(0, 1))} />],
        [plan.annualLine, draft.annualLine ? <Told text={[draft.annualLine, line?.title].filter(Boolean).join(" ")} /> : plan.noLine],
        [plan.type, words.types[draft.type]],
        ...draft.participants.map(
          ({ department, items: chosen, size, unit, inspectors }) =>
            [
              [names([department]), unit.trim()].filter(Boolean).join(" "),
              <Lines
                text={[
                  ...chosen.map((each) => itemName(each) + bracketed(each)),
                  ...(draft.roles.length ? [] : [labelled(draft.participants.length > 1 ? plan.sizeOf : plan.size, size), ...(inspectors.trim() ? [labelled(plan.inspectors, inspectors)] : [])]),
                ].join("\n")}
              />,
            ] as const,
        ),
        [plan.roles, draft.roles.length ? <Lines text={draft.roles.map(roleName).join("\n")} /> : null],
        [plan.sectors, told(conditions.sectors)],
        [plan.regions, told(regions.map(division))],
        [plan.enterpriseTypes, told(conditions.types)],
        [plan.sizes, told(conditions.sizes)],
        [plan.statuses, told(conditions.statuses)],
        [plan.tags, conditions.tags.length ? <Lines text={conditions.tags.map((each) => listed(each)).join("\n")} /> : null],
        [plan.reason, draft.type === "SPECIAL" ? <Lines text={draft.reason} /> : null],
        [plan.issuingBody, draft.type === "SUPERIOR" ? <Told text={`${draft.issuingBody} ${draft.documentNumber}`} /> : null],
        [plan.file, file && <Told text={file.name} />],
        [plan.enterprises, !isDrawn && draft.enterprises.trim() ? <Lines text={several(draft.enterprises).join("\n")} /> : null],
        [plan.differentUnits, yesOrNo(draft.differentUnits)],
        [plan.household, yesOrNo(draft.household)],
        [plan.lastVisit, yesOrNo(draft.lastVisit)],
        [plan.cap, draft.cap.trim() || plan.noCap],
        [plan.leastDutyDays, draft.leastDutyDays],
        [plan.formerEmployerYears, draft.formerEmployerYears],
        [plan.kind, isDrawn ? plan.kinds[draft.kind] : null],
        [plan.capacity, isDrawn && DIVIDED.includes(draft.kind) ? draft.capacity : null],
        [plan.past, isDrawn && !hasValues(draft) && draft.kind !== "PROPORTIONAL" ? plan.yes : null],
        [plan.greatestError, isDrawn && draft.kind === "FINDINGS" ? draft.greatestError : null],
        ...(!isDrawn || !hasValues(draft) ? [] : scale.filter((grade) => draft.values[grade]).map((grade) => [plan.gradeOf(grade), percentOf(draft.values[grade])] as const)),
        [plan.rules, isDrawn && draft.rules.length ? <Lines text={draft.rules.map(ruleName).join("\n")} /> : null],
        [plan.floor, isDrawn ? draft.floor : null],
        [plan.monthsVisited, isDrawn && draft.months !== "0" ? draft.months : null],
        [plan.flatReason, isDrawn && draft.flatReason ? <Lines text={draft.flatReason} /> : null],
        [plan.grading, isDrawn && draft.grading ? <Told text={labelled(plan.gradings[draft.grading.rule] ?? draft.grading.rule, names(draft.grading.departments))} /> : null],
        [plan.onceAYear, isDrawn ? yesOrNo(draft.onceAYear) : null],
        [plan.frequencyRule, draft.frequency.length ? <Lines text={draft.frequency.map((each) => plan.within(each.months, each.visits)).join("\n")} /> : null],
        [plan.exclusions, draft.exclusions.length ? <Lines text={draft.exclusions.map((each) => `${each.enterprise} ${each.reason}`).join("\n")} /> : null],
      ]}
    />
  );
}
