import { building } from "../building.ts";
import { PATHS } from "./paths.ts";

export default building("desk", PATHS);
