// Pages of some roles alone, where nothing that they ask of the service would be refused to the others.
import { AnswerError } from "../shared/ask";
import { listed } from "../shared/marks";
import { toWelcome } from "./ask";
import { type RoleName, session, type SignedIn } from "./session";
import { wordsNow } from "./words";

/** Return who is signed in; whoever has none of these roles is told so, as the service tells it. */
export async function onlyFor(...roles: readonly RoleName[]): Promise<SignedIn> {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  if (roles.includes(user.role)) return user;
  const words = wordsNow();
  throw new AnswerError(words.notForRole(words.roles[user.role]), ["role_not_allowed"], words.forRoles(listed(roles.map((each) => words.roles[each]))));
}
