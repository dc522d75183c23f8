// Names of administrative divisions, as the public is told them.
import { namingDivisions } from "../shared/parts/divisions";
import { PublicDivisionsDocument } from "../generated/site/graphql";
import { ask } from "./ask";

export const { useDivisions } = namingDivisions(async (codes) => (await ask(PublicDivisionsDocument, { codes })).divisions);
