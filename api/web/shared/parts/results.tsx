// What a visit found and what follows, in the reader's language: in Chinese the official words.
import type { FollowUpCode, ResultCode } from "../../generated/site/graphql";
import { useResultWords } from "../words/results";
import { listed } from "../marks";

export type Found = readonly { code: ResultCode }[];

/** Return how results are told in one line. */
export function useResultLine(): (results: Found) => string {
  const words = useResultWords();
  return (results) => listed(results.map(({ code }) => words.results[code]));
}

export function Results({ results }: { results: Found }) {
  const words = useResultWords();
  return (
    <ul className="plain">
      {results.map(({ code }) => (
        <li key={code} className={code === "NO_PROBLEM" ? "fine" : undefined}>
          {words.results[code]}
        </li>
      ))}
    </ul>
  );
}

export const FollowUp = ({ followUp: { code } }: { followUp: { code: FollowUpCode } }) => useResultWords().followUps[code];
