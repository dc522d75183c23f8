"""What trials ask, as SQL for DuckDB over the tables of `scorecard_sql`: counts, and pairs of grades. Pure."""

from collections.abc import Iterator

from scoring import scorecard_sql
from scoring.measure_sql import Compiled, quoted
from scoring.scorecard import Bin, Indicator


def tally(compiled: Compiled, place: int) -> str:
    """Return the query that counts those for whom a model holds, in one row.

    Its columns: graded; g<n> of the n-th grade; lacking<n> and told<n>, whose n-th indicator has no value, and one that
    tells something; b<n>_<k> in its k-th bin; r<n>, of whom the n-th rule fired.
    """
    counts = ", ".join(f"count(*) FILTER (WHERE {sql}) AS {name}" for name, sql in _conditions(compiled, place))
    return f"WITH {scorecard_sql.levelled(compiled, place)} SELECT count(*) AS graded, {counts} FROM levelled"


def pairs(compiled: Compiled, neither: str) -> str:
    """Return the query of (enterprise, old, new), the labels that the first and the second model give, or `neither`."""
    old, new = (_labels(compiled, place) for place in range(2))
    none = quoted(neither)
    return f"""
        SELECT enterprise, coalesce(before.grade, {none}) AS old, coalesce(after.grade, {none}) AS new
        FROM ({old}) AS before FULL JOIN ({new}) AS after USING (enterprise)
    """


def _labels(compiled: Compiled, place: int) -> str:
    """Return the query of (enterprise, grade) of those for whom a model holds, the grade by its label."""
    labels = " ".join(f"WHEN {level} THEN {quoted(label)}" for level, label in enumerate(compiled.models[place].labels))
    return f"""
        WITH {scorecard_sql.levelled(compiled, place)}
        SELECT enterprise, CASE {scorecard_sql.GRADE} {labels} END AS grade FROM levelled
    """


def _conditions(compiled: Compiled, place: int) -> Iterator[tuple[str, str]]:
    model = compiled.models[place]
    for level in range(len(model.grades)):
        yield f"g{level}", f"{scorecard_sql.GRADE} = {level}"
    for number, indicator in enumerate(model.indicators):
        value = scorecard_sql.value_column(compiled, indicator.measure)
        yield f"lacking{number}", f"{value} IS NULL"
        yield f"told{number}", _tells(indicator, value)
        for bin_number, each in enumerate(indicator.bins):
            yield f"b{number}_{bin_number}", _within(each, value)
    for number in range(len(model.rules)):
        yield f"r{number}", f"r{number}"


def _tells(indicator: Indicator, value: str) -> str:
    """Return whether there is data: where there is always a value, nothing is none."""
    return f"{value} IS NOT NULL" if indicator.measure.may_lack_value else f"{value} <> 0"


def _within(bin_: Bin, value: str) -> str:
    bounds = [f"{value} {sign} {bound}" for sign, bound in ((">=", bin_.lower), ("<", bin_.upper)) if bound is not None]
    return " AND ".join(bounds) or f"{value} IS NOT NULL"
