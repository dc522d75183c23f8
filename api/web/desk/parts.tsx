// What several pages of the desk show.
import type { ReactNode } from "react";

import { Notice } from "../shared/parts/texts";
import type { Doing, Refused } from "./doing";

/** Why something was not done, read out when it appears. */
export const Refusal = ({ refused }: { refused: Refused | null }) =>
  refused && (
    <Notice tone="bad" live title={refused.message}>
      <p>{refused.remedy}</p>
    </Notice>
  );

interface PressedParts {
  /** Whether what it does is being done: until then it can be focused, and does nothing more. */
  busy: boolean;
  /** Nothing where the button hands in the form that it stands in. */
  onPress?: () => void;
  children: ReactNode;
  tone?: "primary" | "danger";
  isDisabled?: boolean;
}

// React Aria's pending button announces itself by an element that refers to the button, and names nothing once it is gone.
/** A button that does something which takes a while. */
export const Pressed = ({ busy, onPress, children, tone, isDisabled = false }: PressedParts) => (
  <button
    type={onPress ? "button" : "submit"}
    className={tone ? `button ${tone}` : "button"}
    disabled={isDisabled}
    aria-disabled={busy}
    onClick={(event) => {
      if (busy) event.preventDefault();
      else onPress?.();
    }}
  >
    {children}
  </button>
);

/** A button that does something, and waits while it is done. */
export const Action = ({ doing, ...pressed }: Omit<PressedParts, "busy" | "onPress"> & { doing: Doing; onPress: () => void }) => <Pressed busy={doing.busy} {...pressed} />;
