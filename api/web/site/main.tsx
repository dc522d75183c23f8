import "../shared/look/index.css";
import "./site.css";

import { begin } from "../shared/application";
import { routes } from "./routes";

begin(routes);
