// What several pages of the desk show.
import { type ReactNode, useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { useReadingAnew } from "../shared/reading_anew";
import { Choice } from "../shared/parts/fields";
import { Notice } from "../shared/parts/texts";
import { useSharedWords } from "../shared/words";
import type { Refused } from "../shared/refused";
import { listed } from "../shared/marks";
import type { Doing } from "./doing";
import { isPutOff } from "./signing_in_again";

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

interface ConfirmedParts {
  doing: Doing;
  label: string;
  text: ReactNode;
  tone?: "primary" | "danger";
  isDisabled?: boolean;
  /** Whether there is anything to confirm yet; says itself what is amiss. */
  isReady?: () => boolean;
  onConfirm: () => void;
}

/** A button for what cannot be undone: it says so and asks once more. */
export function Confirmed({ doing, label, text, tone, isDisabled = false, isReady = () => true, onConfirm }: ConfirmedParts) {
  const words = useSharedWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Pressed busy={doing.busy} tone={tone} isDisabled={isDisabled} onPress={() => setOpen(isReady())}>
        {label}
      </Pressed>
      <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={setOpen}>
        <Modal className="modal">
          <Dialog role="alertdialog">
            {({ close }) => (
              <>
                <Heading slot="title">{label}</Heading>
                <p>{text}</p>
                <div className="actions">
                  <Action
                    doing={doing}
                    tone={tone ?? "primary"}
                    onPress={() => {
                      close();
                      onConfirm();
                    }}
                  >
                    {label}
                  </Action>
                  <Button className="button" onPress={close}>
                    {words.cancel}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

/** Read the page's data anew every so often while something is awaited and somebody looks. */
export function useFollowing(isAwaited: boolean, seconds = 4): void {
  const again = useReadingAnew();
  useEffect(() => {
    if (!isAwaited) return;
    let timer: ReturnType<typeof setTimeout> | null;
    const wait = () => {
      timer = setTimeout(() => void look(), seconds * 1000);
    };
    const look = async () => {
      if (document.visibilityState === "visible" && !isPutOff()) await again();
      if (timer !== null) wait();
    };
    wait();
    return () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    };
  }, [isAwaited, again, seconds]);
}

/** What a field shows where a refusal is about it: the end of the refusal's path is the field's. */
export function faultAt(refused: Refused | null, ...path: readonly (string | number)[]) {
  const told = refused?.path ?? [];
  const wanted = path.map(String);
  const isIt = told.length >= wanted.length && wanted.every((each, place) => told[told.length - wanted.length + place] === each);
  return refused && isIt ? { validationBehavior: "aria" as const, validate: () => refused.message } : {};
}

/** The names of departments by their codes. */
export function namesOf(departments: readonly { code: string; name: string }[]): (codes: readonly string[]) => string {
  const names = new Map(departments.map(({ code, name }) => [code, name]));
  return (codes) => listed(codes.map((code) => names.get(code) ?? code));
}

interface DepartmentChoiceParts {
  departments: readonly { code: string; name: string }[];
  label: string;
  /** What it says where none is chosen; nothing where one must be. */
  none?: string;
  defaultValue?: string | null;
  value?: string;
  onChange?: (code: string) => void;
}

/** A department, chosen by its name. */
export const DepartmentChoice = ({ departments, label, none, defaultValue, ...chosen }: DepartmentChoiceParts) => (
  <Choice
    label={label}
    name="department"
    defaultValue={defaultValue ?? ""}
    choices={[...(none === undefined ? [] : [["", none] as const]), ...departments.map(({ code, name }) => [code, name] as const)]}
    {...chosen}
  />
);

/** The departments that an administrator is over: all, or the one that he belongs to. */
export const ownOnes = <Each extends { code: string }>(departments: readonly Each[], own: string | null): readonly Each[] =>
  own === null ? departments : departments.filter(({ code }) => code === own);

/** The departments to which something may be given, and the one that has it. */
export const openOnes = <Each extends { code: string; isInUse: boolean }>(departments: readonly Each[], value?: string | null): Each[] =>
  departments.filter(({ code, isInUse }) => isInUse || code === value);
