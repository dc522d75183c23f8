// What a page and its verifying worker tell each other.
import type { Language } from "../language";
import type { Check } from "../../verify/verification.ts";

/** The checkpoint that this browser saw last, and the key that signed the log's first. */
export interface Seen {
  origin: string;
  size: number;
  /** In hex. */
  root: string;
  vkey: string;
  /** An instant. */
  at: string;
}

export type Task =
  | { kind: "public"; language: Language; address: string; campaign: string; trust: string; seen: Seen | null }
  | { kind: "bundle"; data: Blob; trust: string };

/** What the checks read, by their names: entries, names or files, each as text. */
export type Bytes = Record<string, readonly string[]>;

export type Told =
  | { kind: "check"; check: Check }
  | { kind: "bytes"; bytes: Bytes }
  /** With the campaign, and the name of the log, that the verdict is of, where that could be read. */
  | { kind: "done"; seen: Seen | null; campaign: string; log: string }
  /** Nothing could be verified: the keys could not be read, or the bureau did not answer. */
  | { kind: "failed"; fault: string; zh: string | null };
