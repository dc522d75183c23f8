"""Where a model comes from that others made: who, when, on which data, and what they say of it (模型来源).

    [origin]                    issuer, issued_on, data, digest: the SHA-256 of the model's canonical form
    [[origin.distribution]]     indicator, bins: the share of each, missing; in millionths of its enterprises
    [[origin.finding_rates]]    grade, rate: the finding rate to be expected, in millionths

It is no part of the canonical form, so that the digest can stand in it; the text that is kept has it. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.errors import Invalid
from scoring.toml_tables import Table, refuse_duplicates

MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Origin:
    """What a document says of its origin.

    `distribution` has by indicator's id the shares of its bins, and last that of no value where it can lack one, in
    millionths; `finding_rates` by grade's label the finding rate to be expected, in millionths.
    """

    issuer: str
    issued_on: date
    data: str
    digest: str
    distribution: Mapping[str, tuple[int, ...]]
    finding_rates: Mapping[str, int]


def read_origin(root: Table, places: Mapping[str, tuple[int, bool]], labels: Sequence[str]) -> Origin | None:
    """Return the origin that a model's document tells, None where it tells none.

    `places` has by indicator's id the number of its bins and whether it may lack a value. Raises Invalid with the
    place: model_origin_indicator, model_origin_shares, model_origin_grade, model_origin_rate, and what a table refuses.
    """
    if not root.has("origin"):
        return None
    table = root.table("origin")
    shares = dict(_shares(each, places) for each in _of_each(table, "distribution", "indicator"))
    rates = dict(_rate(each, labels) for each in _of_each(table, "finding_rates", "grade"))
    origin = Origin(
        table.text("issuer"), table.date("issued_on"), table.text("data"), table.text("digest", 64), shares, rates
    )
    table.finish()
    return origin


def _of_each(table: Table, key: str, named: str) -> list[Table]:
    found = table.tables(key)
    refuse_duplicates([str(each.peek(named)) for each in found if each.has(named)], f"{table.place}.{key}")
    return found


def _shares(table: Table, places: Mapping[str, tuple[int, bool]]) -> tuple[str, tuple[int, ...]]:
    indicator = table.text("indicator")
    if indicator not in places:
        raise Invalid("model_origin_indicator", place=table.place, value=indicator)
    bins, may_lack = places[indicator]
    shares = (*table.integers("bins"), *((table.integer("missing"),) if may_lack else ()))
    table.finish()
    wanted = bins + may_lack
    if len(shares) != wanted or min(shares) < 0 or abs(sum(shares) - MILLION) > wanted:
        raise Invalid("model_origin_shares", place=table.place, indicator=indicator, bins=bins, sum=sum(shares))
    return indicator, shares


def _rate(table: Table, labels: Sequence[str]) -> tuple[str, int]:
    grade, rate = table.text("grade"), table.integer("rate")
    table.finish()
    if grade not in labels:
        raise Invalid("model_origin_grade", place=table.place, value=grade, known=list(labels))
    if not 0 <= rate <= MILLION:
        raise Invalid("model_origin_rate", place=table.place, grade=grade, rate=rate)
    return grade, rate
