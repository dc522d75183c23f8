// What several pages of planners show.
import { NavLink } from "react-router";

import { Badge, type Tone } from "../../shared/parts/texts";
import type { CampaignType, StaffCampaignState } from "../../generated/desk/graphql";
import { to } from "../paths";
import { useWords } from "./words";
import "./planner.css";

const STATE_TONES: Record<StaffCampaignState, Tone> = {
  PLANNED: "plain",
  FROZEN: "warning",
  LISTED: "warning",
  DRAWN: "strong",
  MATCHED: "strong",
  CLOSED: "good",
  VOIDED: "bad",
};

export const CampaignStateBadge = ({ state }: { state: StaffCampaignState }) => <Badge tone={STATE_TONES[state]}>{useWords().states[state]}</Badge>;

interface Head {
  code: string;
  state: StaffCampaignState;
  plan: { title: string; type: CampaignType };
}

/** What stands under the title of each page of a campaign. */
export function CampaignLead({ campaign: { code, state, plan } }: { campaign: Head }) {
  const words = useWords();
  return (
    <p>
      <span className="code">{code}</span> <CampaignStateBadge state={state} /> <Badge>{words.types[plan.type]}</Badge>
    </p>
  );
}

/** The pages of one campaign. */
export function CampaignTabs({ campaign: { code, state } }: { campaign: Head }) {
  const words = useWords().tabs;
  const isMatched = state === "MATCHED" || state === "CLOSED";
  const pages: (readonly [string, string])[] = [
    [to("campaign", { code }), words.overview],
    [to("campaignPlan", { code }), words.plan],
  ];
  if (isMatched) pages.push([to("campaignVisits", { code }), words.visits], [to("campaignFindings", { code }), words.findings]);
  return (
    <nav className="tabs" aria-label={words.label}>
      <ul>
        {pages.map(([address, name]) => (
          <li key={address}>
            <NavLink to={address} end>
              {name}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** An instant of a field of civil time in China. */
export const instantOf = (typed: string): string => `${typed}:00+08:00`;

