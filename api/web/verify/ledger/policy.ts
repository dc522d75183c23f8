/** Witness policies (docs/witnesses.md, The policy). */
import { Fault, require } from "./fault.ts";
import { COSIGNATURE, parseVkey, type Signature, type Verifier } from "./note.ts";
import { utf8 } from "./bytes.ts";

interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly witnesses: ReadonlyMap<string, Verifier>;
  readonly groups: readonly Group[];
  /** The name of a witness or a group, or `none`. */
  readonly quorum: string;
}

const LARGEST = 32 * 1024;
const MOST = 64;
const NONE = "none";

export function parsePolicy(text: string): Policy {
  require(utf8(text).length <= LARGEST && text.endsWith("\n"), "a policy that is too large or not finished");
  const witnesses = new Map<string, Verifier>();
  const groups: Group[] = [];
  const logs: Verifier[] = [];
  const names = new Set<string>();
  const members = new Set<string>();
  let quorum: string | undefined;
  const define = (name: string): void => {
    require(name !== NONE && !names.has(name), `the policy defines ${name} twice`);
    names.add(name);
  };
  const known = (name: string): void => require(names.has(name), `the policy names ${name} before it is defined`);
  const fresh = (key: Verifier, others: Iterable<Verifier>): void => {
    for (const other of others) require(String(other.key) !== String(key.key), "the policy names a key twice");
  };
  for (const line of text.split("\n")) {
    require(!/[\0-\x08\x0a-\x1f\x7f]/.test(line), "a policy with control characters");
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    const [word, name = "", third = "", ...more] = items;
    if (word === undefined || word.startsWith("#")) continue;
    if (word === "log" && (items.length === 2 || items.length === 3)) {
      const key = parseVkey(name);
      fresh(key, logs);
      logs.push(key);
    } else if (word === "witness" && (items.length === 3 || items.length === 4)) {
      const key = parseVkey(third);
      require(key.type === COSIGNATURE, `the key of ${name} is none of a witness`);
      fresh(key, witnesses.values());
      define(name);
      witnesses.set(name, key);
    } else if (word === "group" && more.length > 0) {
      for (const member of more) {
        known(member);
        require(!members.has(member), `the policy has ${member} in two groups`);
        members.add(member);
      }
      define(name);
      groups.push({ name, threshold: thresholdOf(third, more.length), members: more });
    } else if (word === "quorum" && items.length === 2) {
      require(quorum === undefined, "a policy with two quorums");
      if (name !== NONE) known(name);
      quorum = name;
    } else {
      throw new Fault(`a line that is none of a policy: ${line}`);
    }
  }
  require(quorum !== undefined, "a policy without a quorum");
  require(Math.max(witnesses.size, groups.length, logs.length) <= MOST, "a policy that is too large");
  return { witnesses, groups, quorum };
}

function thresholdOf(text: string, members: number): number {
  if (text === "all") return members;
  const threshold = text === "any" ? 1 : /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : 0;
  require(threshold >= 1 && threshold <= members, "a group of the policy with an impossible number");
  return threshold;
}

export const needsWitnesses = (policy: Policy): boolean => policy.quorum !== NONE;

/** The names of the policy's witnesses that cosigned, at `latest` (Unix seconds) or before. */
export function cosigners(policy: Policy, signatures: readonly Signature[], latest: number): Set<string> {
  const found = new Set<string>();
  for (const [name, key] of policy.witnesses) {
    const timely = (each: Signature): boolean =>
      each.verifier.vkey === key.vkey && each.time !== null && each.time <= latest;
    if (signatures.some(timely)) found.add(name);
  }
  return found;
}

export function isMet(policy: Policy, cosigned: ReadonlySet<string>): boolean {
  const held = new Set(cosigned);
  for (const group of policy.groups) {
    if (group.members.filter((member) => held.has(member)).length >= group.threshold) held.add(group.name);
  }
  return !needsWitnesses(policy) || held.has(policy.quorum);
}
