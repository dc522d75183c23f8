// The official results of a visit and what may follow, in English.
import type { zh } from "./results_zh";

export const en: typeof zh = {
  results: {
    NO_PROBLEM: "No problem found",
    UNREACHABLE: "Not to be reached at the registered address",
    CLOSED: "Closed, or being wound up",
    UNCOOPERATIVE: "Did not cooperate, gravely",
    DEREGISTERED: "Deregistered",
    LICENCE_REVOKED: "Licence revoked",
    REGISTRATION_ANNULLED: "Registration annulled",
    MOVED_AWAY: "Moved away",
    NOT_DISCLOSED: "Did not disclose what it has to",
    FALSELY_DISCLOSED: "Disclosed what is false, or hid the truth",
    OTHER_VIOLATION: "Violated other rules",
    CORRECTED: "A problem was found, and corrected as ordered",
    NO_SUCH_ACTIVITY: "Does nothing that this campaign is about",
    PENDING: "A problem was found that is yet to be dealt with",
  },
  followUps: {
    NONE: "Nothing more",
    STOPPED: "The check ends; the department in charge is told",
    CORRECTION: "Correction ordered",
    CASE: "Case handed over",
    OTHER_DEPARTMENT: "Another department is told",
    OTHER: "Something else",
  },
};
