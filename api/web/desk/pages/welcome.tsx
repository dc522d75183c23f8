import { type LoaderFunctionArgs, redirect, useLoaderData, useNavigate } from "react-router";

import { Page } from "../../shared/parts/page";
import { Notice } from "../../shared/parts/texts";
import { to } from "../paths";
import { session } from "../session";
import { SigningIn } from "../signing_in";
import { useWords } from "../words";

/** Where to go once signed in: a page of the desk, whatever the address says. */
function wanted(request: Request): string {
  const asked = new URL(new URL(request.url).searchParams.get("to") ?? to("home"), location.origin);
  const isOurs = asked.origin === location.origin && (asked.pathname === to("home") || asked.pathname.startsWith(`${to("home")}/`));
  return isOurs ? asked.pathname + asked.search : to("home");
}

export async function loader({ request }: LoaderFunctionArgs) {
  const found = await session();
  if (found.signedIn) return redirect(wanted(request));
  return { ways: found.ways, next: wanted(request), fault: new URL(request.url).searchParams.get("fault") };
}

export function Component() {
  const words = useWords().welcome;
  const { ways, next, fault } = useLoaderData<Exclude<Awaited<ReturnType<typeof loader>>, Response>>();
  const navigate = useNavigate();
  return (
    <Page title={words.title} lead={words.lead}>
      {fault && (
        <Notice tone="bad" title={words.failed}>
          <p className="code">{fault}</p>
        </Notice>
      )}
      <section className="section">
        <SigningIn ways={ways} next={next} onSigned={() => void navigate(next, { replace: true })} />
      </section>
    </Page>
  );
}
