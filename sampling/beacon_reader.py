"""Beacons as they stand in the public frozen entry, read back and checked. Pure.

    {"kind": "local", "not_before": instant}
    {"kind": "drand", "chain": {"hash", "scheme", "public_key", "genesis", "period"}, "round": …, "not_before": instant}
    {"kind": "sources", "sources": [{"source": code, "issue": …, "at": instant}, …], "not_before": instant,
     "deadline": instant, "fallback": one of the two above}
    {"kind": "ceremony", "parties": [{"name": …, "commitment": hex}, …], "not_before": instant, "deadline": instant,
     "fallback": one of the three others,
     "throw": {"what": "dice" or "lots", "count": …, "of": …, "before": [name, name], "deadline": instant}}

`throw` is there only where one is agreed; earlier freezes have sources without `deadline` and `fallback`.
"""

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.beacons import Beacon, Ceremony, Drand, Fallback, Local, Party, Source, Sources, Throw
from sampling.drand import parse_chain, round_number
from sampling.json_shapes import hash_bytes, instant, integer, items, members, text, texts, wrong_shape
from sampling.source_kinds import source_kind

LEAST_ENTROPY_BITS = 32
LEAST_PARTIES = 2
MOST_THROWN = 100
KINDS = (Drand.kind, Sources.kind, Ceremony.kind, Local.kind)


def parse_beacon(value: JSON) -> Beacon:
    """Return the beacon that a specification describes.

    Raises Invalid: json_wrong_shape, beacon_kind_unknown, too_few_parties, duplicate_party, throw_unusable,
    source_kind_unknown, duplicate_source, beacon_times_out_of_order, beacon_entropy_too_low.
    """
    if isinstance(value, dict) and value.get("kind") == Ceremony.kind:
        return _parse_ceremony(value)
    return _parse_single(value, "beacon", KINDS)


def require_entropy(bits: int) -> None:
    """Refuse a beacon that decides alone and has fewer than 2^32 equally likely outcomes."""
    if bits < LEAST_ENTROPY_BITS:
        raise Invalid("beacon_entropy_too_low", field="beacon", bits=bits, least=LEAST_ENTROPY_BITS)


def check_kind(value: JSON, kind: str, path: str) -> None:
    """Refuse another kind than the one that belongs at this path."""
    if value != kind:
        raise wrong_shape(path, kind)


def check_ceremony(ceremony: Ceremony) -> None:
    """Check a ceremony's parties, persons and times; raises what `parse_beacon` raises."""
    if len(ceremony.parties) < LEAST_PARTIES:
        raise Invalid("too_few_parties", field="beacon.parties", least=LEAST_PARTIES)
    if len({party.name for party in ceremony.parties}) < len(ceremony.parties):
        raise Invalid("duplicate_party", field="beacon.parties")
    if ceremony.throw is not None:
        _check_throw(ceremony.throw)
    fallback = ceremony.fallback
    if not (
        ceremony.not_before < ceremony.deadline
        and (ceremony.throw is None or ceremony.deadline < ceremony.throw.deadline)
        and ceremony.last_deadline + fallback.least_margin <= fallback.not_before
    ):
        raise Invalid("beacon_times_out_of_order", field="beacon")


def check_sources(sources: Sources) -> None:
    """Check that sources are known, differ and have enough entropy together; raises what `parse_beacon` raises."""
    for each in sources.sources:
        source_kind(each.source)
    if len({(each.source, each.issue) for each in sources.sources}) < len(sources.sources):
        raise Invalid("duplicate_source", field="beacon.sources")
    require_entropy(sources.entropy_bits)
    if sources.deadline is None:
        return
    fallback = sources.fallback
    if fallback is None:
        raise Invalid("beacon_kind_unknown", field="beacon.fallback", kinds=[Drand.kind, Local.kind])
    if not sources.known_from < sources.deadline <= fallback.not_before - fallback.least_margin:
        raise Invalid("beacon_times_out_of_order", field="beacon")


def _parse_single(value: JSON, path: str, kinds: tuple[str, ...]) -> Fallback:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == Local.kind:
        given = members(value, path, "kind", "not_before")
        return Local(instant(given["not_before"], f"{path}.not_before"))
    if kind == Drand.kind:
        given = members(value, path, "kind", "chain", "round", "not_before")
        chain = parse_chain(given["chain"], f"{path}.chain")
        drand = Drand(chain, round_number(given["round"], f"{path}.round", chain))
        return _at_its_time(drand, given["not_before"], path)
    if kind == Sources.kind:
        ending = ("deadline", "fallback") if isinstance(value, dict) and "deadline" in value else ()
        given = members(value, path, "kind", "sources", "not_before", *ending)
        listed = items(given["sources"], f"{path}.sources")
        parsed = tuple(parse_source(each, f"{path}.sources[{at}]") for at, each in enumerate(listed))
        deadline, fallback = None, None
        if ending:
            deadline = instant(given["deadline"], f"{path}.deadline")
            fallback = _parse_single(given["fallback"], f"{path}.fallback", (Drand.kind, Local.kind))
        sources = Sources(parsed, deadline, fallback if isinstance(fallback, Local | Drand) else None)
        check_sources(sources)
        return _at_its_time(sources, given["not_before"], path)
    raise Invalid("beacon_kind_unknown", field=f"{path}.kind", kinds=list(kinds))


def _at_its_time(beacon: Drand | Sources, stated: JSON, path: str) -> Drand | Sources:
    if instant_text(beacon.not_before) != stated:
        raise wrong_shape(f"{path}.not_before", instant_text(beacon.not_before))
    return beacon


def parse_source(value: JSON, path: str) -> Source:
    """Read a source; raises Invalid("json_wrong_shape")."""
    given = members(value, path, "source", "issue", "at")
    return Source(
        text(given["source"], f"{path}.source"),
        text(given["issue"], f"{path}.issue"),
        instant(given["at"], f"{path}.at"),
    )


def _parse_ceremony(value: dict[str, JSON]) -> Ceremony:
    optional = ("throw",) if "throw" in value else ()
    given = members(value, "beacon", "kind", "parties", "not_before", "deadline", "fallback", *optional)
    ceremony = Ceremony(
        tuple(
            parse_party(each, f"beacon.parties[{index}]")
            for index, each in enumerate(items(given["parties"], "beacon.parties"))
        ),
        instant(given["not_before"], "beacon.not_before"),
        instant(given["deadline"], "beacon.deadline"),
        parse_throw(given["throw"], "beacon.throw") if optional else None,
        _parse_single(given["fallback"], "beacon.fallback", (Drand.kind, Sources.kind, Local.kind)),
    )
    check_ceremony(ceremony)
    return ceremony


def parse_party(value: JSON, path: str) -> Party:
    """Read a party; raises Invalid("json_wrong_shape")."""
    given = members(value, path, "name", "commitment")
    return Party(text(given["name"], f"{path}.name"), hash_bytes(given["commitment"], f"{path}.commitment"))


def parse_throw(value: JSON, path: str) -> Throw:
    """Read a throw; raises Invalid: json_wrong_shape, throw_unusable."""
    given = members(value, path, "what", "count", "of", "before", "deadline")
    persons = texts(given["before"], f"{path}.before")
    if len(persons) != 2:
        raise Invalid("throw_unusable", field=path, most=MOST_THROWN)
    return Throw(
        text(given["what"], f"{path}.what"),
        integer(given["count"], f"{path}.count"),
        integer(given["of"], f"{path}.of"),
        (persons[0], persons[1]),
        instant(given["deadline"], f"{path}.deadline"),
    )


def _check_throw(throw: Throw) -> None:
    enough = throw.count <= throw.of if throw.what == Throw.LOTS else throw.what == Throw.DICE
    distinct = throw.before[0] != throw.before[1]
    if not (enough and distinct and 0 < throw.count <= MOST_THROWN and 1 < throw.of <= MOST_THROWN):
        raise Invalid("throw_unusable", field="beacon.throw", most=MOST_THROWN)
