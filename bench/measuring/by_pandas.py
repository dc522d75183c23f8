"""Grading by plain pandas: the same values, points and rules of Qian's example model, in the first way that comes."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection

from ledger.digests import row_digest
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scorecard import Indicator, Model

QUERY = "SELECT enterprise, kind, date, body, number, content FROM record WHERE revoked = 0 AND version = 1"


def grade_by_pandas(tx: Connection, model: Model, as_of: date) -> list[tuple[Any, ...]]:
    """Return the rows of all grades, each with its digest."""
    frame = pd.read_sql(QUERY, tx.connection.driver_connection)
    frame["content"] = frame["content"].map(orjson.loads)
    frame["day"] = (pd.to_datetime(frame["date"]) - pd.Timestamp(as_of)).dt.days
    codes = pd.Index(np.sort(frame["enterprise"].unique()))
    of_kind = dict(tuple(frame.groupby("kind")))
    ties = of_kind["relation"]
    ties = pd.DataFrame(
        {
            "enterprise": ties["enterprise"],
            "type": ties["content"].map(lambda held: held["type"]),
            "party": ties["content"].map(lambda held: held["party"]),
        }
    )
    registered = of_kind["registration"].set_index("enterprise")["content"].reindex(codes)
    values: dict[Measure, pd.Series] = {}
    for measure in dict.fromkeys(model.measures):
        values[measure] = _value(measure, of_kind, ties, registered, codes, as_of)
    score = sum(_points(each, values[each.measure]) for each in model.indicators)
    of_id = {each.id: values[each.measure] for each in model.indicators}
    fired = []
    for rule in model.rules:
        holds = pd.Series(True, index=codes)
        for clause in rule.when:
            value = of_id[clause.indicator] if clause.measure is None else values[clause.measure]
            if clause.missing is not None:
                holds &= value.isna() == clause.missing
            if clause.at_least is not None:
                holds &= (value >= clause.at_least).fillna(False)
            if clause.below is not None:
                holds &= (value < clause.below).fillna(False)
        fired.append(holds)
    lowest = [level.lowest_score for level in model.grades if level.lowest_score is not None]
    level = pd.Series(np.searchsorted(lowest, score, side="right"), index=codes)
    for effect in ("at_most", "at_least"):
        for rule, holds in zip(model.rules, fired, strict=True):
            place = model.labels.index(rule.grade)
            if rule.effect == effect:
                changed = level.clip(upper=place) if effect == "at_most" else level.clip(lower=place)
                level = level.where(~holds, changed)
    return _rows(model, codes, values, score, level, fired)


def _value(
    measure: Measure,
    of_kind: dict[str, pd.DataFrame],
    ties: pd.DataFrame,
    registered: pd.Series,
    codes: pd.Index,
    as_of: date,
) -> pd.Series:
    if measure.source is Source.REGISTRATION:
        return _of_registration(measure, registered, as_of)
    if measure.source is Source.RELATIONS:
        counted = ties[ties["type"].isin(measure.kinds)].groupby("enterprise")["party"].nunique()
        return counted.reindex(codes, fill_value=0)
    if measure.source is Source.RELATED:
        members = ties[ties["type"].isin(measure.via)]
        pairs = members.merge(members, on=["type", "party"])
        pairs = pairs[pairs["enterprise_x"] != pairs["enterprise_y"]]
        if measure.kinds:
            rows = _matching(measure, _inside(measure, of_kind), as_of)
            pairs = pairs[pairs["enterprise_y"].isin(rows["enterprise"].unique())]
        return pairs.groupby("enterprise_x")["enterprise_y"].nunique().reindex(codes, fill_value=0)
    inside = _inside(measure, of_kind)
    rows = _matching(measure, inside, as_of)
    grouped = rows.groupby("enterprise")
    if measure.aggregate is Aggregate.COUNT:
        return grouped.size().reindex(codes, fill_value=0)
    if measure.aggregate is Aggregate.EXISTS:
        return (grouped.size().reindex(codes, fill_value=0) > 0).astype("int64")
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return (-grouped["day"].max()).reindex(codes).astype("Int64")
    if measure.aggregate is Aggregate.PER_MILLE:
        of = inside.groupby("enterprise").size().reindex(codes)
        return (grouped.size().reindex(codes, fill_value=0) * 1000 // of).astype("Int64")
    field = rows["content"].map(lambda held: held.get(measure.field))
    if measure.aggregate is Aggregate.DISTINCT:
        return field.groupby(rows["enterprise"]).nunique().reindex(codes, fill_value=0)
    return field.fillna(0).astype("int64").groupby(rows["enterprise"]).sum().reindex(codes, fill_value=0)


def _inside(measure: Measure, of_kind: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = pd.concat(
        [of_kind[kind] for kind in measure.kinds if kind in of_kind] or [next(iter(of_kind.values())).head(0)]
    )
    rows = rows[rows["day"] <= 0]
    return rows if measure.window_days is None else rows[rows["day"] > -measure.window_days]


def _matching(measure: Measure, rows: pd.DataFrame, as_of: date) -> pd.DataFrame:
    for condition in measure.where:
        meets = _met(condition, as_of)
        rows = rows[rows["content"].map(lambda held, c=condition, meets=meets: meets(held.get(c.field))).astype(bool)]
    return rows


def _met(condition: Condition, as_of: date) -> Callable[[Any], bool]:
    wanted = condition.value
    if condition.operator is Operator.IN_FORCE:
        return lambda value: (bool(value) and value < as_of.isoformat()) is not wanted
    assert isinstance(wanted, tuple)
    among = set(wanted)

    def meets(value: Any) -> bool:
        held = value if isinstance(value, list) else [value] if value else []
        return (not among.isdisjoint(held)) == (condition.operator is Operator.IS)

    return meets


def _of_registration(measure: Measure, registered: pd.Series, as_of: date) -> pd.Series:
    if measure.aggregate is Aggregate.EXISTS:
        (condition,) = measure.where
        meets = _met(condition, as_of)
        return registered.map(lambda held: int(meets(held.get(condition.field))))
    field = registered.map(lambda held: held.get(measure.field))
    if measure.aggregate is Aggregate.VALUE:
        return field.astype("Int64")
    since = pd.to_datetime(field)
    before = since.dt.month * 100 + since.dt.day > as_of.month * 100 + as_of.day
    return as_of.year - since.dt.year - before.astype("int64")


def _points(indicator: Indicator, value: pd.Series) -> Any:
    upper = [bin_.upper for bin_ in indicator.bins[:-1]]
    points = np.array([bin_.points for bin_ in indicator.bins])
    place = np.searchsorted(upper, value.fillna(0).astype("int64"), side="right")
    return np.where(value.isna(), indicator.missing or 0, points[place])


def _rows(
    model: Model,
    codes: pd.Index,
    values: dict[Measure, pd.Series],
    score: Any,
    level: pd.Series,
    fired: list[pd.Series],
) -> list[tuple[Any, ...]]:
    told = [values[each.measure].astype("string").fillna("null") for each in model.indicators]
    joined = told[0]
    for each in told[1:]:
        joined = joined + "," + each
    rules = pd.Series("", index=codes, dtype="string")
    for place, holds in enumerate(fired):
        rules = rules.where(~holds, rules + f",{place}")
    reasons = '{"rules":[' + rules.str.lstrip(",") + '],"values":[' + joined + "]}"
    digest = hashlib.sha256()
    rows = []
    document, labels = "0" * 32, model.labels
    for line, (code, place, points, text) in enumerate(zip(codes, level, score, reasons, strict=True)):
        digest.update(f'["{code}","{labels[place]}",{points},{text}]'.encode())
        named = {"document": document, "line": line, "enterprise": code, "grade": labels[place]}
        bound = row_digest("grade", {**named, "score": int(points), "reasons": text})
        rows.append((document, line, bound, code, labels[place], int(points), text, "", "", ""))
    return rows
