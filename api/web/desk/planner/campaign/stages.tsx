// How far a campaign is.
import { useWords } from "../words";
import type { Campaign } from "./standing";

export function Stages({ campaign: { state, published } }: { campaign: Campaign }) {
  const words = useWords();
  const own = words.stages;
  if (state === "VOIDED") return null;
  const isList = published?.toDraw === 0 || state === "LISTED";
  const stages: (readonly [Campaign["state"], string])[] = [
    ["PLANNED", own.planned],
    isList ? ["LISTED", own.listed] : ["FROZEN", own.frozen],
    ...(isList ? [] : ([["DRAWN", own.drawn]] as const)),
    ["MATCHED", own.matched],
    ["CLOSED", own.closed],
  ];
  const at = stages.findIndex(([each]) => each === state);
  return (
    <ol className="stages" aria-label={own.label}>
      {stages.map(([each, name], place) => (
        <li key={each} className={place < at || state === "CLOSED" ? "done" : place === at ? "now" : undefined} aria-current={place === at ? "step" : undefined}>
          {name}
          {place < at && <span className="unseen"> {own.done}</span>}
        </li>
      ))}
    </ol>
  );
}
