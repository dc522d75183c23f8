// Following what changes: a subscription over server-sent events, taken up again where it breaks, asked for where it does not come.
import { AnswerError, type Document, UNREACHED } from "../shared/ask";
import { currentLanguage } from "../shared/language";
import { isPutOff } from "./signing_in_again";

const DOOR = "/staff/graphql";
/** Milliseconds until a stream must have told something: a proxy may hold it back. */
const PATIENCE = 8000;
const AGAIN = 2000;

interface Following<Result, Told> {
  /** What of an event is told. */
  pick: (result: Result) => Told;
  onTold: (told: Told) => void;
  /** Ask once, where nothing is streamed; returns what the stream would tell. */
  ask: (signal: AbortSignal) => Promise<Told | null>;
  /** Whether what was told is the last of it. */
  isLast: (told: Told) => boolean;
  /** Told that nothing comes, and that something comes again. */
  onBroken: (isBroken: boolean) => void;
  signal: AbortSignal;
}

/** Follow until the end, or until it is given up by the signal. */
export async function follow<Result, Variables, Told>(
  document: Document<Result, Variables>,
  variables: Variables,
  { pick, onTold, ask, isLast, onBroken, signal }: Following<Result, Told>,
): Promise<void> {
  let ended = false;
  const tell = (told: Told) => {
    ended = isLast(told);
    onBroken(false);
    onTold(told);
  };
  while (!signal.aborted && !ended) {
    try {
      for await (const result of streamed(document, variables, signal)) tell(pick(result));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AnswerError)) throw error;
    }
    if (signal.aborted || ended) return;
    try {
      // Where the session has ended this asks to sign in again.
      const told = isPutOff() ? null : await ask(signal);
      if (told !== null) tell(told);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AnswerError)) throw error;
      onBroken(true);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Give what a subscription tells, until it ends, breaks or is silent from the start. */
async function* streamed<Result, Variables>(document: Document<Result, Variables>, variables: Variables, signal: AbortSignal): AsyncGenerator<Result> {
  const silent = new AbortController();
  const stop = () => silent.abort();
  signal.addEventListener("abort", stop);
  const timer = setTimeout(stop, PATIENCE);
  try {
    const answer = await fetch(DOOR, {
      method: "POST",
      headers: { accept: "text/event-stream", "accept-language": currentLanguage(), "content-type": "application/json" },
      body: JSON.stringify({ documentId: document.__meta__?.["hash"], variables }),
      signal: silent.signal,
    });
    for await (const data of events(answer)) {
      clearTimeout(timer);
      const { data: result, errors } = JSON.parse(data) as { data?: Result | null; errors?: { message: string; extensions?: { code?: string } }[] };
      if (errors?.length) throw new AnswerError(errors[0]!.message, errors.map((each) => each.extensions?.code ?? "unexpected"));
      if (result) yield result;
    }
  } catch (error) {
    if (error instanceof AnswerError) throw error;
    throw new AnswerError("", [UNREACHED]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** Give the data of each event of a stream (WHATWG HTML, server-sent events); comments keep it open and say nothing. */
async function* events(answer: Response): AsyncGenerator<string> {
  if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) {
    yield await answer.text();
    return;
  }
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split(/\r\n|\n|\r/);
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith("data:") && line.slice(5).trim()) yield line.slice(5).trim();
  }
}
