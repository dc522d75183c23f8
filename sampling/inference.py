"""What an outsider may infer from one campaign: P(grade ∣ drawn) and P(grade ∣ not drawn), exactly.

Bayes over the design: P(g ∣ drawn) = Σ_s N_gs·(n_s/N_s) / Σ_s n_s, and P(g ∣ not drawn) = Σ_s N_gs·(1 − n_s/N_s) /
Σ_s (N_s − n_s), with N_gs the number of grade g in stratum s. The outsider is given the design, and knows who is
excluded, since exclusions follow a rule that is the same for all; so only those who may be drawn are counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.errors import Conflict
from sampling.strata import BASIS_POINTS, Design


@dataclass(frozen=True)
class Posterior:
    """What is known of an enterprise's grade before the draw, and after it is seen drawn or not drawn.

    `not_drawn` is None where everybody is drawn. The last two are as secret as the design.
    """

    grade: str
    prior: Fraction
    drawn: Fraction
    not_drawn: Fraction | None


def posteriors(design: Design) -> tuple[Posterior, ...]:
    """Return the posteriors of every grade of the plan, in its order."""
    probability = {grade: stratum.probability for stratum in design.strata for grade in stratum.grades}
    size = sum(each.size for each in design.plan)
    remaining = size - design.visits
    told = []
    for each in design.plan:
        drawn = each.size * probability.get(each.grade, Fraction(0))
        not_drawn = (each.size - drawn) / remaining if remaining else None
        told.append(Posterior(each.grade, Fraction(each.size, size), drawn / design.visits, not_drawn))
    return tuple(told)


def riskier_half(scale: Sequence[str]) -> tuple[str, ...]:
    """Return the second half of a scale that begins with low risk; the middle of an odd one counts as ordinary."""
    return tuple(scale[(len(scale) + 1) // 2 :])


def worst_case(design: Design, higher_risk_grades: Collection[str]) -> Fraction:
    """Return the largest posterior, over drawn and not drawn, that an enterprise has one of the higher-risk grades."""
    _, drawn, not_drawn = _sums(design, higher_risk_grades)
    return max(drawn, not_drawn)


def check_bound(design: Design, higher_risk_grades: Collection[str], bound: int) -> None:
    """Refuse a design whose worst case is above the bound, in basis points: Conflict("inference_bound_exceeded").

    The parameters are percentages of the planned design, rounded up, and for planners only.
    """
    if worst_case(design, higher_risk_grades) <= Fraction(bound, BASIS_POINTS):
        return
    prior, drawn, not_drawn = _sums(design, higher_risk_grades)
    raise Conflict(
        "inference_bound_exceeded",
        prior=_percent(prior),
        drawn=_percent(drawn),
        not_drawn=_percent(not_drawn),
        bound=_percent(Fraction(bound, BASIS_POINTS)),
    )


def _sums(design: Design, grades: Collection[str]) -> tuple[Fraction, Fraction, Fraction]:
    told = [each for each in posteriors(design) if each.grade in grades]
    prior = sum((each.prior for each in told), Fraction(0))
    drawn = sum((each.drawn for each in told), Fraction(0))
    not_drawn = sum((each.not_drawn or Fraction(0) for each in told), Fraction(0))
    return prior, drawn, not_drawn


def _percent(value: Fraction) -> str:
    hundredths = -(-value.numerator * BASIS_POINTS // value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
