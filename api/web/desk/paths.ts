import { linking } from "../shared/paths.ts";
import { ADMINISTRATOR_PATHS } from "./administrator/paths.ts";
import { ANALYST_PATHS } from "./analyst/paths.ts";
import { AUDITOR_PATHS } from "./auditor/paths.ts";
import { CEREMONY_PATHS } from "./ceremony/paths.ts";
import { INSPECTOR_PATHS } from "./inspector/paths.ts";
import { PLANNER_PATHS } from "./planner/paths.ts";
import { PROCEEDINGS_PATHS } from "./proceedings/paths.ts";

/** The pages of the desk by their addresses: for the router, for links, and told to the service by the build. */
export const PATHS = {
  home: "/desk",
  welcome: "/desk/welcome",
  welcomeBack: "/desk/welcome-back",
  ...PLANNER_PATHS,
  ...PROCEEDINGS_PATHS,
  ...INSPECTOR_PATHS,
  ...CEREMONY_PATHS,
  ...ANALYST_PATHS,
  ...AUDITOR_PATHS,
  ...ADMINISTRATOR_PATHS,
} as const;

/** Return the address of a page. */
export const to = linking(PATHS);
