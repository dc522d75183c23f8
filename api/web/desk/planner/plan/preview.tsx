// What a plan would give, while it is typed.
import { Fold, Table } from "../../../shared/parts/tables";
import { useAsking } from "../../../shared/refused";
import { Badge, Facts, Notice, Told } from "../../../shared/parts/texts";
import {
  type ConditionsInput,
  type PlanInput,
  PlannerConditionsDocument,
  type PlannerConditionsQuery,
  PlannerKeptPreviewDocument,
  PlannerPlanPreviewDocument,
  type PlannerPreviewFragment,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Region } from "../../divisions";
import { Pressed, Refusal } from "../../parts";
import { decimal, percent } from "../../shares";
import { useWords } from "../words";
import { useLive } from "./live";

/** How much a plan would ask and give; `plan` is null until it is whole. */
export function LivePreview({ plan, lacks }: { plan: PlanInput | null; lacks: string }) {
  const words = useWords().preview;
  const { found, refused, busy } = useLive(plan, async (wanted, signal) => (await ask(PlannerPlanPreviewDocument, { plan: wanted }, { signal })).planPreview!);
  return (
    <section className="section beside" aria-labelledby="preview" aria-busy={busy}>
      <h2 id="preview">{words.title}</h2>
      <p className="help">{words.recorded}</p>
      <p role="status" className="help">
        {plan === null ? words.lacks(lacks) : busy ? words.busy : found ? words.current : ""}
      </p>
      <Refusal refused={refused} />
      {found && !refused && <Preview preview={found} />}
    </section>
  );
}

/** What a kept plan would give, for who asks: its list's file counts, too. */
export function KeptPreview({ code }: { code: string }) {
  const words = useWords().preview;
  const { found, refused, busy, look } = useAsking<PlannerPreviewFragment | null>();
  return (
    <section className="section" aria-labelledby="preview">
      <h2 id="preview">{words.title}</h2>
      <p className="help">{words.recorded}</p>
      <Refusal refused={refused} />
      {found && <Preview preview={found} />}
      <Pressed busy={busy} onPress={() => void look(async () => (await ask(PlannerKeptPreviewDocument, { code })).campaign?.preview ?? null)}>
        {words.show}
      </Pressed>
    </section>
  );
}

export function Preview({ preview }: { preview: PlannerPreviewFragment }) {
  const words = useWords().preview;
  const { coverageBasisPoints, coverageFloor, worstCase, bound, obstacle, lastCampaigns } = preview;
  const isList = preview.coverage.length === 0;
  const months = [...new Set(preview.pastVisits.map((each) => each.months))];
  return (
    <>
      {obstacle && (
        <Notice tone="bad" title={obstacle.message}>
          <p>{obstacle.remedy}</p>
        </Notice>
      )}
      <Facts
        facts={[
          [words.frame, preview.frameSize],
          [isList ? words.toVisit : words.toDraw, <strong>{preview.toDraw}</strong>],
          [
            words.coverage,
            isList ? null : (
              <>
                <strong>{percent(coverageBasisPoints)}</strong>{" "}
                <Badge tone={coverageBasisPoints >= coverageFloor ? "good" : "bad"}>
                  {words.floor} {percent(coverageFloor)}
                </Badge>
              </>
            ),
          ],
          [words.expected, isList ? null : typeof preview.expectedFindingsHundredths === "number" ? decimal(preview.expectedFindingsHundredths, 2) : words.unknown],
          [
            words.worst,
            isList ? null : (
              <>
                {percent(worstCase)}{" "}
                <Badge tone={worstCase <= bound ? "good" : "bad"}>
                  {words.bound} {percent(bound)}
                </Badge>
                <span className="help"> {words.prior(percent(preview.worstCasePrior), preview.worstCasePopulation)}</span>
              </>
            ),
          ],
        ]}
      />
      {!isList && (
        <Table
          caption={words.byGrade}
          rows={preview.coverage}
          keyOf={(each) => each.grade}
          columns={[
            { name: words.grade, heads: true, cell: (each) => <Told text={each.grade} /> },
            { name: words.size, numeric: true, cell: (each) => each.size },
            { name: words.visits, numeric: true, cell: (each) => decimal(each.expectedVisitsHundredths, 2) },
            { name: words.share, numeric: true, cell: (each) => percent(each.basisPoints) },
          ]}
        />
      )}
      {preview.excluded.length > 0 && (
        <Table
          caption={words.excluded}
          rows={preview.excluded}
          keyOf={(each) => each.reason}
          columns={[
            { name: words.reason, heads: true, cell: (each) => <Told text={words.because(each.reason)} /> },
            { name: words.size, numeric: true, cell: (each) => each.count },
          ]}
        />
      )}
      <Table
        caption={words.loads}
        rows={preview.loads}
        keyOf={(each) => each.role}
        columns={[
          { name: words.role, heads: true, cell: (each) => <Told text={words.roles(each.role)} /> },
          { name: words.places, numeric: true, cell: (each) => each.places },
          { name: words.inspectors, numeric: true, cell: (each) => each.inspectors },
          { name: words.mean, numeric: true, cell: (each) => (typeof each.expectedHundredths === "number" ? decimal(each.expectedHundredths, 2) : "—") },
          { name: words.earlier, numeric: true, cell: (each) => each.earlier },
        ]}
      />
      {months.length > 0 && (
        <Fold summary={words.frequency}>
          <Table
            caption={words.frequencyCaption}
            rows={preview.pastVisits}
            keyOf={(each) => `${each.months} ${each.visits}`}
            columns={[
              { name: words.months, heads: true, cell: (each) => words.within(each.months) },
              { name: words.times, numeric: true, cell: (each) => each.visits },
              { name: words.size, numeric: true, cell: (each) => each.enterprises },
            ]}
          />
        </Fold>
      )}
      {!isList && (
        <Fold summary={words.strata}>
          <Table
            caption={words.strata}
            rows={preview.strata}
            keyOf={(each) => each.label}
            columns={[
              { name: words.stratum, heads: true, cell: (each) => <Told text={each.label} /> },
              { name: words.size, numeric: true, cell: (each) => each.size },
              { name: words.share, numeric: true, cell: (each) => percent(each.rateBasisPoints) },
              { name: words.toDraw, numeric: true, cell: (each) => each.quota },
              { name: words.uniform, numeric: true, cell: (each) => each.uniform },
            ]}
          />
          <Table
            caption={words.inferences}
            rows={preview.inferences}
            keyOf={(each) => each.grade}
            columns={[
              { name: words.grade, heads: true, cell: (each) => <Told text={each.grade} /> },
              { name: words.before, numeric: true, cell: (each) => percent(each.prior) },
              { name: words.ifDrawn, numeric: true, cell: (each) => percent(each.ifDrawn) },
              { name: words.ifNotDrawn, numeric: true, cell: (each) => (typeof each.ifNotDrawn === "number" ? percent(each.ifNotDrawn) : "—") },
            ]}
          />
        </Fold>
      )}
      {lastCampaigns.length > 0 && (
        <Fold summary={words.last}>
          <Table
            caption={words.last}
            rows={lastCampaigns}
            keyOf={(each) => each.code}
            columns={[
              { name: words.campaign, heads: true, cell: (each) => <span className="code">{each.code}</span> },
              { name: words.visits, numeric: true, cell: (each) => each.visits },
              { name: words.published, numeric: true, cell: (each) => each.published },
              { name: words.found, numeric: true, cell: (each) => each.findings },
              { name: words.rate, numeric: true, cell: (each) => (typeof each.findingRateBasisPoints === "number" ? percent(each.findingRateBasisPoints) : "—") },
            ]}
          />
        </Fold>
      )}
    </>
  );
}

/** Who meets conditions, and whom each of them leaves out. */
export function ConditionsPreview({ conditions }: { conditions: ConditionsInput }) {
  const words = useWords().preview;
  const { found, refused, busy } = useLive(conditions, async (wanted, signal): Promise<NonNullable<PlannerConditionsQuery["conditionsPreview"]>> => {
    return (await ask(PlannerConditionsDocument, { conditions: wanted }, { signal })).conditionsPreview!;
  });
  return (
    <div aria-live="polite" aria-busy={busy}>
      <Refusal refused={refused} />
      {found && !refused && (
        <>
          <Notice tone="strong" title={words.members(found.memberCount, found.registeredCount)} />
          {found.leftOut.length > 0 && (
            <Table
              caption={words.leftOut}
              rows={found.leftOut}
              keyOf={(each) => each.condition}
              columns={[
                { name: words.condition, heads: true, cell: (each) => words.conditions[each.condition] ?? each.condition },
                { name: words.notMet, numeric: true, cell: (each) => each.enterprises },
                { name: words.byItAlone, numeric: true, cell: (each) => each.byItAlone },
              ]}
            />
          )}
          <Fold summary={words.some}>
            <Table
              caption={words.some}
              rows={found.members?.nodes ?? []}
              keyOf={(each) => each.code}
              columns={[
                {
                  name: words.name,
                  heads: true,
                  cell: (each) => (
                    <>
                      <Told text={each.name} />
                      <small className="code">{each.code}</small>
                    </>
                  ),
                },
                { name: words.conditions["sectors"]!, cell: (each) => <Told text={each.sector} /> },
                { name: words.conditions["regions"]!, cell: (each) => <Region text={each.region} /> },
              ]}
            />
          </Fold>
        </>
      )}
    </div>
  );
}
