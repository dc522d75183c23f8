"""The pool of a matching: from plan, register of inspectors, loads and ties to who may visit whom. Pure.

An inspector is recused from an enterprise that the register declares, and by the plan's rules from one

- that employed him or her until less than n years before the campaign's first day: left on a day whose n-th anniversary
  (1 March for 29 February) lies after the first day;
- of which one of the household is, by name's pseudonym, the legal representative or a related person;
- that he or she was assigned to in the enterprise's latest earlier campaign.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sampling.matching_inputs import Inspector, Pool
from sampling.plans import Plan

NO_CAP = 100_000
ON_DUTY = "在岗"


@dataclass(frozen=True)
class Ties:
    """What ties persons to enterprises: codes by a person's pseudonym, and by an inspector who visited last."""

    persons: Mapping[str, set[str]] = field(default_factory=dict)
    last_visits: Mapping[str, set[str]] = field(default_factory=dict)


def make_pool(plan: Plan, inspectors: Mapping[str, Mapping[str, Any]], loads: Mapping[str, int], ties: Ties) -> Pool:
    """Return the pool of the inspectors on duty of the plan's departments.

    `inspectors` are the newest rows of the register by certificate, `loads` the visits of the year so far.
    """
    rules = plan.matching
    return Pool(
        roles=plan.team_roles,
        different_units=rules.different_units,
        last_day=plan.ends,
        least_duty_days=rules.least_duty_days,
        inspectors=tuple(
            Inspector(
                id=certificate,
                certificate=certificate,
                category=content.get("category", ""),
                unit=content["unit"],
                department=content["department"],
                specialties=tuple(content["sectors"]),
                areas=tuple(content.get("areas", ())),
                valid_until=date.fromisoformat(content["certificate_valid_to"]),
                duty_days=duty_days(content.get("away", ()), plan.starts, plan.ends),
                cap=NO_CAP if rules.cap is None else loads.get(certificate, 0) + rules.cap,
                load=loads.get(certificate, 0),
                recused=tuple(sorted(_recused(plan, certificate, content, ties))),
            )
            for certificate, content in inspectors.items()
            if content["department"] in plan.departments and content["status"] == ON_DUTY
        ),
    )


def duty_days(away: Iterable[str], starts: date, ends: date) -> int:
    """Return on how many days of a period, both ends included, an inspector is not away ("from/to" in ISO dates)."""
    spans = sorted(tuple(date.fromisoformat(day).toordinal() for day in span.split("/")) for span in away)
    following, end, found = starts.toordinal(), ends.toordinal() + 1, 0
    for first, last in spans:
        found += max(min(first, end) - following, 0)
        following = max(following, last + 1)
    return found + max(end - following, 0)


def persons_of(records: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, set[str]]:
    """Return the enterprises by the pseudonym of a person who represents or is related to them.

    Given are the code and content of every enterprise's newest registration and of the newest row of each relation.
    """
    found: dict[str, set[str]] = {}
    for code, content in records:
        for name in ("representative", "party"):
            if name in content:
                found.setdefault(content[name], set()).add(code)
    return found


def last_visits_of(assignments: Iterable[tuple[str, str, str]]) -> dict[str, set[str]]:
    """Return the enterprises by who visited them last.

    Given are campaign, enterprise and inspector of all assignments that stand, campaigns in the order of their
    matchings.
    """
    latest: dict[str, tuple[str, set[str]]] = {}
    for campaign, code, inspector in assignments:
        if code not in latest or latest[code][0] != campaign:
            latest[code] = (campaign, set())
        latest[code][1].add(inspector)
    found: dict[str, set[str]] = {}
    for code, (_, visitors) in latest.items():
        for inspector in visitors:
            found.setdefault(inspector, set()).add(code)
    return found


def _recused(plan: Plan, certificate: str, content: Mapping[str, Any], ties: Ties) -> set[str]:
    recused = set(content.get("recusals", ()))
    for employment in content.get("former_employers", ()):
        code, left = employment.split("/")
        if _anniversary(date.fromisoformat(left), plan.matching.former_employer_years) > plan.starts:
            recused.add(code)
    if plan.matching.household:
        for person in content.get("household", ()):
            recused |= ties.persons.get(person, set())
    if plan.matching.last_visit:
        recused |= ties.last_visits.get(certificate, set())
    return recused


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
