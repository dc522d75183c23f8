"""Who could be in a frame: every registered enterprise with what conditions ask of it, and who meets them.

A frame is made of `registered` by `Conditions.meets`, which is the definition; whoever only asks who would be in it is
answered by the database, which says the same of as many as there are.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, select, true

from ledger.actors import Actor, Role
from ledger.database import among
from ledger.json_columns import member
from sampling import registers
from sampling.conditions import OTHER_TYPE, TYPE_DIGITS, TYPES, Attributes, Conditions, LeftOut, left_out, tags_of
from sampling.plans import Plan
from scoring.drafts import REGISTRATION
from scoring.tables import enterprise, record

_NEWEST = (record.c.enterprise == enterprise.c.code) & (record.c.document == enterprise.c.registered_in)


class Registered(NamedTuple):
    """A registered enterprise."""

    code: str
    name: str
    attributes: Attributes


class Member(NamedTuple):
    """A registered enterprise that meets conditions."""

    code: str
    name: str
    sector: str
    region: str


@dataclass(frozen=True)
class Counts:
    """How many are registered, how many meet conditions, and how many each of these leaves out; without any grade."""

    registered: int
    members: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Membership:
    """Who meets conditions, by code, and how many do not."""

    members: tuple[Member, ...]
    counts: Counts


def registered(tx: Connection, *, sizes: bool, tags: Mapping[str, frozenset[str]]) -> Iterator[Registered]:
    """Give every registered enterprise by code, with the tags of those that have any; sizes are read if asked for."""
    told = _sizes(tx) if sizes else {}
    columns = (enterprise.c.code, enterprise.c.name, enterprise.c.sector, enterprise.c.region, enterprise.c.status)
    for code, name, sector, region, status in tx.execute(select(*columns).order_by(enterprise.c.code)):
        facts = {"sector": sector, "region": region, "status": status, "scale": told.get(code, "")}
        yield Registered(code, name, Attributes.of(code, facts, tags.get(code, frozenset())))


def given_tags(tx: Connection, departments: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the tags that departments gave enterprises: of a plan's own departments, those that make its frame.

    Others' tags count nowhere, or whoever asks for a tag would learn which enterprises have it.
    """
    return tags_of(registers.objects(tx).values(), departments)


def counts(tx: Connection, actor: Actor, conditions: Conditions) -> Counts:
    """Tell a planner how many meet conditions now, and whom they leave out.

    Those tags count that the planner may read in the register.
    """
    return _counts(tx, _met(tx, conditions, _readable_tags(tx, actor, conditions)))


def meeting(tx: Connection, actor: Actor, conditions: Conditions) -> ColumnElement[bool]:
    """Return the condition on `enterprise` that one is of those that `counts` tells a planner of."""
    return and_(true(), *_met(tx, conditions, _readable_tags(tx, actor, conditions)).values())


def planned_membership(tx: Connection, actor: Actor, plan: Plan) -> Membership:
    """Return to a planner who sees a plan who meets its conditions; the tags of the plan's departments count."""
    actor.require(Role.PLANNER)
    met = _met(tx, plan.conditions, given_tags(tx, plan.departments) if plan.conditions.tags else {})
    columns = (enterprise.c.code, enterprise.c.name, enterprise.c.sector, enterprise.c.region)
    found = tx.execute(select(*columns).where(*met.values()).order_by(enterprise.c.code))
    return Membership(tuple(Member(*row) for row in found), _counts(tx, met))


def _readable_tags(tx: Connection, actor: Actor, conditions: Conditions) -> dict[str, frozenset[str]]:
    actor.require(Role.PLANNER)
    return tags_of(registers.readable(tx, actor, "object").values()) if conditions.tags else {}


def _met(tx: Connection, conditions: Conditions, tags: Mapping[str, frozenset[str]]) -> dict[str, ColumnElement[bool]]:
    """Return by its name each condition that asks for something, as `Conditions.unmet` says whether it is met."""
    columns = {"sectors": enterprise.c.sector, "regions": enterprise.c.region, "types": _type()}
    met = {name: among(tx, column, values) for name, column in columns.items() if (values := getattr(conditions, name))}
    if conditions.sizes:
        size = member(tx, record.c.content, "scale")
        told = select(record.c.identity).where(_NEWEST, record.c.kind == REGISTRATION, size.in_(conditions.sizes))
        met["sizes"] = told.exists()
    met["statuses"] = among(tx, enterprise.c.status, conditions.statuses)
    if conditions.tags:
        tagged = ([code for code, held in tags.items() if held.intersection(each)] for each in conditions.tags)
        met["tags"] = and_(*(among(tx, enterprise.c.code, codes) for codes in tagged))
    return met


def _type() -> ColumnElement[str]:
    return case(TYPES, value=func.substr(enterprise.c.code, 1, TYPE_DIGITS), else_=OTHER_TYPE)


def _counts(tx: Connection, met: Mapping[str, ColumnElement[bool]]) -> Counts:
    unmet = select(*(case((not_(each), 1), else_=0).label(name) for name, each in met.items())).subquery()
    rows = tx.execute(select(*unmet.c, func.count()).group_by(*unmet.c))
    counted = [([name for name, is_unmet in zip(met, told, strict=True) if is_unmet], many) for *told, many in rows]
    members = sum(many for names, many in counted if not names)
    return Counts(sum(many for _, many in counted), members, tuple(left_out(counted)))


def _sizes(tx: Connection) -> dict[str, str]:
    """Return the sizes that newest registrations tell."""
    query = select(record.c.enterprise, record.c.content).join(enterprise, _NEWEST).where(record.c.kind == REGISTRATION)
    return {code: content["scale"] for code, content in tx.execute(query) if "scale" in content}
