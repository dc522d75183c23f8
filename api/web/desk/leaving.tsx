// Signing out. What a phone holds for who leaves goes with it, and is not lost without a word.
import { useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useNavigate } from "react-router";

import { AnswerError, UNREACHED } from "../shared/ask";
import { useSharedWords } from "../shared/words";
import type { Refused } from "../shared/refused";
import { draftsOf, forgetAll } from "./inspector/store";
import { Refusal } from "./parts";
import { to } from "./paths";
import { type SignedIn, signOut } from "./session";
import { useWords } from "./words";

export function Leaving({ user }: { user: SignedIn }) {
  const words = useWords();
  const { faults, cancel } = useSharedWords();
  const navigate = useNavigate();
  const [unsent, setUnsent] = useState<number | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const isInspector = user.role === "inspector";

  const ask = async () => {
    setRefused(null);
    const drafts = isInspector ? await draftsOf(user.subject) : [];
    if (drafts.length) setUnsent(drafts.length);
    else await leave();
  };
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      const isAway = error.codes.includes(UNREACHED);
      setRefused(isAway ? { message: faults.unreached, remedy: words.leaving.unreached } : { message: error.message, remedy: error.remedy ?? "" });
      setUnsent((before) => before ?? 0);
      return;
    }
    if (isInspector) await forgetAll(user.subject);
    setUnsent(null);
    await navigate(to("welcome"));
  };
  return (
    <>
      <Button className="language" onPress={() => void ask()}>
        {words.signOut}
      </Button>
      <ModalOverlay className="overlay" isOpen={unsent !== null} onOpenChange={() => setUnsent(null)}>
        <Modal className="modal">
          <Dialog>
            <Heading slot="title">{words.signOut}</Heading>
            {unsent! > 0 && <p>{words.leaving.unsent(unsent!)}</p>}
            <Refusal refused={refused} />
            <div className="actions">
              {unsent! > 0 && (
                <Button className="button danger" onPress={() => void leave()}>
                  {words.leaving.anyway}
                </Button>
              )}
              <Button className="button" onPress={() => setUnsent(null)}>
                {cancel}
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}
