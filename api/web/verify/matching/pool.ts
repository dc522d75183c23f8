/** The sealed pool of a matching (docs/ledger.md, Documents: `pool`). */
import { require } from "../ledger/fault.ts";
import { exactly, has, integerAt, type Json, listAt, object, text, textAt, textsAt, truthAt } from "../ledger/json.ts";

export interface Role {
  readonly name: string;
  readonly department: string;
  readonly specialist: boolean;
  readonly count: number;
  readonly specialties: readonly string[];
  readonly category: string;
  readonly local: boolean;
  /** The unit that the inspectors must be of, "" for any. */
  readonly unit: string;
  /** The ids of those who may take the places, none for all. */
  readonly inspectors: readonly string[];
}

export interface Inspector {
  readonly id: string;
  readonly category: string;
  readonly unit: string;
  readonly department: string;
  readonly specialties: readonly string[];
  readonly areas: readonly string[];
  readonly validUntil: string;
  readonly dutyDays: number;
  readonly cap: number;
  readonly load: number;
  readonly recused: readonly string[];
}

export interface Pool {
  readonly roles: readonly Role[];
  readonly differentUnits: boolean;
  readonly lastDay: string;
  readonly leastDutyDays: number;
  readonly inspectors: readonly Inspector[];
}

export function poolOf(value: Json): Pool {
  const given = exactly(value, "roles", "different_units", "last_day", "least_duty_days", "inspectors");
  const roles = listAt(given, "roles").map(roleOf);
  const inspectors = listAt(given, "inspectors").map(inspectorOf);
  require(new Set(roles.map((role) => role.name)).size === roles.length, "role_twice");
  require(new Set(inspectors.map((each) => each.id)).size === inspectors.length, "inspector_twice");
  const certificates = listAt(given, "inspectors").map((each) => textAt(each, "certificate"));
  require(new Set(certificates).size === inspectors.length, "certificate_twice");
  require(teamSize(roles) >= 2 && roles.every((role) => role.count >= 1), "team_size");
  return {
    roles,
    differentUnits: truthAt(given, "different_units"),
    lastDay: textAt(given, "last_day"),
    leastDutyDays: integerAt(given, "least_duty_days"),
    inspectors,
  };
}

export const teamSize = (roles: readonly Role[]): number => roles.reduce((sum, role) => sum + role.count, 0);

export function roleOf(value: Json): Role {
  const more = ["unit", "inspectors"].filter((name) => has(object(value), name));
  const given = exactly(value, "name", "department", "specialist", "count", "specialties", "category", "local", ...more);
  return {
    name: plain(given["name"]),
    department: plain(given["department"]),
    specialist: truthAt(given, "specialist"),
    count: integerAt(given, "count"),
    specialties: listAt(given, "specialties").map(plain),
    category: given["category"] === "" ? "" : plain(given["category"]),
    local: truthAt(given, "local"),
    unit: has(given, "unit") ? plain(given["unit"]) : "",
    inspectors: has(given, "inspectors") ? listAt(given, "inspectors").map(plain) : [],
  };
}

/** A text that is not empty and has no control characters, so that none of them can part fields. */
function plain(value: Json | undefined): string {
  const found = text(value);
  require(found !== "" && !/[\u0000-\u001f\u007f]/.test(found), "pool_text");
  return found;
}

function inspectorOf(value: Json): Inspector {
  const names = "id certificate category unit department specialties areas valid_until duty_days cap load recused";
  const given = exactly(value, ...names.split(" "));
  const [cap, load] = [integerAt(given, "cap"), integerAt(given, "load")];
  require(cap >= 0 && load >= 0, "pool_load");
  return {
    id: textAt(given, "id"),
    category: textAt(given, "category"),
    unit: textAt(given, "unit"),
    department: textAt(given, "department"),
    specialties: textsAt(given, "specialties"),
    areas: textsAt(given, "areas"),
    validUntil: textAt(given, "valid_until"),
    dutyDays: integerAt(given, "duty_days"),
    cap,
    load,
    recused: textsAt(given, "recused"),
  };
}
