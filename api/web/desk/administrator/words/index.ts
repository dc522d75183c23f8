import { wordsIn } from "../../../shared/language";
import { en } from "./en";
import { zh } from "./zh";

export const useAdministratorWords = wordsIn({ "zh-CN": zh, en });
