// How far the visits of a campaign are, and by when what they found is to be published.
import { Fold, Table } from "../../../shared/parts/tables";
import { Badge, Told, type Tone, When } from "../../../shared/parts/texts";
import type { PlannerCampaignQuery, PlannerCountsFragment, PlannerWorkQuery, PublicationUrgency } from "../../../generated/desk/graphql";
import { useWords } from "../words";

type Counted = NonNullable<PlannerCampaignQuery["campaignProgress"]>;

export function Progress({ progress, names }: { progress: Counted; names: (codes: readonly string[]) => string }) {
  const words = useWords().progress;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <Meters counts={progress.total!} drawn={progress.drawn ?? null} />
      <Table
        caption={words.byDepartment}
        rows={progress.departments}
        keyOf={(each) => each.departmentCode}
        columns={[{ name: words.department, heads: true, cell: (each) => <Told text={names([each.departmentCode])} /> }, ...countColumns(words)]}
      />
      {progress.inspectors.length > 0 && (
        <Fold summary={words.byInspector}>
          <Table
            caption={words.byInspector}
            rows={progress.inspectors}
            keyOf={(each) => each.certificate}
            columns={[
              {
                name: words.inspector,
                heads: true,
                cell: (each) => (
                  <>
                    <Told text={each.name} />
                    <small className="code">{each.certificate}</small>
                  </>
                ),
              },
              ...countColumns(words),
            ]}
          />
        </Fold>
      )}
    </section>
  );
}

function Meters({ counts, drawn }: { counts: PlannerCountsFragment; drawn: number | null }) {
  const words = useWords().progress;
  const told = [
    [words.recorded, counts.recorded],
    [words.approved, counts.approved],
    [words.published, counts.published],
  ] as const;
  return (
    <>
      {told.map(([name, count]) => (
        <div className="meter" key={name}>
          <label>
            <span>{name}</span>
            <span>
              {count} / {counts.due}
            </span>
            <progress className="unseen" value={count} max={counts.due} />
          </label>
          <progress aria-hidden="true" value={count} max={counts.due} />
        </div>
      ))}
      <p>
        {drawn !== null && (
          <>
            {words.drawn} {drawn} ·{" "}
          </>
        )}
        {words.overdue} <Badge tone={counts.overdue ? "bad" : "good"}>{counts.overdue}</Badge>
      </p>
    </>
  );
}

const countColumns = (words: Record<"due" | "recorded" | "approved" | "published" | "overdue", string>) =>
  (["due", "recorded", "approved", "published", "overdue"] as const).map((each) => ({
    name: words[each],
    numeric: true,
    cell: ({ counts }: { counts: PlannerCountsFragment }) => counts[each],
  }));

const URGENCY_TONES: Record<PublicationUrgency, Tone> = { OPEN: "plain", WARNED: "warning", OVERDUE: "bad" };

export function Deadlines({ deadlines }: { deadlines: NonNullable<PlannerWorkQuery["publicationDeadlines"]> }) {
  const words = useWords();
  const own = words.deadlines;
  return (
    <section className="section">
      <h2>{own.title}</h2>
      <Table
        caption={own.caption}
        empty={own.empty}
        rows={[...deadlines].sort((one, other) => one.dueOn.localeCompare(other.dueOn))}
        keyOf={(each) => each.position}
        columns={[
          { name: words.enterprise, heads: true, cell: (each) => <span className="code">{each.enterpriseCode}</span> },
          { name: words.visitedOn, cell: (each) => <When at={each.visitedOn} /> },
          {
            name: own.due,
            cell: (each) => (
              <>
                <When at={each.dueOn} /> {each.provisional && <Badge>{own.provisional}</Badge>}
              </>
            ),
          },
          { name: own.left, numeric: true, cell: (each) => each.workingDaysLeft },
          { name: own.state, cell: (each) => <Badge tone={URGENCY_TONES[each.urgency]}>{words.urgencies[each.urgency]}</Badge> },
        ]}
      />
    </section>
  );
}
