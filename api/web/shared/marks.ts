// How texts are put together, by the language of the moment: what a page joins by hand reads in English as English.
import { currentLanguage } from "./language";

const MARKS = {
  "zh-CN": { listing: "、", phrasing: "，", parting: "；", colon: "：", opening: "（", closing: "）" },
  en: { listing: ", ", phrasing: ", ", parting: "; ", colon: ": ", opening: " (", closing: ")" },
};

export const marks = () => MARKS[currentLanguage()];

/** Several of one kind. */
export const listed = (texts: readonly string[]): string => texts.join(marks().listing);

/** Facts of one thing, one after another. */
export const phrased = (texts: readonly string[]): string => texts.join(marks().phrasing);

/** Texts that may be lists or sentences themselves. */
export const parted = (texts: readonly string[]): string => texts.join(marks().parting);

/** What is said beside a text, behind it. */
export const bracketed = (text: string): string => `${marks().opening}${text}${marks().closing}`;

/** A value with what it is. */
export const labelled = (name: string, value: string): string => `${name}${marks().colon}${value}`;
