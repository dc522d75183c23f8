// What waits to be handed in, as the inspector's pages show it.
import { Notice } from "../../shared/parts/texts";
import { Pressed } from "../parts";
import type { HandingIn } from "./handing_in";
import { useInspectorWords } from "./words";

export function Queue({ handingIn }: { handingIn: HandingIn }) {
  const words = useInspectorWords().visits;
  const { left, busy, refused, run } = handingIn;
  return (
    <>
      {refused && (
        <Notice tone="bad" live title={refused.message || words.handInRefused}>
          <p>{refused.remedy}</p>
        </Notice>
      )}
      {left > 0 && (
        <Notice tone="warning" live title={words.waiting(left)}>
          <p>{words.waitingText}</p>
          <Pressed busy={busy} onPress={() => void run()}>
            {words.handIn}
          </Pressed>
        </Notice>
      )}
    </>
  );
}
