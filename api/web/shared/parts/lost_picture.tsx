// What stands where the module that draws a picture did not come: the numbers are in its table all the same.
import type { ComponentType } from "react";

import { useSharedWords } from "../words";

const LostPicture = () => <p className="empty">{useSharedWords().noPicture}</p>;

/** Return what draws pictures, or what says that they could not be had. */
export const orLost = <Parts,>(module: Promise<{ default: ComponentType<Parts> }>): Promise<{ default: ComponentType<Parts> }> =>
  module.catch(() => ({ default: LostPicture }));
