import { building } from "../building.ts";

export default building("graphiql");
