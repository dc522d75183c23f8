import { useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { toWelcome } from "../ask";
import { session } from "../session";
import { useWords } from "../words";

export async function loader() {
  const found = await session();
  if (!found.signedIn) throw toWelcome();
  return found;
}

export function Component() {
  const words = useWords();
  return <Page title={words.home.title} lead={words.home.lead(useLoaderData<typeof loader>().subject)} />;
}
