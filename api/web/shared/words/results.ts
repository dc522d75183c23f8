import { wordsIn } from "../language";
import { en } from "./results_en";
import { zh } from "./results_zh";

export const useResultWords = wordsIn({ "zh-CN": zh, en });
