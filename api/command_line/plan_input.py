"""A campaign's plan from a TOML file and from options, which go before what the file says.

title = "2026 年第四季度建筑施工、物业服务企业双随机抽查"
departments = ["ZJ", "SC"]           # the lead first
items = ["ZJ-01", "ZJ-02"]
starts = 2026-11-23
ends = 2026-12-31
rates = { A = 200, B = 500, C = 1500, D = 4000 }      # basis points: 500 is 5 %
once_a_year = true
annual_line = ""                     # the line of the lead's plan of the year, if any
flat_reason = ""                     # why all grades have the same rate, if they have

[design]                             # in the place of rates, where these are not by grade alone
kind = "findings"                    # rates, counts, proportional, neyman, neyman_findings, findings
floor = 50                           # least rate of every stratum in basis points
months = 12                          # a draw in so many months makes an enterprise visited
capacity = 300                       # visits to be divided; not for rates and counts
greatest_error = 150                 # of the share with findings, in basis points; for findings alone
past = false                         # true: rates of findings from past campaigns, drawn to their mean
shrinkage = 20                       # with the weight of so many visits
rules = [                            # value: basis points, visits, or a standard deviation, as kind has it
  { grade = "A", value = 300 },
  { grade = "A", sector = "燃气经营", region = "示范镇", visited = true, value = 500 },
]

[[frequency]]                        # at most so many visits in so many months, whichever department
visits = 1
months = 6

[conditions]                         # empty or absent: all
sectors = ["建筑施工", "物业服务"]
regions = []
statuses = ["存续"]
types = ["企业"]                      # what the code tells: 企业, 个体工商户, 农民专业合作社, 其他
sizes = ["大型", "中型"]              # only those whose registration tells it
tags = [["在建项目施工单位"]]          # of each list one tag suffices

[[exclusions]]
enterprise = "91130304PDY00001XL"
reason = "…"

[[participants]]                     # in place of departments, items and roles; the first leads
department = "ZJ"
unit = ""                            # one of its units, empty for any
items = ["ZJ-01"]
size = 2                             # inspectors that it sends to each visit
inspectors = []                      # certificates of those who may be sent, none for any

[grading]                            # whose grades make the strata; absent: the general ones
rule = "highest"                     # or "department" with one of them, or "matrix"
departments = ["ZJ", "SC"]
matrix = []                          # { grades = ["A", "B"], grade = "B" } for each combination

[listing]                            # in place of rates: no draw, all of a list are visited
reason = "…"                         # why; public
enterprises = ["91130304PDY00001XL"] # none: all that meet the conditions

[listing.origin]                     # of a list that a superior drew
body = "…"
number = "…"
sha256 = "…"                         # of its file

[matching]                           # all of it may be absent
size = 2                             # places of a team, where no roles are named
different_units = false
cap = 20                             # most visits of one inspector in this campaign
least_duty_days = 1                  # days of the period on which an inspector must not be away
household = true                     # recusals beside those declared: persons of one household,
former_employer_years = 3            # employers left less than so many years before the start,
last_visit = false                   # the last campaign's inspectors of the enterprise

[[matching.roles]]                   # name and department, the others may be absent
name = "lead"
department = "ZJ"
count = 1
specialist = true                    # the enterprise's sector among the specialties
specialties = []                     # one of these among them
category = ""                        # category of the certificate
local = false                        # the enterprise's region among the inspector's areas
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from ledger.errors import Invalid
from sampling.conditions import OPERATING, Conditions
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.frequency import FrequencyRule
from sampling.listings import Listing, Origin, read_list
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.participants import Participant, departments_of, items_of
from sampling.plans import Exclusion, Plan
from scoring.joint_grades import JointGrading, JointRule

DEFAULT = MatchingPlan()


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Conditions(_Given):
    sectors: list[str] = []
    regions: list[str] = []
    statuses: list[str] = [OPERATING]
    types: list[str] = []
    sizes: list[str] = []
    tags: list[list[str]] = []

    def conditions(self) -> Conditions:
        return Conditions(
            tuple(self.sectors),
            tuple(self.regions),
            tuple(self.statuses),
            tuple(self.types),
            tuple(self.sizes),
            tuple(map(tuple, self.tags)),
        )


class _Exclusion(_Given):
    enterprise: str
    reason: str


class _Rule(_Given):
    grade: str
    value: int = 0
    sector: str = ""
    region: str = ""
    visited: bool | None = None

    def rule(self) -> Rule:
        return Rule(Cell(self.grade, self.visited, self.sector, self.region), self.value)


class _Design(_Given):
    kind: Literal["rates", "counts", "proportional", "neyman", "neyman_findings", "findings"]
    rules: list[_Rule] = []
    floor: int = 1
    months: int = 0
    capacity: int = 0
    greatest_error: int = 0
    past: bool = False
    shrinkage: int = 20

    def plan(self) -> DesignPlan:
        rules = tuple(each.rule() for each in self.rules)
        return DesignPlan(**{**self.model_dump(), "kind": Kind(self.kind), "rules": rules})


class _Frequency(_Given):
    visits: int = 1
    months: int


class _Role(_Given):
    name: str
    department: str
    count: int = 1
    specialist: bool = False
    specialties: list[str] = []
    category: str = ""
    local: bool = False
    unit: str = ""
    inspectors: list[str] = []

    def role(self) -> TeamRole:
        lists = {"specialties": tuple(self.specialties), "inspectors": tuple(self.inspectors)}
        return TeamRole(**{**self.model_dump(), **lists})


class _Matching(_Given):
    roles: list[_Role] = []
    size: int = DEFAULT.size
    different_units: bool = DEFAULT.different_units
    cap: int | None = DEFAULT.cap
    least_duty_days: int = DEFAULT.least_duty_days
    household: bool = DEFAULT.household
    former_employer_years: int = DEFAULT.former_employer_years
    last_visit: bool = DEFAULT.last_visit

    def plan(self) -> MatchingPlan:
        return MatchingPlan(**{**self.model_dump(), "roles": tuple(each.role() for each in self.roles)})


class _Origin(_Given):
    body: str = ""
    number: str = ""
    sha256: str = ""


class _Listing(_Given):
    reason: str = ""
    enterprises: list[str] = []
    origin: _Origin | None = None

    def listing(self) -> Listing:
        origin = None if self.origin is None else Origin(**self.origin.model_dump())
        return Listing(self.reason, tuple(self.enterprises), origin)


class _Participant(_Given):
    department: str
    items: list[str]
    size: int
    unit: str = ""
    inspectors: list[str] = []

    def participant(self) -> Participant:
        return Participant(self.department, tuple(self.items), self.size, self.unit, tuple(self.inspectors))


class _Cell(_Given):
    grades: list[str]
    grade: str


class _Grading(_Given):
    rule: Literal["department", "highest", "matrix"]
    departments: list[str]
    matrix: list[_Cell] = []

    def grading(self) -> JointGrading:
        cells = tuple((tuple(cell.grades), cell.grade) for cell in self.matrix)
        return JointGrading(JointRule(self.rule), tuple(self.departments), cells)


class _Plan(_Given):
    title: str
    departments: list[str] = []
    items: list[str] = []
    starts: date
    ends: date
    rates: dict[str, int] = {}
    design: _Design | None = None
    flat_reason: str = ""
    listing: _Listing | None = None
    participants: list[_Participant] = []
    grading: _Grading | None = None
    annual_line: str = ""
    conditions: _Conditions = _Conditions()
    exclusions: list[_Exclusion] = []
    once_a_year: bool = True
    frequency: list[_Frequency] = []
    matching: _Matching = _Matching()


def read_plan(path: Path | None, options: Mapping[str, Any]) -> Plan:
    """Return the plan of a file with the options laid over it; an option that is None was not given.

    Raises Invalid: design_unclear, plan_file_unreadable, plan_key_missing, plan_key_unknown, plan_value_unusable, what
    `Plan` raises.
    """
    values = {} if path is None else _parsed(path)
    conditions = {name: options[name] for name in _Conditions.model_fields if options.get(name)}
    values |= {
        name: value
        for name, value in options.items()
        if name in _Plan.model_fields and name != "listing" and value not in (None, [])
    }
    matching = {name: options[name] for name in _Matching.model_fields if options.get(name) is not None}
    if matching:
        values["matching"] = {**values.get("matching", {}), **matching}
    if options.get("listing"):
        values["listing"] = {**values.get("listing", {}), **options["listing"]}
    if conditions:
        values["conditions"] = {**values.get("conditions", {}), **conditions}
    try:
        given = _Plan.model_validate(values)
    except ValidationError as error:
        raise _refusal(error) from None
    participants = tuple(each.participant() for each in given.participants)
    return Plan(
        title=given.title,
        departments=tuple(given.departments) or departments_of(participants),
        items=tuple(given.items) or items_of(participants),
        starts=given.starts,
        ends=given.ends,
        conditions=given.conditions.conditions(),
        design=_design(given),
        exclusions=tuple(Exclusion(each.enterprise, each.reason) for each in given.exclusions),
        once_a_year=given.once_a_year,
        matching=given.matching.plan(),
        frequency=tuple(FrequencyRule(each.visits, each.months) for each in given.frequency),
        listing=None if given.listing is None else given.listing.listing(),
        flat_reason=given.flat_reason,
        participants=participants,
        annual_line=given.annual_line,
        grading=None if given.grading is None else given.grading.grading(),
    )


def _design(given: _Plan) -> DesignPlan:
    named = bool(given.rates) + (given.design is not None)
    if named > 1 or (named == 0 and given.listing is None):
        raise Invalid("design_unclear", field="design")
    return DesignPlan.by_grade(given.rates) if given.design is None else given.design.plan()


def rates_of(options: Sequence[str]) -> dict[str, int] | None:
    """Read options GRADE=BASIS_POINTS."""
    return {name: _basis_points(value) for name, value in map(_pair, options)} or None


def tags_of(options: Sequence[str]) -> list[list[str]]:
    """Read options TAG、TAG, of each of which one tag suffices."""
    return [[tag.strip() for tag in option.split("、")] for option in options]


def listing_of(
    special: str | None, file: Path | None, body: str | None, number: str | None, today: date
) -> dict[str, Any]:
    """Read what takes the place of a draw: a reason, a list's file, and where a superior's list comes from."""
    given = None
    if file is not None:
        with file.open("rb") as stream:
            given = read_list(file.name, stream, today)
    told: dict[str, Any] = {} if special is None else {"reason": special}
    if given is not None:
        told["enterprises"] = list(given.codes)
    if body is not None or number is not None:
        sha256 = {} if given is None else {"sha256": given.sha256}
        told["origin"] = {"body": body or "", "number": number or "", **sha256}
    return told


def exclusions_of(options: Sequence[str]) -> list[dict[str, str]]:
    """Read options CODE=REASON."""
    return [{"enterprise": code, "reason": reason} for code, reason in map(_pair, options)]


def _pair(option: str) -> tuple[str, str]:
    name, separator, value = option.partition("=")
    if not separator:
        raise typer.BadParameter(f"{option}: NAME=VALUE")
    return name.strip(), value.strip()


def _basis_points(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise typer.BadParameter(f"{text}: basis points, 500 is 5 % (基点，500 即 5%)")
    return int(text)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # not UTF-8, or no TOML
        raise Invalid("plan_file_unreadable", path=path, reason=error) from None


def _refusal(error: ValidationError) -> Invalid:
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "missing":
        return Invalid("plan_key_missing", field=key, key=key)
    if first["type"] == "extra_forbidden":
        return Invalid("plan_key_unknown", field=key, key=key, known=list(_Plan.model_fields))
    return Invalid("plan_value_unusable", field=key, key=key)
