// Who may go on with a campaign: planners of the department that leads it.
import { session } from "../session";

/** Tell whether who is signed in is a planner of a campaign's lead, the first of its departments. */
export async function leads({ plan }: { plan: { departmentCodes: readonly string[] } }): Promise<boolean> {
  const user = await session();
  return user.signedIn && user.role === "planner" && (user.department === null || user.department === plan.departmentCodes[0]);
}
