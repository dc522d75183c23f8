// What several pages of planners show.
import { type ReactNode, useEffect, useState } from "react";
import { NavLink, useRevalidator } from "react-router";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { Badge, type Tone } from "../../shared/parts/texts";
import { useSharedWords } from "../../shared/words";
import type { CampaignType, StaffCampaignState } from "../../generated/desk/graphql";
import type { Doing, Refused } from "../doing";
import { to } from "../paths";
import { Action, Pressed } from "../parts";
import { useWords } from "./words";
import "./planner.css";

const STATE_TONES: Record<StaffCampaignState, Tone> = {
  PLANNED: "plain",
  FROZEN: "warning",
  LISTED: "warning",
  DRAWN: "strong",
  MATCHED: "strong",
  CLOSED: "good",
  VOIDED: "bad",
};

export const CampaignStateBadge = ({ state }: { state: StaffCampaignState }) => <Badge tone={STATE_TONES[state]}>{useWords().states[state]}</Badge>;

interface Head {
  code: string;
  state: StaffCampaignState;
  plan: { title: string; type: CampaignType };
}

/** What stands under the title of each page of a campaign. */
export function CampaignLead({ campaign: { code, state, plan } }: { campaign: Head }) {
  const words = useWords();
  return (
    <p>
      <span className="code">{code}</span> <CampaignStateBadge state={state} /> <Badge>{words.types[plan.type]}</Badge>
    </p>
  );
}

/** The pages of one campaign. */
export function CampaignTabs({ campaign: { code, state } }: { campaign: Head }) {
  const words = useWords().tabs;
  const isMatched = state === "MATCHED" || state === "CLOSED";
  const pages: (readonly [string, string])[] = [
    [to("campaign", { code }), words.overview],
    [to("campaignPlan", { code }), words.plan],
  ];
  if (isMatched) pages.push([to("campaignVisits", { code }), words.visits], [to("campaignFindings", { code }), words.findings]);
  return (
    <nav className="tabs" aria-label={words.label}>
      <ul>
        {pages.map(([address, name]) => (
          <li key={address}>
            <NavLink to={address} end>
              {name}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ConfirmedParts {
  doing: Doing;
  label: string;
  text: ReactNode;
  tone?: "primary" | "danger";
  isDisabled?: boolean;
  onConfirm: () => void;
}

/** A button for what cannot be undone: it says so and asks once more. */
export function Confirmed({ doing, label, text, tone, isDisabled = false, onConfirm }: ConfirmedParts) {
  const words = useSharedWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Pressed busy={doing.busy} tone={tone} isDisabled={isDisabled} onPress={() => setOpen(true)}>
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
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!isAwaited || state !== "idle") return;
    const timer = setTimeout(() => document.visibilityState === "visible" && void revalidate(), seconds * 1000);
    return () => clearTimeout(timer);
  }, [isAwaited, state, revalidate, seconds]);
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
  return (codes) => codes.map((code) => names.get(code) ?? code).join("、");
}

/** An instant of a field of civil time in China. */
export const instantOf = (typed: string): string => `${typed}:00+08:00`;

/** A share in basis points, as percent. */
export const percent = (basisPoints: number): string => `${Math.trunc(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, "0")} %`;

/** Hundredths, as people write them. */
export const hundredths = (value: number): string => `${Math.trunc(value / 100)}.${String(value % 100).padStart(2, "0")}`;
