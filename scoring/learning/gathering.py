"""From a sample of visits to examples: those that could be inspected and are in the model's scope."""

from collections.abc import Collection, Mapping, Sequence

from scoring.evaluation.visits import Sample
from scoring.learning.examples import Example
from scoring.scorecard import Model


def examples_of(
    model: Model,
    sample: Sample,
    values: Mapping[str, Sequence[int | None]],
    in_scope: Sequence[bool],
    target: Collection[str] = (),
) -> list[Example]:
    """Return one example for each visit of a sample that was inspectable, with what was known before it.

    `values` have, by indicator, a value for each visit of the sample, and `in_scope` whether the model holds for it.
    `target` are the results that count as a finding; none: any problem.
    """
    found = []
    for place, (visit, holds) in enumerate(zip(sample.visits, in_scope, strict=True)):
        if not holds or not visit.inspectable:
            continue
        found.append(
            Example(
                day=visit.day,
                values=tuple(values[indicator.id][place] for indicator in model.indicators),
                found=visit.found(target),
                weight=sample.weight(visit),
                inspectors=visit.inspectors,
                stratum="" if visit.observational else f"{visit.campaign}/{visit.stratum}",
                uniform=visit.uniform,
                enterprise=visit.enterprise,
            )
        )
    return found
