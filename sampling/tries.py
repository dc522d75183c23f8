"""Repeated tries: which voided campaigns a freeze must name as what it replaces. Pure.

The frozen entry's "replaces" is a list of {"campaign", "witnessed"}. Named is every campaign before that was voided and
whose matters and conditions overlap with the freeze's, unless a freeze between the two, which overlaps with this one
as well, has named it, itself or through those that it names. So whoever follows the names from a campaign backwards
meets every try at its matters that came to nothing since they were last inspected.

Where a freeze that named witnesses was voided before its beacon, "witnessed" is what `sampling.witnessed` says of it:
a checkpoint that holds the void and that a quorum of them cosigned before the beacon could be known. Without it the
void may have been dated back, and counts as one after its beacon was known. It is null in all other cases.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger.entries import Entry
from sampling.beacon_reader import parse_beacon
from sampling.conditions import Conditions
from sampling.entry_kinds import DRAWN, FROZEN, VOID_CONFIRMED, VOIDED
from sampling.witnessed import WitnessRule, witness_rule

VOIDS = (VOIDED, VOID_CONFIRMED)
"""What ends a campaign as void: by rule, or by two persons."""


def named_by(frozen: Entry) -> list[str]:
    """Return the campaigns that a freeze names as replaced."""
    return [each["campaign"] for each in frozen.body.get("replaces", ())]


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two frozen entries' bodies could be about one matter at one enterprise."""
    if not set(one["items"]) & set(other["items"]):
        return False
    return Conditions.from_json(one["conditions"]).overlaps(Conditions.from_json(other["conditions"]))


def to_be_named(before: Iterable[Entry], body: Mapping[str, Any]) -> list[str]:
    """Return the campaigns that a freeze with this body must name, from the freezes and voids before it, in order."""
    entries = list(before)
    voided = {entry.subject for entry in entries if entry.kind in VOIDS}
    frozen = [entry for entry in entries if entry.kind == FROZEN]
    names = {entry.subject: named_by(entry) for entry in frozen}
    near = [entry.subject for entry in frozen if overlap(entry.body, body)]
    reached = {each for subject in near for each in _behind(subject, names)}
    return [subject for subject in near if subject in voided and subject not in reached]


def chain_of(frozen: Entry, freezes: Iterable[Entry]) -> list[str]:
    """Return the campaigns that a freeze replaces, directly or through those, each once."""
    names = {entry.subject: named_by(entry) for entry in (*freezes, frozen)}
    return _behind(frozen.subject, names)


def needs_witness(frozen: Entry, of_campaign: Sequence[Entry]) -> WitnessRule | None:
    """Return the rule by which a void must have been witnessed: that of its freeze, where persons voided it undrawn."""
    kinds = {entry.kind for entry in of_campaign}
    return witness_rule(frozen) if VOID_CONFIRMED in kinds and DRAWN not in kinds else None


def known_from(frozen: Entry) -> datetime:
    """Return when the first part of a freeze's beacon may be known."""
    return parse_beacon(frozen.body["beacon"]).not_before


def _behind(subject: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    found: list[str] = []
    waiting = list(names.get(subject, ()))
    while waiting:
        each = waiting.pop(0)
        if each not in found:
            found.append(each)
            waiting += names.get(each, ())
    return found
