"""The beacons of campaigns: what was named to decide, and what it gave (随机数)."""

from datetime import datetime
from typing import Any

import strawberry

from ledger.canonical import canonical
from ledger.entries import Entry
from sampling import beacons
from sampling.beacon_entries import SOURCES, THROW, Told
from sampling.beacon_evidence import deciding_beacon
from sampling.beacon_reader import parse_beacon
from sampling.disclosures import PublicCampaign
from sampling.reveals import Reveal
from sampling.source_kinds import source_kind
from schema.context import Info
from schema.decorators import field
from schema.scalars import BigInt, Digest


@strawberry.type(description="A party of a ceremony: what it committed to, and what it revealed (参与方).")
class Party:
    """A party."""

    name: str = strawberry.field(description="Its name (名称).")
    commitment: Digest = strawberry.field(
        description="SHA-256(qian/ceremony/v1 ‖ salt ‖ name ‖ 00 ‖ value), fixed before the freeze (承诺)."
    )
    salt: Digest | None = strawberry.field(description="The salt that it revealed (盐).")
    value: Digest | None = strawberry.field(description="The 32 random bytes that it revealed (随机值).")
    revealed_at: datetime | None = strawberry.field(description="When it revealed them (揭示时间).")


@strawberry.type(description="Dice thrown, or lots drawn, after all reveals before two named persons (投掷或抽签).")
class Throw:
    """A throw."""

    what: str = strawberry.field(description='"dice" or "lots" (骰子或签).')
    count: int = strawberry.field(description="How many (数量).")
    of: int = strawberry.field(description="The faces of a die, or the lots of which they are drawn (面数或签数).")
    persons: list[str] = strawberry.field(description="One enters what fell, the other confirms it (见证人).")
    deadline: datetime = strawberry.field(description="Until when; then the fallback decides alone (截止时间).")
    values: str | None = strawberry.field(
        description="What fell, in the order in which it did, once confirmed (投掷结果)."
    )


@strawberry.type(description="A network of drand whose rounds are public randomness (drand 链).")
class DrandChain:
    """A chain."""

    hash: Digest = strawberry.field(
        description="Its hash, which names it; pin it, and what follows, by yourself (链哈希)."
    )
    scheme: str = strawberry.field(description="How its rounds are signed, as drand calls it (签名方案).")
    public_key: str = strawberry.field(description="Its public key in hex (公钥).")
    genesis: BigInt = strawberry.field(description="The Unix time of round 1 (首轮时间).")
    period_seconds: int = strawberry.field(description="The seconds from round to round (轮次间隔，秒).")


@strawberry.type(description="A round of drand (轮次).")
class DrandRound:
    """A round."""

    chain: DrandChain = strawberry.field(description="Whose (所属链).")
    number: BigInt = strawberry.field(description="Its number (轮次).")
    signature: str | None = strawberry.field(description="Its signature in hex, once it is in the ledger (签名).")
    previous_signature: str | None = strawberry.field(
        description="The one before it, where the chain signs that (前一轮签名)."
    )


@strawberry.type(description="An issue of public numbers (公开数).")
class PublicNumbers:
    """A source."""

    source: strawberry.Private[beacons.Source]
    kind: str = strawberry.field(description="Its kind's code, such as kl8 (种类代码).")
    issue: str = strawberry.field(description="Which issue or day (期号).")
    published_at: datetime = strawberry.field(description="When it is published (公布时间).")
    outcomes: BigInt = strawberry.field(description="How many equally likely outcomes it has (等可能结果数).")
    values: str | None = strawberry.field(
        description="What was published, in the canonical form of RFC 3797, once two persons have read the same "
        "(公布数值)."
    )

    @field("The kind's name, in the caller's language (种类名称).")
    def name(self, info: Info) -> str:
        """Return the name."""
        return source_kind(self.source.source).names[info.context.language]


@strawberry.type(description="The public randomness that is named before the freeze and known only after (随机数).")
class Beacon:
    """A beacon."""

    kind: str = strawberry.field(
        description='"drand", a round of a network; "sources", numbers that others publish; "ceremony" of parties; '
        '"local", the operating system\'s, which is to be trusted (随机数种类).'
    )
    not_before: datetime = strawberry.field(description="From when on a part of it may be known (最早可知时间).")
    entropy_bits: int = strawberry.field(description="2 to this power are the outcomes, equally likely (熵).")
    deadline: datetime | None = strawberry.field(
        description="Until when the parties of a ceremony reveal, or public numbers are waited for (截止时间)."
    )
    parties: list[Party] = strawberry.field(description="The parties of a ceremony (仪式参与方).")
    throw: Throw | None = strawberry.field(
        description="What falls after the reveals, where that is agreed (投掷或抽签)."
    )
    round: DrandRound | None = strawberry.field(description="The round of drand (drand 轮次).")
    sources: list[PublicNumbers] = strawberry.field(description="The public numbers (公开数).")
    fallback: "Beacon | None" = strawberry.field(
        description="What decides alone where a party withholds, or nothing fell or appeared in time (备用随机数)."
    )


@strawberry.type(description="The beacon of a campaign, and what it gave (随机数).")
class CampaignBeacon(Beacon):
    """The beacon of a campaign."""

    margin_seconds: int = strawberry.field(
        description="How far it lay ahead at the freeze; where there are witnesses, after their latest instant "
        "(提前量，秒)."
    )
    decided_by: str | None = strawberry.field(
        description="The kind that decided, once the campaign is drawn (起决定作用的随机数种类)."
    )
    evidence: str | None = strawberry.field(
        description="What the draw was made by, as the ledger has it: JSON (抽取依据)."
    )
    output: Digest | None = strawberry.field(
        description="The 32 bytes that it gave, once the campaign is drawn (随机数)."
    )

    @classmethod
    def of(cls, found: PublicCampaign) -> "CampaignBeacon":
        """Make the answer of a campaign's beacon."""
        named = parse_beacon(found.frozen.body["beacon"])
        drawn = found.drawn
        stated = None if drawn is None else drawn.body["beacon"]
        return cls(
            **_attributes(named, found.told),
            margin_seconds=found.frozen.body["margin"],
            decided_by=None if drawn is None else deciding_beacon(named, stated).kind,
            evidence=None if drawn is None else canonical(stated).decode(),
            output=None if drawn is None else Digest(bytes.fromhex(drawn.body["output"])),
        )


def _attributes(named: beacons.Beacon, told: Told) -> dict[str, Any]:
    ceremony = named if isinstance(named, beacons.Ceremony) else None
    fallback = named.fallback if isinstance(named, beacons.Ceremony | beacons.Sources) else None
    revealed = {each.name: each for each in told.reveals}
    return {
        "kind": named.kind,
        "not_before": named.not_before,
        "entropy_bits": named.entropy_bits,
        "deadline": named.deadline if isinstance(named, beacons.Ceremony | beacons.Sources) else None,
        "parties": [] if ceremony is None else [_party(each, revealed.get(each.name)) for each in ceremony.parties],
        "throw": None if ceremony is None or ceremony.throw is None else _throw(ceremony.throw, told),
        "round": _round(named, told.signed) if isinstance(named, beacons.Drand) else None,
        "sources": _numbers(named, told.confirmed.get(SOURCES)) if isinstance(named, beacons.Sources) else [],
        "fallback": None if fallback is None else Beacon(**_attributes(fallback, told)),
    }


def _party(named: beacons.Party, reveal: Reveal | None) -> Party:
    return Party(
        name=named.name,
        commitment=Digest(named.commitment),
        salt=Digest(reveal.salt) if reveal else None,
        value=Digest(reveal.value) if reveal else None,
        revealed_at=reveal.at if reveal else None,
    )


def _throw(named: beacons.Throw, told: Told) -> Throw:
    confirmed = told.confirmed.get(THROW)
    return Throw(
        what=named.what,
        count=named.count,
        of=named.of,
        persons=list(named.before),
        deadline=named.deadline,
        values=None if confirmed is None else confirmed.body["values"][0],
    )


def _round(named: beacons.Drand, signed: Entry | None) -> DrandRound:
    chain = named.chain
    return DrandRound(
        chain=DrandChain(
            hash=Digest(chain.hash),
            scheme=chain.scheme,
            public_key=chain.public_key.hex(),
            genesis=BigInt(chain.genesis),
            period_seconds=chain.period,
        ),
        number=BigInt(named.round),
        signature=None if signed is None else signed.body["signature"],
        previous_signature=None if signed is None else signed.body["previous"],
    )


def _numbers(named: beacons.Sources, confirmed: Entry | None) -> list[PublicNumbers]:
    values = [None] * len(named.sources) if confirmed is None else confirmed.body["values"]
    return [
        PublicNumbers(
            source=each,
            kind=each.source,
            issue=each.issue,
            published_at=each.at,
            outcomes=BigInt(source_kind(each.source).outcomes),
            values=value,
        )
        for each, value in zip(named.sources, values, strict=True)
    ]
