// What several pages of the desk show.
import type { ReactNode } from "react";
import { Button } from "react-aria-components";

import { Notice } from "../shared/parts/texts";
import type { Doing, Refused } from "./doing";

/** Why something was not done, read out when it appears. */
export const Refusal = ({ refused }: { refused: Refused | null }) =>
  refused && (
    <Notice tone="bad" live title={refused.message}>
      <p>{refused.remedy}</p>
    </Notice>
  );

interface ActionParts {
  doing: Doing;
  onPress: () => void;
  children: ReactNode;
  tone?: "primary" | "danger";
  isDisabled?: boolean;
}

/** A button that does something, and waits while it is done. */
export const Action = ({ doing, onPress, children, tone, isDisabled = false }: ActionParts) => (
  <Button className={tone ? `button ${tone}` : "button"} isPending={doing.busy} isDisabled={isDisabled} onPress={onPress}>
    {children}
  </Button>
);
