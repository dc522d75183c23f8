// The form by which one signs in: on its own page, and over a page whose session has ended.
import { type FormEvent, useState } from "react";

import { AnswerError } from "../shared/ask";
import { Choice, TextInput } from "../shared/parts/fields";
import { Notice } from "../shared/parts/texts";
import { useSharedWords } from "../shared/words";
import { type Refused, refusalOf } from "../shared/refused";
import { Pressed, Refusal } from "./parts";
import { type Proof, type Session, signIn, type Ways } from "./session";
import { useWords } from "./words";

type Way = "password" | "invitation" | "token";

interface SigningInParts {
  ways: Ways;
  /** Where the provider sends the reader back to. */
  next: string;
  /** In a window of its own the provider leaves the page as it is. */
  inWindow?: boolean;
  onSigned: (session: Session) => void;
}

export function SigningIn({ ways, next, inWindow = false, onSigned }: SigningInParts) {
  const words = useWords().welcome;
  const { faults } = useSharedWords();
  const offered: Way[] = [...(ways.password ? (["password", "invitation"] as const) : []), ...(ways.token ? (["token"] as const) : [])];
  const [chosen, setChosen] = useState<Way>();
  // What is offered may be known only a moment later.
  const way = chosen ?? offered[0];
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const names: Record<Way, string> = { password: words.byPassword, invitation: words.byInvitation, token: words.byToken };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    delete given["way"];
    if (!given["otp"]) delete given["otp"];
    setBusy(true);
    setRefused(null);
    try {
      onSigned(await signIn(given as unknown as Proof));
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      setRefused(refusalOf(error, faults));
    } finally {
      setBusy(false);
    }
  };

  if (!ways.provider && way === undefined) return <Notice tone="warning">{words.noWay}</Notice>;
  return (
    <>
      {ways.provider && (
        <p>
          <a className="button primary" href={`/desk/sign-in?to=${encodeURIComponent(next)}`} {...(inWindow && { target: "_blank" })}>
            {words.provider}
          </a>
        </p>
      )}
      {way !== undefined && (
        <form className="form" onSubmit={(event) => void submit(event)}>
          {offered.length > 1 && (
            <Choice label={words.way} name="way" value={way} onChange={(each) => setChosen(each as Way)} choices={offered.map((each) => [each, names[each]] as const)} />
          )}
          {way === "password" && (
            <>
              <TextInput label={words.username} name="username" autoComplete="username" isRequired />
              <TextInput label={words.password} name="password" type="password" autoComplete="current-password" isRequired />
              <TextInput label={words.code} name="otp" autoComplete="one-time-code" inputMode="numeric" help={words.codeHelp} />
            </>
          )}
          {way === "invitation" && (
            <>
              <TextInput label={words.invitation} name="invitation" autoComplete="off" isRequired />
              <TextInput label={words.newPassword} name="password" type="password" autoComplete="new-password" help={words.newPasswordHelp} isRequired />
            </>
          )}
          {way === "token" && <TextInput label={words.token} name="token" type="password" autoComplete="off" help={words.tokenHelp} isRequired />}
          <Refusal refused={refused} />
          <Pressed tone="primary" busy={busy}>
            {words.signIn}
          </Pressed>
        </form>
      )}
    </>
  );
}
