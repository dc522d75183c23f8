import type { Words } from "./zh";

export const en: Words = {
  site: "Random inspections",
  bureau: "The bureau",
  menu: {
    findings: "Findings",
    campaigns: "Campaigns",
    plans: "Plans and items",
    notices: "Notices",
    figures: "Figures",
    ledger: "Ledger",
    verify: "Verify",
  },
  home: {
    title: "Findings of random inspections",
    lead: "Whom to inspect is drawn by lot, and so is who inspects; what was found is public. Each campaign’s list is sealed in a public ledger before the draw, and anybody can verify it.",
  },
};
