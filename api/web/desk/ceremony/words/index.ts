import { wordsIn } from "../../../shared/language";
import { en } from "./en";
import { zh } from "./zh";

export const useCeremonyWords = wordsIn({ "zh-CN": zh, en });
