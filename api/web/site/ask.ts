import { asking, type Document } from "../shared/ask";

const asked = asking("/graphql");
const ahead = new Map<string, Promise<unknown>>();

const named = (document: Document<unknown, unknown>, variables: unknown): string => JSON.stringify([document.__meta__?.["hash"], variables]);

/** Ask before the page is there that shows it; when it asks the same, it is given this answer. */
export function askAhead<Result, Variables>(document: Document<Result, Variables>, variables: Variables): void {
  const answer = asked(document, variables);
  answer.catch(() => undefined); // the page tells it
  ahead.set(named(document as Document<unknown, unknown>, variables), answer);
}

/** Ask the public door. */
export const ask: typeof asked = <Result, Variables>(...[document, variables, options]: Parameters<typeof asked<Result, Variables>>): Promise<Result> => {
  const name = named(document as Document<unknown, unknown>, variables);
  const answer = ahead.get(name) as Promise<Result> | undefined;
  ahead.delete(name);
  return answer ?? asked(document, variables, options);
};
