// What the lists of questions, objections and notices and the page of one share.
import { Badge, type Tone } from "../../shared/parts/texts";
import type { NoticeState, SubmissionKind, SubmissionState } from "../../generated/desk/graphql";
import { to } from "../paths";
import { useWords } from "./words";

const TONES: Record<SubmissionState, Tone> = { RECEIVED: "warning", PROPOSED: "strong", ANSWERED: "good", UPHELD: "good", REJECTED: "plain", SET_ASIDE: "plain" };

interface Standing {
  kind: SubmissionKind;
  state: SubmissionState;
  isOverdue: boolean;
}

export function SubmissionStateBadge({ kind, state, isOverdue }: Standing) {
  const words = useWords().submissions;
  return (
    <>
      <Badge tone={TONES[state]}>{state === "PROPOSED" ? words.proposedStates[kind] : words.states[state]}</Badge> {isOverdue && <Badge tone="bad">{words.overdue}</Badge>}
    </>
  );
}

const NOTICE_TONES: Record<NoticeState, Tone> = { DRAFTED: "warning", PUBLISHED: "good", WITHDRAWN: "plain" };

export const NoticeStateBadge = ({ state }: { state: NoticeState }) => <Badge tone={NOTICE_TONES[state]}>{useWords().notices.states[state]}</Badge>;

/** Whether an address is of questions; all others of these pages are of objections. */
export const isOfQuestions = (request: Pick<Request, "url">): boolean => new URL(request.url).pathname.startsWith(to("questions"));
