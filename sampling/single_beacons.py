"""The beacons that decide by themselves: a round of drand, public numbers, the operating system's randomness. Pure.

`sampling.beacons` says what each of them is. `not_before` is when the first part of a beacon may become known,
`known_from` when all of it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling.canonical_numbers import canonical_or_refused
from sampling.drand import Chain
from sampling.source_kinds import source_kind

PUBLIC_MARGIN = timedelta(seconds=60)
"""So far what others publish lies after a freeze at the least, since clocks differ and the bureau's may be slow."""

AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Local:
    """The operating system's randomness, taken at `not_before` or later."""

    not_before: datetime

    kind: ClassVar[str] = "local"
    entropy_bits: ClassVar[int] = 256
    least_margin: ClassVar[timedelta] = AT_ONCE

    @property
    def known_from(self) -> datetime:
        """When it may be taken."""
        return self.not_before

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        return {"kind": self.kind, "not_before": instant_text(self.not_before)}


@dataclass(frozen=True)
class Drand:
    """A round of a chain, which stands in the specification in full: what it takes to verify the round."""

    chain: Chain
    round: int

    kind: ClassVar[str] = "drand"
    entropy_bits: ClassVar[int] = 256
    least_margin: ClassVar[timedelta] = PUBLIC_MARGIN

    @property
    def not_before(self) -> datetime:
        """When the round is due."""
        return self.chain.time_of(self.round)

    @property
    def known_from(self) -> datetime:
        """When the round is due."""
        return self.not_before

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        return {
            "kind": self.kind,
            "chain": self.chain.to_json(),
            "round": self.round,
            "not_before": instant_text(self.not_before),
        }


@dataclass(frozen=True)
class Source:
    """An issue of a kind of public numbers (`sampling.source_kinds`), published at an instant."""

    source: str
    issue: str
    at: datetime

    @property
    def name(self) -> str:
        """What it is called beside its values."""
        return f"{self.source} {self.issue}"

    def canonical(self, values: str) -> str:
        """Return what it published in canonical form; raises Invalid("published_values_unusable")."""
        return canonical_or_refused(source_kind(self.source).form, values, self.name)

    def to_json(self) -> dict[str, JSON]:
        """Return the source as it stands in the frozen entry."""
        return {"source": self.source, "issue": self.issue, "at": instant_text(self.at)}


@dataclass(frozen=True)
class Sources:
    """Public numbers, all of them together.

    What is not confirmed by `deadline`, such as an issue that never appears, is replaced by the fallback, which falls
    later and decides alone. Earlier freezes named neither: their numbers are waited for.
    """

    sources: tuple[Source, ...]
    deadline: datetime | None = None
    fallback: Local | Drand | None = None

    kind: ClassVar[str] = "sources"
    least_margin: ClassVar[timedelta] = PUBLIC_MARGIN

    @property
    def outcomes(self) -> int:
        """How many equally likely outcomes they have together."""
        product = 1
        for each in self.sources:
            product *= source_kind(each.source).outcomes
        return product

    @property
    def entropy_bits(self) -> int:
        """The whole bits of their entropy."""
        return self.outcomes.bit_length() - 1

    @property
    def not_before(self) -> datetime:
        """When the first one is published."""
        return min(each.at for each in self.sources)

    @property
    def known_from(self) -> datetime:
        """When the last one is published."""
        return max(each.at for each in self.sources)

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        specification: dict[str, JSON] = {
            "kind": self.kind,
            "sources": [each.to_json() for each in self.sources],
            "not_before": instant_text(self.not_before),
        }
        if self.deadline is not None and self.fallback is not None:
            specification |= {"deadline": instant_text(self.deadline), "fallback": self.fallback.to_json()}
        return specification


Fallback: TypeAlias = Local | Drand | Sources
