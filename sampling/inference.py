"""What an outsider may infer of a grade from published visits, over several campaigns, exactly. Pure.

The outsider is assumed to know every design: for each enterprise that could be drawn by a campaign, the probability
n/N of its stratum there and its present grade, but not which enterprise has which. Known are the public conditions,
so in which campaigns an enterprise could be drawn, and who was drawn.

Let K be the planned campaign and the earlier ones that count. For each set T of campaigns that holds the planned one,
the population is those of the planned frame who could be drawn in every campaign of T. An earlier campaign of T is
*settled* if its draw decided who stands in another one of T, or in which stratum there: by a rule of frequency, or by
strata that follow past visits. What it drew is fixed, so it parts the population into those drawn and those not. The
others are independent draws: with v(c) = 1 for visited and 0 for not visited in such a campaign c,

    P(g | v) = Σ over the part, of grade g, Π π(c)^v(c) (1 − π(c))^(1 − v(c)), divided by the same sum over all grades.

The worst case is the largest sum of P over the riskier grades, over all T, parts and possible v. Beside the whole
population it is taken over those of each sector, each region, and each pair of them, that the plan's rules name, since
these are public. Populations below the least size of a frame are left out, as what is said of so few says no design,
but not the whole frame.

The excluded cannot be drawn: exclusion follows rules that are equal for all, and says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import lcm
from typing import NamedTuple

from ledger.errors import Conflict
from sampling.design_plans import BASIS_POINTS
from sampling.strata import Design, Stratum


@dataclass(frozen=True)
class Posterior:
    """What is known of an enterprise's grade before the draw, and after it is seen drawn or not drawn.

    `not_drawn` is None where everybody is drawn. The last two are as secret as the design.
    """

    grade: str
    prior: Fraction
    drawn: Fraction
    not_drawn: Fraction | None


@dataclass(frozen=True)
class Campaign:
    """A campaign that counts, and those before it whose draws decided who stands in its frame or in which stratum."""

    id: str
    settled_by: Collection[str] = ()


@dataclass(frozen=True)
class Past(Campaign):
    """An earlier one: each enterprise's stratum, the chance in it where there is one, and whom it drew, if it did."""

    strata: Mapping[str, str] = field(default_factory=dict)
    chances: Mapping[str, Fraction] = field(default_factory=dict)
    drawn: Collection[str] = ()


class Member(NamedTuple):
    """An enterprise that the planned campaign could draw; sector and region as `Kind` has them."""

    code: str
    grade: str
    sector: str | None
    region: str | None
    stratum: str


class Kind(NamedTuple):
    """What enterprises of the planned frame may have in common.

    The sector and the region, "" if the plan's rules do not name it, None if they name none; for each campaign, the
    planned one last, the probability with which it could draw them, None where it could not, and whether it did, False
    where it has not.
    """

    grade: str
    sector: str | None
    region: str | None
    chances: tuple[Fraction | None, ...]
    drawn: tuple[bool, ...]


@dataclass(frozen=True)
class Exposure:
    """What is inferred at worst, of how many, and from which visits: each campaign's id, and whether it visited."""

    posterior: Fraction
    prior: Fraction
    population: int
    seen: tuple[tuple[str, bool], ...]


def kinds(members: Iterable[Member], strata: Sequence[Stratum], pasts: Sequence[Past]) -> dict[Kind, int]:
    """Count those whom the planned campaign could draw from its strata by what they have in common."""
    codes, *columns = (list(column) for column in zip(*members, strict=True))
    held = [list(map(past.strata.get, codes)) for past in pasts]
    drawn = [[code in past.drawn for code in codes] for past in pasts]
    chances = [*(past.chances for past in pasts), chances_of(strata)]
    counted: dict[Kind, int] = Counter()
    for (grade, sector, region, label, *seen), count in Counter(zip(*columns, *held, *drawn, strict=True)).items():
        labels = [*seen[: len(pasts)], label]
        could = tuple(chance.get(each) for chance, each in zip(chances, labels, strict=True))
        counted[Kind(grade, sector, region, could, (*seen[len(pasts) :], False))] += count
    return counted


def chances_of(strata: Iterable[Stratum]) -> dict[str, Fraction]:
    """Return the probability with which each stratum's enterprises are drawn, by its label; none of the excluded."""
    return {stratum.label: stratum.probability for stratum in strata if stratum.grades}


def posteriors(design: Design) -> tuple[Posterior, ...]:
    """Return the posteriors of every grade of the plan, in its order, from this campaign alone."""
    strata = design.by_cell()
    size = sum(part.size for part in design.parts)
    remaining = size - design.visits
    told = []
    for grade in design.scale:
        parts = [part for part in design.parts if part.cell.grade == grade and part.size]
        count = sum(part.size for part in parts)
        drawn = sum((part.size * strata[part.cell.label].probability for part in parts), Fraction(0))
        not_drawn = (count - drawn) / remaining if remaining else None
        told.append(Posterior(grade, Fraction(count, size), drawn / design.visits, not_drawn))
    return tuple(told)


def riskier_half(scale: Sequence[str]) -> tuple[str, ...]:
    """Return the second half of a scale that begins with low risk; the middle of an odd one counts as ordinary."""
    return tuple(scale[(len(scale) + 1) // 2 :])


def worst_case(
    campaigns: Sequence[Campaign], members: Mapping[Kind, int], riskier: Collection[str], least: int
) -> Exposure:
    """Return the worst case; the planned campaign is the last one, and `least` the least size of a frame.

    `members` are the enterprises that it could draw, counted by what they have in common; there is at least one.
    """
    found = (
        exposure
        for looked_at in _sets_with_planned(len(campaigns))
        for exposure in _exposures(campaigns, members, frozenset(riskier), least, looked_at)
    )
    return max(found, key=lambda each: each.posterior)


def check_bound(exposure: Exposure, bound: int) -> None:
    """Refuse a worst case above the bound, in basis points: Conflict("inference_bound_exceeded").

    The parameters are percentages, rounded up, and for planners only.
    """
    if exposure.posterior <= Fraction(bound, BASIS_POINTS):
        return
    raise Conflict(
        "inference_bound_exceeded",
        prior=_percent(exposure.prior),
        posterior=_percent(exposure.posterior),
        visited=[campaign for campaign, visited in exposure.seen if visited],
        not_visited=[campaign for campaign, visited in exposure.seen if not visited],
        bound=_percent(Fraction(bound, BASIS_POINTS)),
    )


def _sets_with_planned(count: int) -> Iterator[tuple[int, ...]]:
    for chosen in product((False, True), repeat=count - 1):
        yield (*(index for index, is_in in enumerate(chosen) if is_in), count - 1)


def _exposures(
    campaigns: Sequence[Campaign],
    members: Mapping[Kind, int],
    riskier: frozenset[str],
    least: int,
    looked_at: tuple[int, ...],
) -> Iterator[Exposure]:
    deciding = {campaign for index in looked_at for campaign in campaigns[index].settled_by}
    settled = [index for index in looked_at if campaigns[index].id in deciding]
    free = [index for index in looked_at if index not in settled]
    parts: dict[object, dict[tuple[bool, tuple[Fraction, ...]], int]] = defaultdict(lambda: defaultdict(int))
    for kind, count in members.items():
        chances = tuple(chance for index in free if (chance := kind.chances[index]) is not None)
        if len(chances) < len(free) or any(kind.chances[index] is None for index in settled):
            continue
        drawn = tuple(kind.drawn[index] for index in settled)
        for place in {(None, None), (kind.sector, None), (None, kind.region), (kind.sector, kind.region)}:
            parts[place, drawn][kind.grade in riskier, chances] += count
    for (place, drawn), counts in parts.items():  # type: ignore[misc]
        population = sum(counts.values())
        is_whole_frame = looked_at == (len(campaigns) - 1,) and place == (None, None)
        if population < least and not is_whole_frame:
            continue
        prior = Fraction(sum(count for (is_risky, _), count in counts.items() if is_risky), population)
        fixed = dict(zip(settled, drawn, strict=True))
        for visits, posterior in _patterns(counts, len(free)):
            seen = fixed | dict(zip(free, visits, strict=True))
            yield Exposure(
                posterior, prior, population, tuple((campaigns[index].id, seen[index]) for index in looked_at)
            )


def _patterns(
    counts: Mapping[tuple[bool, tuple[Fraction, ...]], int], length: int
) -> Iterator[tuple[tuple[bool, ...], Fraction]]:
    """Yield each possible pattern of visits and the probability of a riskier grade that it gives."""
    scales = [lcm(*(chances[place].denominator for _, chances in counts)) for place in range(length)]
    weighted = [(is_risky, count, _scaled(chances, scales)) for (is_risky, chances), count in counts.items()]
    for visits in product((True, False), repeat=length):
        sums = [0, 0]
        for is_risky, weight, odds in weighted:
            for is_visit, (drawn, not_drawn) in zip(visits, odds, strict=True):
                weight *= drawn if is_visit else not_drawn
            sums[is_risky] += weight
        if sum(sums):
            yield visits, Fraction(sums[True], sum(sums))


def _scaled(chances: Sequence[Fraction], scales: Sequence[int]) -> list[tuple[int, int]]:
    """Return of each chance the integers in proportion to being drawn and not."""
    drawn = [chance.numerator * (scale // chance.denominator) for chance, scale in zip(chances, scales, strict=True)]
    return [(n, scale - n) for n, scale in zip(drawn, scales, strict=True)]


def _percent(value: Fraction) -> str:
    hundredths = -(-value.numerator * BASIS_POINTS // value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
