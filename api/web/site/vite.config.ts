import { building, early, fetchedAlong } from "../building.ts";
import { PATHS } from "./paths.ts";

export default building("site", PATHS, [early("site/early.ts"), fetchedAlong("site/pages/home.tsx")]);
