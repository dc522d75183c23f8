// What an inspector tells of a visit, as it is written down, and what can be said of it without the service.
import type {
  CheckAnswerInput,
  CheckReply,
  FollowUpCode,
  ResultCode,
  SignatureKind,
  VisitsChecklistFragment,
  VisitsFindingFragment,
} from "../../generated/desk/graphql";
import { today } from "../../shared/clock";

export interface Account {
  visitedOn: string;
  results: readonly ResultCode[];
  followUp: FollowUpCode | "";
  facts: string;
  measures: string;
  correctBy: string;
  signature: { how: SignatureKind; by: string; reason: string };
  answers: readonly { item: string; point: string; reply: CheckReply | ""; remark: string }[];
}

/** Where in an account something is wrong, as the service names its arguments. */
export type Field = "visitedOn" | "results" | "followUp" | "correctBy" | "signature" | "answers" | "facts" | "measures";

/** Where there is nobody to inspect, no check point needs an answer. */
const NOT_INSPECTABLE: readonly ResultCode[] = ["DEREGISTERED", "LICENCE_REVOKED", "REGISTRATION_ANNULLED", "MOVED_AWAY", "NO_SUCH_ACTIVITY"];

/** Begin an account of a visit today, from what stands where that is to be recorded anew. */
export function begun(checklist: readonly VisitsChecklistFragment[], returned?: VisitsFindingFragment | null): Account {
  const before = new Map(returned?.answers.map((each) => [`${each.item} ${each.point}`, each]));
  return {
    visitedOn: returned?.visitedOn ?? today(),
    results: returned?.results.map(({ code }) => code) ?? [],
    followUp: returned?.followUp.code ?? "",
    facts: returned?.facts ?? "",
    measures: returned?.measures ?? "",
    correctBy: returned?.correctBy ?? "",
    signature: returned?.signature ? { how: returned.signature.how, by: returned.signature.by, reason: returned.signature.reason } : { how: "SIGNED", by: "", reason: "" },
    answers: checklist.flatMap(({ item, points }) =>
      points.map((point) => {
        const told = before.get(`${item} ${point}`);
        return { item, point, reply: told?.reply ?? ("" as const), remark: told?.remark ?? "" };
      }),
    ),
  };
}

/** Whether all points are to be answered. */
export const needsAnswers = ({ results }: Account): boolean => results.some((each) => !NOT_INSPECTABLE.includes(each));

/** What would be refused for sure, so that nobody learns it only back in the office; all else is the service's to say. */
export function lacks(account: Account): Field[] {
  const { results, followUp, correctBy, signature, answers } = account;
  const found: Field[] = [];
  if (!account.visitedOn) found.push("visitedOn");
  if (!results.length) found.push("results");
  const isAnswered = answers.every(({ reply }) => reply !== "");
  if (!isAnswered && (needsAnswers(account) || answers.some(({ reply }) => reply !== ""))) found.push("answers");
  if (!followUp) found.push("followUp");
  if (followUp === "CORRECTION" && !correctBy) found.push("correctBy");
  if (!(signature.how === "SIGNED" ? signature.by : signature.reason).trim()) found.push("signature");
  return found;
}

/** Return an account as the service takes it. */
export function asVariables(account: Account) {
  const { how, by, reason } = account.signature;
  const answers = account.answers.filter((each): each is (typeof each & { reply: CheckReply }) => each.reply !== "");
  return {
    visitedOn: account.visitedOn,
    results: [...account.results],
    followUp: account.followUp as FollowUpCode,
    facts: account.facts,
    measures: account.measures,
    correctBy: account.followUp === "CORRECTION" ? account.correctBy : null,
    signature: { how, by: how === "SIGNED" ? by : "", reason: how === "SIGNED" ? "" : reason },
    answers: answers.map(({ item, point, reply, remark }): CheckAnswerInput => ({ item, point, reply, remark })),
  };
}

/** Whether a check point asks for where the inspector stands. */
export const asksForPosition = (point: string): boolean => /定位|坐标|经纬度/.test(point);
