import { wordsIn } from "../../../shared/language";
import { en } from "./en";
import { zh } from "./zh";

export const useAuditorWords = wordsIn({ "zh-CN": zh, en });
