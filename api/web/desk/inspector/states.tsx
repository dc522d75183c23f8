// How far a visit has come, with what is held of it on this phone.
import { Badge, type Tone } from "../../shared/parts/texts";
import type { FindingState, VisitsOneFragment } from "../../generated/desk/graphql";
import type { Draft } from "./store";
import { useInspectorWords } from "./words";

const TONES: Record<FindingState, Tone> = { RECORDED: "plain", CONFIRMED: "plain", RETURNED: "bad", APPROVED: "good", PUBLISHED: "good", ENDED: "plain" };

interface StateParts {
  visit: VisitsOneFragment;
  draft: Draft | undefined;
  subject: string;
}

export function VisitState({ visit: { finding }, draft, subject }: StateParts) {
  const words = useInspectorWords().states;
  if (draft) return <Badge tone={draft.state === "refused" ? "bad" : "warning"}>{words[draft.state]}</Badge>;
  if (!finding) return <Badge tone="strong">{words.toVisit}</Badge>;
  if (finding.openConflicts > 0) return <Badge tone="bad">{words.conflict}</Badge>;
  if (finding.state === "RECORDED" && finding.recordedBy !== subject) return <Badge tone="strong">{words.toConfirm}</Badge>;
  return <Badge tone={TONES[finding.state]}>{words[finding.state]}</Badge>;
}

/** Whether something is to be recorded: nothing is, or it was returned. */
export const isToRecord = ({ finding }: VisitsOneFragment): boolean => !finding || finding.state === "RETURNED";
