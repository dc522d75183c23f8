import { wordsIn } from "../../language";
import { en } from "./en";
import { zh } from "./zh";

export const useVerifyingWords = wordsIn({ "zh-CN": zh, en });
