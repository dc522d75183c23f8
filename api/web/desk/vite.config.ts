import { building } from "../building.ts";
import { offline } from "./offline/building.ts";
import { PATHS } from "./paths.ts";

export default building("desk", PATHS, [offline(["desk/inspector/pages/visits.tsx", "desk/inspector/pages/visit.tsx"])]);
