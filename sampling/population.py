"""Who could be in a frame: every registered enterprise with what conditions ask of it, and who meets them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from sampling import registers
from sampling.conditions import Attributes, Conditions, LeftOut, left_out, tags_of
from sampling.plans import Plan
from scoring.drafts import REGISTRATION
from scoring.tables import enterprise, record


class Registered(NamedTuple):
    """A registered enterprise."""

    code: str
    name: str
    attributes: Attributes


@dataclass(frozen=True)
class Membership:
    """Who meets conditions and, by count, whom each of them leaves out; without any grade, and members without tags."""

    registered: int
    members: tuple[Registered, ...]
    left_out: tuple[LeftOut, ...]


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


def membership(tx: Connection, actor: Actor, conditions: Conditions) -> Membership:
    """Return to a planner who meets conditions now, by code, and whom they leave out.

    Those tags count that the planner may read in the register.
    """
    actor.require(Role.PLANNER)
    tags = tags_of(registers.readable(tx, actor, "object").values()) if conditions.tags else {}
    return _membership(tx, conditions, tags)


def planned_membership(tx: Connection, actor: Actor, plan: Plan) -> Membership:
    """Return to a planner who sees a plan what `membership` tells; the tags of the plan's departments count."""
    actor.require(Role.PLANNER)
    tags = given_tags(tx, plan.departments) if plan.conditions.tags else {}
    return _membership(tx, plan.conditions, tags)


def _membership(tx: Connection, conditions: Conditions, tags: Mapping[str, frozenset[str]]) -> Membership:
    everybody = list(registered(tx, sizes=bool(conditions.sizes), tags=tags))
    return Membership(
        len(everybody),
        tuple(
            each._replace(attributes=each.attributes._replace(tags=frozenset()))
            for each in everybody
            if conditions.meets(each.attributes)
        ),
        tuple(left_out(conditions, (each.attributes for each in everybody))),
    )


def _sizes(tx: Connection) -> dict[str, str]:
    """Return the sizes that newest registrations tell."""
    newest = (record.c.enterprise == enterprise.c.code) & (record.c.document == enterprise.c.registered_in)
    query = select(record.c.enterprise, record.c.content).join(enterprise, newest).where(record.c.kind == REGISTRATION)
    return {code: content["scale"] for code, content in tx.execute(query) if "scale" in content}
