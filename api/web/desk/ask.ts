// Asking the staff's door. A session that ended is taken up again by signing in over the page, and the question repeated:
// nothing that was typed is lost.
import { redirect } from "react-router";

import { AnswerError, asking, type AskOptions, type Document, UNREACHED } from "../shared/ask";
import { to } from "./paths";
import { changed, nameOf, session } from "./session";
import { signedInAgain } from "./signing_in_again";

const askDoor = asking("/staff/graphql");

/** Ask as whoever is signed in; with `pageOf` as nobody but who is named there, whom a session that ended asks to sign in. */
export async function ask<Result, Variables>(document: Document<Result, Variables>, variables: Variables, options: AskOptions = {}): Promise<Result> {
  const asked = { ...options, pageOf: options.pageOf ?? (await pageOf()) };
  try {
    return await askDoor(document, variables, asked);
  } catch (error) {
    if (error instanceof AnswerError && error.codes.includes("page_of_another_person")) changed();
    if (!isSignedOut(error)) throw error;
    await signedInAgain();
    return askDoor(document, variables, asked);
  }
}

async function pageOf(): Promise<string> {
  const found = await session();
  if (!found.signedIn) throw toWelcome();
  return nameOf(found);
}

/** Ask for a file of the service, such as one that a job left. */
export async function askFile(path: string, options: { signal?: AbortSignal } = {}): Promise<Response> {
  const get = () =>
    fetch(path, options).catch((error: unknown) => {
      throw options.signal?.aborted ? error : new AnswerError("", [UNREACHED]);
    });
  let answer = await get();
  if (answer.status === 401) {
    await signedInAgain();
    answer = await get();
  }
  if (!answer.ok) throw new AnswerError("", [answer.status >= 502 ? UNREACHED : "unexpected"]);
  return answer;
}

const ENDED = ["token_missing", "token_refused"];

/** Whether an answer says that the session has ended. */
export const isSignedOut = (error: unknown): boolean => error instanceof AnswerError && error.codes.some((code) => ENDED.includes(code));

/** Where one signs in, to come back to where one is. */
export function toWelcome(): Response {
  const here = location.pathname + location.search;
  return redirect(to("welcome", {}, { to: here === to("home") ? undefined : here }));
}
