import { wordsIn } from "../language";
import { en } from "./en";
import { zh } from "./zh";

export const useSharedWords = wordsIn({ "zh-CN": zh, en });
