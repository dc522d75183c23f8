// A small client around the generated documents: typed in what it asks and in what it is told.

import type { RefusedFragment, TypedDocumentString } from "./generated/graphql.js";

/** A mutation that was refused as its payload says: nothing was done. */
export class RefusedError extends Error {
  constructor(readonly refusal: RefusedFragment) {
    super(`${refusal.message} ${refusal.remedy}`);
  }
}

/** An answer with errors; `codes` are those of its errors, which are the same in every language. */
export class AnswerError extends Error {
  constructor(readonly errors: readonly { message: string; extensions?: { code?: string } }[]) {
    super(errors.map((each) => each.message).join("\n"));
  }

  get codes(): (string | undefined)[] {
    return this.errors.map((each) => each.extensions?.code);
  }
}

export interface Options {
  /** The bearer token of whom it asks for. */
  token: string;
  /** The language of messages. */
  language?: "zh-CN" | "en";
  /** Whether documents are sent by their ids alone; the service must know them (QIAN_TRUSTED_DOCUMENTS). */
  trusted?: boolean;
}

/** Asks one endpoint as one person. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly options: Options,
  ) {}

  /** Ask a document; throws AnswerError. Under a key, a mutation that is asked again is done once. */
  async ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    key?: string,
  ): Promise<Result> {
    const named = this.options.trusted ? { documentId: document.__meta__?.["hash"] as string } : { query: `${document}` };
    const headers: Record<string, string> = {
      accept: "application/graphql-response+json, application/json",
      "accept-language": this.options.language ?? "zh-CN",
      authorization: `Bearer ${this.options.token}`,
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const files = Object.entries(variables as object).filter(([, value]) => value instanceof Blob);
    let body: string | FormData;
    if (files.length === 0) {
      headers["content-type"] = "application/json";
      body = JSON.stringify({ ...named, variables });
    } else {
      headers["graphql-require-preflight"] = "true";
      body = form({ ...named, variables }, files as [string, Blob][]);
    }
    const response = await fetch(this.url, { method: "POST", headers, body });
    const answer = (await response.json()) as { data?: Result; errors?: AnswerError["errors"] };
    if (answer.errors !== undefined || answer.data === undefined) {
      throw new AnswerError(answer.errors ?? [{ message: `HTTP ${response.status}` }]);
    }
    return answer.data;
  }
}

/** Return what a mutation gave; throws RefusedError where it was refused. */
export function done<Payload extends { refusal?: RefusedFragment | null }>(payload: Payload): Payload {
  if (payload.refusal) {
    throw new RefusedError(payload.refusal);
  }
  return payload;
}

/** Write a request with files (GraphQL multipart request specification). */
function form(request: { variables: unknown }, files: [string, Blob][]): FormData {
  const emptied = Object.fromEntries(files.map(([name]) => [name, null]));
  const written = new FormData();
  written.set("operations", JSON.stringify({ ...request, variables: { ...(request.variables as object), ...emptied } }));
  written.set("map", JSON.stringify(Object.fromEntries(files.map(([name], each) => [each, [`variables.${name}`]]))));
  files.forEach(([, file], each) => written.set(`${each}`, file));
  return written;
}
