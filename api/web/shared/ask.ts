// Asking the service. Documents are known to it by their hashes, so that a page sends no query text.
import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";

import { heard } from "./clock";
import { currentLanguage } from "./language";

/** A document that codegen made of a .graphql file. */
export type Document<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { __meta__?: Record<string, unknown> };

/** An answer with errors, or none at all; `codes` are those of its errors, which are the same in every language. */
export class AnswerError extends Error {
  constructor(
    message: string,
    readonly codes: readonly string[],
    readonly remedy: string | null = null,
  ) {
    super(message);
  }

  /** Whether it was not answered at all, for want of a network or of a session: a page that is open need not fall for it. */
  get isLost(): boolean {
    return this.codes.includes(UNREACHED) || this.codes.includes(SIGNED_OUT);
  }

  /** Whether what was asked for is not there. */
  get isMissing(): boolean {
    return this.codes.some((code) => /_missing$|_unknown$|_not_found$|_not_published$/.test(code) && code !== "document_unknown");
  }
}

/** Nothing came back: the network, or the service, is away. */
export const UNREACHED = "unreached";
/** The session has ended, and who was asked to sign in again put it off. */
export const SIGNED_OUT = "signed_out";
/** A file was changed or moved after it was chosen: a browser sends nothing of it any more. */
export const FILE_CHANGED = "file_changed";
/** The service was renewed since this page was opened: it knows other documents. */
export const OUTDATED = "document_unknown";

/** Milliseconds after which a weak network is as good as none, where there is something else to show. */
const PATIENCE = 8000;

/** Wait for an answer, and not for long: then it is as if nothing came back. */
export async function inTime<Answer>(question: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AnswerError("", [UNREACHED])), PATIENCE);
  });
  return Promise.race([question, late]).finally(() => clearTimeout(timer));
}

export interface AskOptions {
  signal?: AbortSignal;
  /** A mutation that is asked again under a key is done once. */
  key?: string;
  /** Whom the page takes to be signed in: nothing is answered to, or done for, anybody else. */
  pageOf?: string;
}

/** Return a key for one thing to be done: a random UUID (RFC 9562, version 4), also where a page did not come by HTTPS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

interface Answered<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; remedy?: string } }[];
}

/** Return how a door is asked; what it gives throws AnswerError. */
export function asking(door: string) {
  return async <Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    options: AskOptions = {},
  ): Promise<Result> => {
    const named = { documentId: document.__meta__?.["hash"] };
    const headers: Record<string, string> = {
      accept: "application/graphql-response+json, application/json",
      "accept-language": currentLanguage(),
      ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
      ...(options.pageOf === undefined ? {} : { "qian-page-of": options.pageOf }),
    };
    const files = Object.entries(variables as object).filter(([, value]) => value instanceof Blob);
    if (files.length) headers["graphql-require-preflight"] = "true";
    else headers["content-type"] = "application/json";
    const body = files.length ? form({ ...named, variables }, files) : JSON.stringify({ ...named, variables });
    const request = { method: "POST", headers, body, ...(options.signal && { signal: options.signal }) };
    const answered = await send<Result>(door, request, files.map(([, file]) => file));
    const [error] = answered.errors ?? [];
    if (error !== undefined || !answered.data) {
      const codes = (answered.errors ?? []).map((each) => each.extensions?.code ?? "unexpected");
      throw new AnswerError(error?.message ?? "", codes, error?.extensions?.remedy ?? null);
    }
    return answered.data;
  };
}

async function send<Result>(door: string, request: RequestInit, files: readonly Blob[]): Promise<Answered<Result>> {
  let answer: Response;
  try {
    answer = await fetch(door, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new AnswerError("", [(await areReadable(files)) ? UNREACHED : FILE_CHANGED]);
  }
  heard(answer);
  try {
    return (await answer.json()) as Answered<Result>;
  } catch {
    throw new AnswerError(`HTTP ${answer.status}`, [answer.status >= 502 ? UNREACHED : "unexpected"]);
  }
}

const areReadable = (files: readonly Blob[]): Promise<boolean> =>
  Promise.all(files.map((file) => file.slice(0, 1).arrayBuffer())).then(
    () => true,
    () => false,
  );

/** Write a request with files (GraphQL multipart request specification). */
function form(request: { variables: unknown }, files: [string, Blob][]): FormData {
  const emptied = Object.fromEntries(files.map(([name]) => [name, null]));
  const written = new FormData();
  written.set("operations", JSON.stringify({ ...request, variables: { ...(request.variables as object), ...emptied } }));
  written.set("map", JSON.stringify(Object.fromEntries(files.map(([name], each) => [each, [`variables.${name}`]]))));
  files.forEach(([, file], each) => written.set(`${each}`, file));
  return written;
}
