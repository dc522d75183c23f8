// What several pages of the public site show.
import { Link } from "react-router";

import { Badge, Told, type Tone, When } from "../shared/parts/texts";
import { Results } from "../shared/parts/results";
import { type Column, Table } from "../shared/parts/tables";
import { listed } from "../shared/marks";
import type { CampaignRowFragment, CampaignState, FindingRowFragment } from "../generated/site/graphql";
import { to } from "./paths";
import { useWords } from "./words";

const STATE_TONES: Record<CampaignState, Tone> = { FROZEN: "warning", LISTED: "warning", DRAWN: "strong", MATCHED: "strong", CLOSED: "good", VOIDED: "bad" };

export function CampaignStateBadge({ state }: { state: CampaignState }) {
  return <Badge tone={STATE_TONES[state]}>{useWords().states[state]}</Badge>;
}

export const findingPath = (finding: { campaignCode: string; position: number }): string =>
  to("finding", { campaign: finding.campaignCode, position: finding.position });

interface FindingTableParts {
  caption: string;
  rows: readonly FindingRowFragment[];
  /** Of one enterprise the name needs no column. */
  ofOne?: boolean;
  empty?: string;
}

export function FindingTable({ caption, rows, ofOne = false, empty }: FindingTableParts) {
  const words = useWords();
  const name: Column<FindingRowFragment> = {
    name: words.name,
    heads: true,
    cell: (each) => (
      <>
        <Link to={to("enterprise", { code: each.enterpriseCode })}>
          <Told text={each.enterpriseName} />
        </Link>
        <small className="code">{each.enterpriseCode}</small>
      </>
    ),
  };
  const visited: Column<FindingRowFragment> = { name: words.visited, heads: ofOne, cell: (each) => <When at={each.visitedOn} /> };
  const rest: Column<FindingRowFragment>[] = [
    { name: words.result, cell: (each) => <Results results={each.results} /> },
    { name: words.department, cell: (each) => <Told text={each.departmentName} /> },
    { name: words.matters, cell: (each) => <Told text={listed(each.itemNames)} /> },
    {
      name: words.campaign,
      cell: (each) => (
        <Link className="whole" to={findingPath(each)} aria-label={`${each.campaignCode}-${each.position} ${each.enterpriseName}`}>
          {each.campaignCode}
          {each.version > 1 && <small className="code">{words.corrected(each.version)}</small>}
        </Link>
      ),
    },
  ];
  const columns = ofOne ? [visited, ...rest] : [name, ...rest.slice(0, 1), visited, ...rest.slice(1)];
  return <Table caption={caption} rows={rows} keyOf={(each) => each.number} columns={columns} empty={empty} />;
}

export function CampaignTable({ rows, caption }: { rows: readonly CampaignRowFragment[]; caption: string }) {
  const words = useWords();
  return (
    <Table
      caption={caption}
      rows={rows}
      keyOf={(each) => each.code}
      columns={[
        {
          name: words.campaign,
          heads: true,
          cell: (each) => (
            <>
              <Link to={to("campaign", { code: each.code })}>
                <Told text={each.title} />
              </Link>
              <small className="code">{each.code}</small>
            </>
          ),
        },
        { name: words.campaigns.state, cell: (each) => <CampaignStateBadge state={each.state} /> },
        { name: words.departments, cell: (each) => <Told text={listed(each.departments.map(({ name }) => name))} /> },
        {
          name: words.period,
          cell: (each) => (
            <>
              <When at={each.startsOn} /> {words.to} <When at={each.endsOn} />
            </>
          ),
        },
        { name: words.campaigns.count, numeric: true, cell: (each) => `${each.toVisit} / ${each.frameSize}` },
        { name: words.campaigns.findings, numeric: true, cell: (each) => each.publishedCount },
      ]}
    />
  );
}
