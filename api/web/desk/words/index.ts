import { currentLanguage, wordsIn } from "../../shared/language";
import { en } from "./en";
import { zh } from "./zh";

const catalogues = { "zh-CN": zh, en };

export const useWords = wordsIn(catalogues);

/** The words of the moment, for what asks outside of any page. */
export const wordsNow = () => catalogues[currentLanguage()];
