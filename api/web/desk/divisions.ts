// Names of administrative divisions, as staff are told them.
import { namingDivisions } from "../shared/parts/divisions";
import { StaffDivisionsDocument } from "../generated/desk/graphql";
import { ask } from "./ask";

export const { Region, useDivisions } = namingDivisions(async (codes) => (await ask(StaffDivisionsDocument, { codes })).divisions);
