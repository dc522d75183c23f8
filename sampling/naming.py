"""Naming a beacon for a freeze: from what a planner asks for to a round, moments and persons. Pure.

A request is JSON, the same from every door:

    {"kind": "local"}
    {"kind": "drand", "chain": name, "round": null or …, "at": null or instant}
    {"kind": "sources", "sources": [{"source": code, "issue": …, "at": instant}, …]}
    {"kind": "ceremony", "parties": [{"name", "commitment"}, …], "deadline": instant, "throw": null or {…},
     "fallback": null or one of the others}

Where no round is asked for it is the first one from `at` on, and without `at` the first one that lies far enough ahead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.beacon_reader import KINDS, check_ceremony, check_sources, parse_party, parse_source, parse_throw
from sampling.beacons import Beacon, Ceremony, Drand, Fallback, Local, Sources
from sampling.drand import KNOWN, QUICKNET, Chain, round_number
from sampling.json_shapes import instant, items, members, text

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
UNNAMED_FALLBACK: JSON = {"kind": Drand.kind, "chain": "quicknet", "round": None, "at": None}
"""What decides where a party withholds and nothing else is named.

The bureau's own randomness would let a bureau that one party obeys choose: that party withholds what it dislikes.
"""

PATIENCE = timedelta(days=3)
"""So long public numbers are waited for after the last is due; then a round of quicknet decides alone.

It is no randomness of the bureau's own, which could withhold numbers that it dislikes and choose others.
"""


@dataclass(frozen=True)
class Terms:
    """What a bureau gives every beacon.

    `margin` is how far it lies after the freeze, and after its witnesses, at the least; the witnesses are given `wait`
    before that. `chains` are those of drand that may be named, by name.
    """

    margin: timedelta = timedelta(0)
    wait: timedelta = timedelta(0)
    chains: Mapping[str, Chain] = field(default_factory=lambda: KNOWN)

    def lead(self, least: timedelta) -> timedelta:
        """Return how far a beacon with a least margin of its own lies ahead."""
        return self.wait + max(self.margin, least)


def name_beacon(request: JSON, now: datetime, terms: Terms) -> Beacon:
    """Return the beacon that a request asks for at an instant.

    Raises Invalid: drand_chain_unknown, beacon_beyond_calendar, and what `sampling.beacon_reader.parse_beacon` raises.
    """
    is_ceremony = isinstance(request, dict) and request.get("kind") == Ceremony.kind
    try:
        if is_ceremony:
            named: Beacon = _ceremony(request, now, terms)
        else:
            named = _single(request, "beacon", lambda least: now + terms.lead(least), terms)
        named.to_json()  # which reckons when rounds are due
    except OverflowError:
        raise Invalid("beacon_beyond_calendar", field="beacon") from None
    return named


def _single(request: JSON, path: str, earliest: Callable[[timedelta], datetime], terms: Terms) -> Fallback:
    kind = request.get("kind") if isinstance(request, dict) else None
    if kind == Local.kind:
        members(request, path, "kind")
        return Local(earliest(Local.least_margin))
    if kind == Drand.kind:
        given = members(request, path, "kind", "chain", "round", "at")
        name = text(given["chain"], f"{path}.chain")
        chain = terms.chains.get(name)
        if chain is None:
            raise Invalid("drand_chain_unknown", field=f"{path}.chain", chain=name, known=list(terms.chains))
        if given["round"] is not None:
            return Drand(chain, round_number(given["round"], f"{path}.round", chain))
        at = earliest(Drand.least_margin) if given["at"] is None else instant(given["at"], f"{path}.at")
        return Drand(chain, chain.first_round(at))
    if kind == Sources.kind:
        given = members(request, path, "kind", "sources")
        listed = items(given["sources"], f"{path}.sources")
        named = Sources(tuple(parse_source(each, f"{path}.sources[{at}]") for at, each in enumerate(listed)))
        check_sources(named)
        deadline = named.known_from + PATIENCE
        sources = replace(named, deadline=deadline, fallback=Drand(QUICKNET, QUICKNET.first_round(deadline + MINUTE)))
        check_sources(sources)
        return sources
    raise Invalid("beacon_kind_unknown", field=f"{path}.kind", kinds=list(KINDS))


def _ceremony(request: JSON, now: datetime, terms: Terms) -> Ceremony:
    given = members(request, "beacon", "kind", "parties", "deadline", "throw", "fallback")
    listed = items(given["parties"], "beacon.parties")
    deadline = instant(given["deadline"], "beacon.deadline")
    throw = None if given["throw"] is None else parse_throw(given["throw"], "beacon.throw")
    last = deadline if throw is None else throw.deadline
    wanted = UNNAMED_FALLBACK if given["fallback"] is None else given["fallback"]
    ceremony = Ceremony(
        tuple(parse_party(each, f"beacon.parties[{at}]") for at, each in enumerate(listed)),
        now + terms.lead(Ceremony.least_margin),
        deadline,
        throw,
        _single(wanted, "beacon.fallback", lambda least: last + max(least, SECOND), terms),
    )
    check_ceremony(ceremony)
    return ceremony
