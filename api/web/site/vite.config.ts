import { building, fetchedAlong } from "../building.ts";
import { PATHS } from "./paths.ts";

export default building("site", PATHS, [fetchedAlong("site/pages/home.tsx")]);
