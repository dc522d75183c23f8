"""How much the visits were a burden on those who comply: counts, not estimates. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.evaluation.visits import Visit


@dataclass(frozen=True)
class Burden:
    """Of a grade, or of all: inspectable visits, those that found nothing, and whom they met.

    `compliant` enterprises were found without a problem at every visit; `repeated` of them were visited more than
    once, and had `repeated_visits` visits.
    """

    grade: str | None
    visits: int
    in_vain: int
    enterprises: int
    compliant: int
    repeated: int
    repeated_visits: int


def burden(visits: Sequence[Visit], grades: Sequence[str] = ()) -> list[Burden]:
    """Return the burden of all, then of each grade: those given, in their order, then others sorted.

    An enterprise counts in each grade in which it was visited, by its visits in that grade.
    """
    inspectable = [visit for visit in visits if visit.inspectable]
    by_grade: dict[str, list[Visit]] = defaultdict(list)
    for visit in inspectable:
        by_grade[visit.grade].append(visit)
    labels = (*grades, *sorted(by_grade.keys() - set(grades)))
    return [_of(None, inspectable), *(_of(label, by_grade[label]) for label in labels)]


def _of(grade: str | None, visits: Sequence[Visit]) -> Burden:
    times = Counter(visit.enterprise for visit in visits)
    found = {visit.enterprise for visit in visits if visit.found()}
    compliant = {enterprise: count for enterprise, count in times.items() if enterprise not in found}
    again = [count for count in compliant.values() if count > 1]
    in_vain = sum(not visit.found() for visit in visits)
    return Burden(grade, len(visits), in_vain, len(times), len(compliant), len(again), sum(again))
