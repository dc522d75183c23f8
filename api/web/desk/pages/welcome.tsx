import { type LoaderFunctionArgs, redirect, useLoaderData, useNavigate } from "react-router";

import { Page } from "../../shared/parts/page";
import { Notice } from "../../shared/parts/texts";
import { keep, kept } from "../../shared/storage";
import { to } from "../paths";
import { session } from "../session";
import { SigningIn } from "../signing_in";
import { useWords } from "../words";

const WANTED = "qian.wanted";

/** Where to go once signed in: a page of the desk, whatever the address says. A provider that refused has lost it. */
function wanted({ searchParams: asking }: URL): string {
  const told = asking.get("to") ?? ((asking.has("fault") && kept("sessionStorage", WANTED)) || to("home"));
  const asked = new URL(told, location.origin);
  const isOurs = asked.origin === location.origin && (asked.pathname === to("home") || asked.pathname.startsWith(`${to("home")}/`));
  return isOurs ? asked.pathname + asked.search : to("home");
}

export async function loader({ request }: LoaderFunctionArgs) {
  const address = new URL(request.url);
  const next = wanted(address);
  const found = await session();
  if (found.signedIn) return redirect(next);
  keep("sessionStorage", WANTED, next);
  return { ways: found.ways, next, fault: address.searchParams.get("fault") };
}

export function Component() {
  const words = useWords().welcome;
  const { ways, next, fault } = useLoaderData<Exclude<Awaited<ReturnType<typeof loader>>, Response>>();
  const navigate = useNavigate();
  return (
    <Page title={words.title} lead={words.lead}>
      {fault && (
        <Notice tone="bad" title={words.failed}>
          <p>{words.faults[fault] ?? fault}</p>
        </Notice>
      )}
      <section className="section">
        <SigningIn ways={ways} next={next} onSigned={() => void navigate(next, { replace: true })} />
      </section>
    </Page>
  );
}
