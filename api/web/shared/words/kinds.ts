// What each kind of entry of the ledger means, for pages whose application does not carry these words itself.
import { wordsIn } from "../language";
import { kinds as en } from "./kinds_en";
import { kinds as zh } from "./kinds_zh";

export const useKinds = wordsIn<Record<string, string>>({ "zh-CN": zh, en });
