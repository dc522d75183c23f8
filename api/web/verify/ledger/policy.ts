/** Witness policies (docs/witnesses.md, The policy). */
import { Fault, require, saying } from "./fault.ts";
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
  require(utf8(text).length <= LARGEST && text.endsWith("\n"), "policy_unfinished");
  const witnesses = new Map<string, Verifier>();
  const groups: Group[] = [];
  const logs: Verifier[] = [];
  const names = new Set<string>();
  const members = new Set<string>();
  let quorum: string | undefined;
  const define = (name: string): void => {
    require(name !== NONE && !names.has(name), "policy_twice", { name });
    names.add(name);
  };
  const known = (name: string): void => require(names.has(name), "policy_undefined", { name });
  const fresh = (key: Verifier, others: Iterable<Verifier>): void => {
    for (const other of others) require(String(other.key) !== String(key.key), "policy_key_twice");
  };
  for (const line of text.split("\n")) {
    require(!/[\0-\x08\x0a-\x1f\x7f]/.test(line), "policy_characters");
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    const [word, name = "", third = "", ...more] = items;
    if (word === undefined || word.startsWith("#")) continue;
    if (word === "log" && (items.length === 2 || items.length === 3)) {
      const key = parseVkey(name);
      fresh(key, logs);
      logs.push(key);
    } else if (word === "witness" && (items.length === 3 || items.length === 4)) {
      const key = parseVkey(third);
      require(key.type === COSIGNATURE, "policy_key", { name });
      fresh(key, witnesses.values());
      define(name);
      witnesses.set(name, key);
    } else if (word === "group" && more.length > 0) {
      for (const member of more) {
        known(member);
        require(!members.has(member), "policy_member", { member });
        members.add(member);
      }
      define(name);
      groups.push({ name, threshold: thresholdOf(third, more.length), members: more });
    } else if (word === "quorum" && items.length === 2) {
      require(quorum === undefined, "policy_quorums");
      if (name !== NONE) known(name);
      quorum = name;
    } else {
      throw new Fault(saying("policy_line", { line }));
    }
  }
  require(quorum !== undefined, "policy_quorum");
  require(Math.max(witnesses.size, groups.length, logs.length) <= MOST, "policy_size");
  return { witnesses, groups, quorum };
}

function thresholdOf(text: string, members: number): number {
  if (text === "all") return members;
  const threshold = text === "any" ? 1 : /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : 0;
  require(threshold >= 1 && threshold <= members, "policy_group");
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
