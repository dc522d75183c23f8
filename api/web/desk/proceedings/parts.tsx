// What several pages of what follows a visit show.
import { FollowUp, Results } from "../../shared/parts/results";
import { Badge, Facts, Lines, Told, type Tone, When } from "../../shared/parts/texts";
import type { ProceedingKind, ProceedingRowFragment, ProceedingState } from "../../generated/desk/graphql";
import { today } from "../../shared/clock";
import { useWords } from "./words";

const TONES: Record<ProceedingState, Tone> = {
  OPEN: "warning",
  APPROVED: "good",
  REFUSED: "plain",
  TAKEN: "strong",
  RETURNED: "bad",
  CONFIRMED: "strong",
  ANSWERED: "strong",
  ENDED: "plain",
  CORRECTED: "good",
  NOT_CORRECTED: "bad",
};
/** The states in which somebody has something to do yet. */
export const WAITING: readonly ProceedingState[] = ["OPEN", "TAKEN", "CONFIRMED", "ANSWERED"];

export function useStateWords(): (kind: ProceedingKind, state: ProceedingState) => string {
  const { states, statesOf } = useWords();
  return (kind, state) => statesOf[kind]?.[state] ?? states[state];
}

type Standing = Pick<ProceedingRowFragment, "kind" | "state" | "content">;

/** By when it is to be answered, or how long it lasts. */
export function dueOn({ content }: Pick<Standing, "content">): string | null {
  if (content.__typename === "TransferContent") return content.answerBy;
  return content.__typename === "PunishmentContent" ? content.endsOn : null;
}

export function ProceedingStateBadge(proceeding: Standing) {
  const words = useWords();
  const { kind, state } = proceeding;
  const due = dueOn(proceeding);
  const isOverdue = due !== null && due < today() && WAITING.includes(state);
  return (
    <>
      <Badge tone={TONES[state]}>{useStateWords()(kind, state)}</Badge> {isOverdue && <Badge tone="bad">{words.overdue}</Badge>}
    </>
  );
}

interface ContentParts {
  content: ProceedingRowFragment["content"];
  /** The name of a department by its code. */
  name: (codes: readonly string[]) => string;
}

export function Content({ content, name }: ContentParts) {
  const words = useWords().fields;
  switch (content.__typename) {
    case "CorrectionContent":
      return (
        <Facts
          facts={[
            [words.version, content.version],
            [words.visitedOn, <When at={content.visitedOn} />],
            [words.results, <Results results={content.results} />],
            [words.followUp, <FollowUp {...content} />],
            [words.reason, <Lines text={content.reason} />],
          ]}
        />
      );
    case "RepairContent":
      return (
        <Facts
          facts={[
            [words.basis, <Lines text={content.basis} />],
            [words.reason, <Lines text={content.reason} />],
          ]}
        />
      );
    case "RecheckContent":
      return (
        <Facts
          facts={[
            [words.checkedOn, <When at={content.checkedOn} />],
            [words.corrected, content.corrected ? words.isCorrected : words.isNotCorrected],
            [words.facts, <Lines text={content.facts} />],
          ]}
        />
      );
    case "TransferContent":
      return (
        <Facts
          facts={[
            [words.department, <Told text={name([content.departmentCode])} />],
            [words.basis, <Lines text={content.basis} />],
            [words.reason, <Lines text={content.reason} />],
            [words.answerBy, <When at={content.answerBy} />],
          ]}
        />
      );
    case "PunishmentContent":
      return (
        <Facts
          facts={[
            [words.trigger, <Lines text={content.trigger} />],
            [words.basis, <Lines text={content.basis} />],
            [words.measure, <Lines text={content.measure} />],
            [words.executing, <Told text={name([content.departmentCode])} />],
            [words.endsOn, <When at={content.endsOn} />],
          ]}
        />
      );
  }
}
