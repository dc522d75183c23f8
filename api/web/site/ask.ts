import { asking } from "../shared/ask";

/** Ask the public door. */
export const ask = asking("/graphql");
