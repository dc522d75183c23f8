import "../shared/look/index.css";
import "./desk.css";

import { begin } from "../shared/application";
import { routes } from "./routes";

begin(routes);
