"""Grading by plain pandas, in the first way that comes: what a run of Qian's example model says, to the same digest."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection

from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scorecard import Indicator, Model
from scoring.stages import CLOSED_STATUSES, CLOSING_RESULTS, DORMANT_YEARS, SUSPENDED_STATUS, Stage, years_before

QUERY = """
    SELECT enterprise, kind, date, content FROM record WHERE revoked = 0 AND NOT EXISTS (
        SELECT 1 FROM record AS later
        WHERE later.version > 1 AND later.identity = record.identity AND later.version > record.version)
"""


def grade_by_pandas(tx: Connection, model: Model, document: str, as_of: date) -> tuple[list[tuple[Any, ...]], str]:
    """Return the rows of all grades as they are stored, each with its digest, and the digest of the run.

    `document` is that of the model, which holds for all.
    """
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
    values.update({measure: _kept(measure, value, registered, as_of) for measure, value in values.items()})
    stage = _stage(of_kind, registered, codes, as_of)
    return _rows(model, document, codes, values, score, level, fired, stage)


def _kept(measure: Measure, value: pd.Series, registered: pd.Series, as_of: date) -> pd.Series:
    """Return what is kept of a value: instead of the days or years since a day, the day's number."""
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return as_of.toordinal() - value
    if measure.aggregate is Aggregate.YEARS_SINCE:
        since = pd.to_datetime(registered.map(lambda held: held.get(measure.field)))
        return ((since - pd.Timestamp(as_of)).dt.days + as_of.toordinal()).where(value.notna()).astype("Int64")
    return value


def _stage(of_kind: dict[str, pd.DataFrame], registered: pd.Series, codes: pd.Index, as_of: date) -> pd.Series:
    """Return the stage of each enterprise's life, as `scoring.stages` defines it."""
    status = registered.map(lambda held: held.get("status"))
    established = registered.map(lambda held: held.get("established") or "")
    visits = of_kind["inspection"]
    visits = visits[visits["day"] <= 0]
    visits = visits[visits["day"] == visits.groupby("enterprise")["day"].transform("max")]
    closing = visits["content"].map(lambda held: not CLOSING_RESULTS.isdisjoint(held["results"]))
    closed = codes.isin(visits[closing]["enterprise"])
    records = pd.concat([rows for kind, rows in of_kind.items() if kind not in ("registration", "relation", "change")])
    latest = records[records["day"] <= 0].groupby("enterprise")["date"].max().reindex(codes).fillna("")
    long_ago = years_before(as_of, DORMANT_YEARS)
    silent = (established != "") & (established <= long_ago) & (latest <= long_ago)
    return pd.Series(
        np.select(
            [
                status.isin(CLOSED_STATUSES) | closed,
                established > years_before(as_of, 1),
                (status == SUSPENDED_STATUS) | silent,
            ],
            [Stage.CLOSING, Stage.NEWLY_REGISTERED, Stage.DORMANT],
            Stage.OPERATING,
        ),
        index=codes,
    )


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
    document: str,
    codes: pd.Index,
    values: dict[Measure, pd.Series],
    score: Any,
    level: pd.Series,
    fired: list[pd.Series],
    stage: pd.Series,
) -> tuple[list[tuple[Any, ...]], str]:
    told = [values[each.measure].astype("string").fillna("null") for each in model.indicators]
    joined = told[0]
    for each in told[1:]:
        joined = joined + "," + each
    rules = pd.Series("", index=codes, dtype="string")
    for place, holds in enumerate(fired):
        rules = rules.where(~holds, rules + f",{place}")
    reasons = '{"rules":[' + rules.str.lstrip(",") + '],"values":[' + joined + "]}"
    labels = level.map(dict(enumerate(model.labels)))
    leaves, rows = [], []
    run, version = "0" * 32, model.digest()
    columns = (codes.tolist(), labels.tolist(), score.tolist(), reasons.tolist(), stage.tolist())
    for line, (code, label, points, text, at) in enumerate(zip(*columns, strict=True)):
        named = {"document": run, "line": line, "enterprise": code, "grade": label, "score": points, "reasons": text}
        named |= {"model": document, "stage": at}
        written = orjson.dumps(["grade", named], option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(b"qian/row/v1" + written).digest()
        rows.append((run, line, digest, code, label, points, text, "", document, at))
        leaf = f'qian/grade/v1["{code}","","{version}","{at}","{label}",{points},{text}]'
        leaves.append(hashlib.sha256(leaf.encode()).digest())
    return rows, hashlib.sha256(b"qian/grades/v2" + b"".join(leaves)).hexdigest()
