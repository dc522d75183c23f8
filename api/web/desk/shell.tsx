// What stands around every page of the desk.
import { type ReactNode, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { Link, useLoaderData, useOutlet } from "react-router";

import { serviceNow } from "../shared/clock";
import { Frame } from "../shared/parts/frame";
import { Fault, Unloaded } from "../shared/parts/page";
import { Told, When } from "../shared/parts/texts";
import { MENU } from "./menu";
import { Leaving } from "./leaving";
import { to } from "./paths";
import { type Session, type SignedIn, session } from "./session";
import { SignedOut } from "./signed_out";
import { useWords } from "./words";

export const loader = (): Promise<Session> => session();

export function Shell() {
  const found = useLoaderData<typeof loader>();
  return (
    <Around session={found}>
      {useOutlet() ?? <Unloaded />}
      {found.signedIn && <SignedOut user={found} />}
    </Around>
  );
}

/** Where even the session cannot be asked for, the frame still stands. */
export const ShellFault = () => (
  <Around session={null}>
    <Fault />
  </Around>
);

/** What every page that is printed begins with: who printed it, and when. */
function Letterhead({ user }: { user: SignedIn }) {
  const words = useWords();
  const [now, setNow] = useState(serviceNow);
  useEffect(() => {
    const printing = () => flushSync(() => setNow(serviceNow()));
    addEventListener("beforeprint", printing);
    return () => removeEventListener("beforeprint", printing);
  }, []);
  return (
    <p className="letterhead">
      <strong>{words.desk}</strong>
      <span>
        <Told text={user.subject} /> · <When at={new Date(now).toISOString()} />
      </span>
    </p>
  );
}

function Around({ session, children }: { session: Session | null; children: ReactNode }) {
  const words = useWords();
  const user = session?.signedIn ? session : null;
  return (
    <Frame
      home={to("home")}
      name={words.desk}
      about={user ? words.roles[user.role] : words.welcome.title}
      menu={user ? MENU[user.role].map((each) => [to(each), words.menu[each]] as const) : []}
      beside={
        user && (
          <>
            <span className="user">
              {user.role === "peer" ? (
                <Told text={user.subject} />
              ) : (
                <Link to={to("me")}>
                  <Told text={user.subject} />
                </Link>
              )}
              <small>{user.department === null ? words.all : <Told text={user.departmentName ?? user.department} />}</small>
            </span>
            <Leaving user={user} />
          </>
        )
      }
    >
      {user && <Letterhead user={user} />}
      {children}
    </Frame>
  );
}
