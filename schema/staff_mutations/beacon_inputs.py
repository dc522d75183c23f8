"""The beacons that a freeze may name, as staff ask for them (随机数)."""

from datetime import datetime

import strawberry

from ledger.calendar import instant_text
from ledger.canonical import JSON
from schema.scalars import BigInt, Digest


@strawberry.input(description="A party of a ceremony and what it is bound to (参与方).")
class PartyInput:
    """A party."""

    name: str = strawberry.field(description="Its name (名称).")
    commitment: Digest = strawberry.field(
        description="SHA-256(qian/ceremony/v1 ‖ salt ‖ name ‖ 00 ‖ value), salt and value 32 random bytes of its own "
        "(承诺)."
    )


@strawberry.input(description="Dice or lots that fall after all reveals before two named persons (投掷或抽签).")
class ThrowInput:
    """A throw."""

    what: str = strawberry.field(description='"dice" or "lots" (骰子或签).')
    count: int = strawberry.field(description="How many (数量).")
    of: int = strawberry.field(description="The faces of a die, or the lots of which they are drawn (面数或签数).")
    persons: list[str] = strawberry.field(description="The two persons, as their tokens name them (见证人).")
    deadline: datetime = strawberry.field(description="Until when what fell is entered and confirmed (录入期限).")


@strawberry.input(description="A round of drand (drand 轮次).")
class DrandInput:
    """A round."""

    chain: str = strawberry.field(
        default="quicknet", description='"quicknet", "default", or one of the settings (drand 链).'
    )
    round: BigInt | None = strawberry.field(default=None, description="Its number; none: by time (轮次).")
    at: datetime | None = strawberry.field(
        default=None, description="The first round from then on; none: the first that lies far enough ahead (起始时间)."
    )


@strawberry.input(description="An issue of public numbers (公开数).")
class PublicNumbersInput:
    """A source."""

    kind: str = strawberry.field(description="The code of its kind, such as kl8 (种类代码).")
    issue: str = strawberry.field(description="Which issue or day (期号).")
    published_at: datetime = strawberry.field(description="When it will be published (公布时间).")


@strawberry.input(one_of=True, description="What decides alone where a party withholds its value (备用随机数).")
class FallbackInput:
    """A fallback."""

    drand: DrandInput | None = strawberry.field(default=strawberry.UNSET, description="A round of drand (drand 轮次).")
    sources: list[PublicNumbersInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Public numbers, of 2^32 outcomes at least together (公开数)."
    )


@strawberry.input(description="Two or more parties that commit before the freeze and reveal after it (多方见证仪式).")
class CeremonyInput:
    """A ceremony."""

    parties: list[PartyInput] = strawberry.field(description="The parties (参与方).")
    deadline: datetime = strawberry.field(
        description="Until when they reveal; then the fallback decides alone (揭示期限)."
    )
    throw: ThrowInput | None = strawberry.field(
        default=None, description="What falls after the last reveal (投掷或抽签)."
    )
    fallback: FallbackInput | None = strawberry.field(
        default=None, description="None: the first round of drand's quicknet that lies far enough ahead (备用随机数)."
    )


@strawberry.input(one_of=True, description="The beacon that decides (随机数).")
class BeaconInput:
    """A beacon."""

    drand: DrandInput | None = strawberry.field(default=strawberry.UNSET, description="A round of drand (drand 轮次).")
    sources: list[PublicNumbersInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Public numbers, of 2^32 outcomes at least together (公开数)."
    )
    ceremony: CeremonyInput | None = strawberry.field(
        default=strawberry.UNSET, description="A ceremony of parties (仪式)."
    )


def beacon_request(given: BeaconInput | FallbackInput | None) -> dict[str, JSON]:
    """Return the request (`sampling.naming`) of an input; none asks for the operating system's randomness."""
    if given is None:
        return {"kind": "local"}
    if given.drand:
        at = None if given.drand.at is None else instant_text(given.drand.at)
        number = None if given.drand.round is None else int(given.drand.round)
        return {"kind": "drand", "chain": given.drand.chain, "round": number, "at": at}
    if given.sources:
        return {
            "kind": "sources",
            "sources": [
                {"source": each.kind, "issue": each.issue, "at": instant_text(each.published_at)}
                for each in given.sources
            ],
        }
    if isinstance(given, BeaconInput) and given.ceremony:
        return _ceremony(given.ceremony)
    return {"kind": "sources", "sources": []}


def _ceremony(given: CeremonyInput) -> dict[str, JSON]:
    return {
        "kind": "ceremony",
        "parties": [{"name": each.name, "commitment": each.commitment.hex()} for each in given.parties],
        "deadline": instant_text(given.deadline),
        "throw": None if given.throw is None else _throw(given.throw),
        "fallback": None if given.fallback is None else beacon_request(given.fallback),
    }


def _throw(given: ThrowInput) -> dict[str, JSON]:
    return {
        "what": given.what,
        "count": given.count,
        "of": given.of,
        "before": list(given.persons),
        "deadline": instant_text(given.deadline),
    }
