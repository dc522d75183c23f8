import "../shared/look/index.css";
import "./desk.css";

import { begin } from "../shared/application";
import { Localized } from "../shared/parts/localized";
import { routes } from "./routes";

begin(routes, Localized);
