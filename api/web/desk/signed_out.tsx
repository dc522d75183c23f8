// What is laid over a page whose session has ended, so that nothing on it is lost.
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { AnswerError, SIGNED_OUT } from "../shared/ask";
import { to } from "./paths";
import { followSession, session, type Session, type SignedIn, waysNow } from "./session";
import { SigningIn } from "./signing_in";
import { followAsked, gaveUp, isAsked, signed } from "./signing_in_again";
import { useWords } from "./words";

/** Lay the form over the page while questions wait for it; `user` is whose page it is: where anybody else signs in it begins anew. */
export function SignedOut({ user }: { user: Session & SignedIn }) {
  const words = useWords().again;
  const isOpen = useSyncExternalStore(followAsked, isAsked);
  const goOn = (found: Session) => {
    if (found.signedIn) signed();
  };
  useEffect(
    () =>
      followSession(() => {
        void session().then((found) => {
          if (found.signedIn) goOn(found);
          else if (!isAsked()) location.assign(to("home"));
        });
      }),
    [],
  );
  const [ways, setWays] = useState(user.ways);
  useEffect(() => {
    if (!isOpen) return;
    void waysNow().then(setWays, () => null);
  }, [isOpen]);
  return (
    <ModalOverlay className="overlay" isOpen={isOpen}>
      <Modal className="modal">
        <Dialog>
          <Heading slot="title">{words.title}</Heading>
          <p>{words.text}</p>
          {ways.provider && <p className="help">{words.providerText}</p>}
          <SigningIn ways={ways} next={to("welcomeBack")} inWindow onSigned={goOn} />
          <p>
            <Button className="button" onPress={() => gaveUp(new AnswerError(words.title, [SIGNED_OUT], words.text))}>
              {words.giveUp}
            </Button>
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
