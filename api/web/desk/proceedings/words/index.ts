import { wordsIn } from "../../../shared/language";
import { en } from "./en";
import { zh } from "./zh";

export const useWords = wordsIn({ "zh-CN": zh, en });
