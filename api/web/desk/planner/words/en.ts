import { campaign } from "./campaign_en";
import { plan } from "./plan_en";
import { publicWork } from "./public_work_en";
import type { Words } from "./zh";

export const en: Words = {
  states: {
    PLANNED: "Planned",
    LISTED: "List fixed",
    FROZEN: "Frozen, waits for its draw",
    DRAWN: "Drawn",
    MATCHED: "Being inspected",
    CLOSED: "Closed",
    VOIDED: "Void",
  },
  types: { UNTARGETED: "Drawn from all", TARGETED: "Drawn by conditions", SPECIAL: "Special check", SUPERIOR: "A superior’s list" },
  findingStates: {
    RECORDED: "To be confirmed",
    CONFIRMED: "To be reviewed",
    RETURNED: "Returned",
    APPROVED: "Approved, to be published",
    PUBLISHED: "Published",
    ENDED: "No longer shown",
  },
  urgencies: { OPEN: "In time", WARNED: "Due soon", OVERDUE: "Overdue" },
  signatures: { SIGNED: "Signed", REFUSED: "Refused to sign", NOBODY_THERE: "Nobody there to sign" },
  causes: {
    NOT_OF_THE_FRAME: "It did not meet the conditions when the list was frozen: the register was wrong",
    SAME_AS_ANOTHER: "It is the same enterprise as another one of the list",
  },
  all: "All",
  search: "Search",
  to: "to",
  period: "Period",
  departments: "Departments",
  enterprise: "Enterprise",
  code: "Social credit code",
  position: "Position",
  result: "Found",
  followUp: "What follows",
  visitedOn: "Visited on",
  note: "Note",
  remove: "Remove",
  tabs: { label: "Pages of the campaign", overview: "Progress and next step", plan: "Plan", visits: "Visits", findings: "Findings" },
  ...campaign,
  ...plan,
  ...publicWork,
};
