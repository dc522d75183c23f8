// Tells React Aria the language that the pages are read in.
import type { ReactNode } from "react";
import { I18nProvider } from "react-aria-components";

import { useLanguage } from "../language";

export const Localized = ({ children }: { children?: ReactNode }) => <I18nProvider locale={useLanguage()}>{children}</I18nProvider>;
