// Who is signed in. The token stays with the service: this browser holds a cookie that no script can read.
import { currentLanguage } from "../shared/language";
import { AnswerError, inTime, UNREACHED } from "../shared/ask";
import { heard } from "../shared/clock";
import { keep, kept } from "../shared/storage";
import { to } from "./paths";

export type RoleName = "planner" | "inspector" | "analyst" | "auditor" | "administrator" | "peer";

export interface SignedIn {
  signedIn: true;
  /** The service was not reached: this is who was signed in last, for pages that open without a network. */
  isRemembered?: true;
  subject: string;
  role: RoleName;
  department: string | null;
  /** What it is called; null where the register does not have it. */
  departmentName: string | null;
  expires: string;
}

/** How one may sign in here. */
export interface Ways {
  provider: boolean;
  password: boolean;
  token: boolean;
}

export type Session = (SignedIn | { signedIn: false }) & { ways: Ways; publicSite?: string | null };

export type Proof = { username: string; password: string; otp?: string } | { token: string } | { invitation: string; password: string };

const SESSION = "/desk/session";
const TOLD_TABS = "qian.session";
const REMEMBERED = "qian.session.last";
/** For so many milliseconds this browser is taken to be still that of who was signed in last. */
const REMEMBERED_FOR = 7 * 24 * 3600 * 1000;

let known: Promise<Session> | null = null;
/** Whose pages these are: for anybody else they begin anew, so that nothing of the one is left where the other is. */
let owner: string | null = null;
let site = "";
const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(TOLD_TABS);
const listeners = new Set<() => void>();
others?.addEventListener("message", changed);

/** Return the session, which is asked for once until it changes; without a network, an inspector's last one. */
export function session(): Promise<Session> {
  known ??= (remembered() ? inTime(send("GET")) : send("GET"))
    .then(remember, (error: unknown) => {
      known = null;
      const last = error instanceof AnswerError && error.codes.includes(UNREACHED) ? remembered() : null;
      if (last === null) throw error;
      return last;
    })
    .then(ofOwner);
  return known;
}

/** Sign in; raises AnswerError with the code of the refusal. */
export async function signIn(proof: Proof): Promise<Session> {
  const signed = remember(await send("POST", proof));
  tellOthers();
  known = ofOwner(signed);
  return known;
}

export async function signOut(): Promise<void> {
  await send("DELETE");
  known = null;
  keepLast(null);
  tellOthers();
}

/** Return the role of who is signed in; null where nobody is. */
export async function roleNow(): Promise<RoleName | null> {
  const found = await session();
  return found.signedIn ? found.role : null;
}

/** Return the address of a page of the public's, for who is signed in. */
export const publicPage = (path: string): string => site + path;

/** Return how one may sign in by now; who was remembered without a network knows no way. */
export const waysNow = (): Promise<Ways> => send("GET").then(({ ways }) => ways);

/** Name somebody in what he does, to the service as well: a page that he opened does nothing for anybody else. */
export const nameOf = ({ subject, role, department }: SignedIn): string => [subject, role, department ?? ""].map(encodeURIComponent).join("/");

export function tellOthers(): void {
  others?.postMessage(null);
}

/** Be told when another tab signed in or out; returns what ends it. */
export function followSession(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Another tab signed in or out, or the service says that somebody did. */
export function changed(): void {
  known = null;
  listeners.forEach((tell) => tell());
}

/** Return a session of whoever these pages are of; for anybody else, load the first page and never go on here. */
function ofOwner(found: Session): Promise<Session> {
  if (!found.signedIn) return Promise.resolve(found);
  owner ??= nameOf(found);
  if (owner === nameOf(found)) return Promise.resolve(found);
  location.assign(to("home"));
  return new Promise(() => {});
}

/** Keep who is signed in, and nothing by which one is: only inspectors work without a network. */
function remember(found: Session): Session {
  site = found.publicSite ?? "";
  keepLast(found.signedIn && found.role === "inspector" ? { subject: found.subject, department: found.department, departmentName: found.departmentName, at: Date.now() } : null);
  return found;
}

interface Remembered {
  subject: string;
  department: string | null;
  departmentName: string | null;
  at: number;
}

function remembered(): Session | null {
  const { subject, department, departmentName = null, at } = JSON.parse(kept("localStorage", REMEMBERED) ?? "{}") as Partial<Remembered>;
  if (subject === undefined || department === undefined || at === undefined || Date.now() - at > REMEMBERED_FOR) return null;
  const ways = { provider: false, password: false, token: false };
  return { signedIn: true, isRemembered: true, subject, role: "inspector", department, departmentName, expires: new Date(at + REMEMBERED_FOR).toISOString(), ways };
}

const keepLast = (last: Remembered | null): void => keep("localStorage", REMEMBERED, last && JSON.stringify(last));

async function send(method: "GET" | "POST" | "DELETE", proof?: Proof): Promise<Session> {
  let answer: Response;
  try {
    answer = await fetch(SESSION, {
      method,
      headers: { "accept-language": currentLanguage(), ...(proof && { "content-type": "application/json" }) },
      ...(proof && { body: JSON.stringify(proof) }),
    });
  } catch {
    throw new AnswerError("", [UNREACHED]);
  }
  heard(answer);
  if (answer.status === 204) return { signedIn: false, ways: { provider: false, password: false, token: false } };
  const told = (await answer.json().catch(() => ({}))) as Session & { code?: string; message?: string; remedy?: string };
  if (answer.ok) return told;
  throw new AnswerError(told.message ?? `HTTP ${answer.status}`, [told.code ?? (answer.status >= 502 ? UNREACHED : "unexpected")], told.remedy ?? null);
}
