// Runs while the rest of the script is still on its way: has the page's own module fetched, and asks what most come to see.
import { codeOf } from "../shared/codes";
import { opened } from "../shared/paths";
import { EnterpriseFindingsDocument, HomeDocument, OneCampaignDocument, ShellDocument } from "../generated/site/graphql";
import { askAhead } from "./ask";
import { findingsOf } from "./asked";
import { MODULES } from "./modules";
import { PATHS } from "./paths";

const ASKED: Partial<Record<keyof typeof PATHS, (parameters: Record<string, string>) => void>> = {
  home: () => askAhead(HomeDocument, {}),
  campaign: ({ code }) => askAhead(OneCampaignDocument, { code: code! }),
  enterprise: ({ code }) => {
    const found = codeOf(code!);
    if (found !== null) askAhead(EnterpriseFindingsDocument, findingsOf(found, { url: location.href }));
  },
};

askAhead(ShellDocument, {});
const page = opened(PATHS, location.pathname);
if (page !== null) {
  ASKED[page.name]?.(page.parameters);
  MODULES[page.name]().catch(() => undefined); // whoever shows the page tells it
}
