"""Scorecards as SQL for DuckDB: from what measures say to scores, grades and kept reasons, in integers. Pure.

The tables that the queries read:

- `measured`: a row of each enterprise, as `Compiled.measured` makes it; `asked`: the same with all measures;
- `neighbour`: sums of these and of those who are tied to them, as far as they count for others;
- `relation` (enterprise, kind, party, since): ties, since the number of a day or without one;
- `outside` (enterprise, system, grade, date, day): the newest word of each system, as of the day;
- `judgement` (enterprise, model, text, exactly, at_most, at_least): manual judgements in force, as `judged` tells them;
- `holding` (sector, region, stage, department, model, head): which model, by its place, holds for whom, and what leaves
  say of all these alike: department, model's digest, stage.
"""

from collections.abc import Sequence

from ledger.canonical import canonical
from scoring.kept import LEAF_TAG
from scoring.measure_sql import NEVER, Compiled, quoted
from scoring.measures import Aggregate, Measure
from scoring.scorecard import Bin, Clause, Effect, Indicator, Model, Rule


def related(compiled: Compiled, measure: Measure, column: str) -> str:
    """Return the query of (enterprise, value, due) of a measure of related enterprises, for those that have any.

    Who has one party with somebody is counted by the party; pairs are made only for those who have several. Parties of
    which nobody counts, or will, are left out.
    """
    today = compiled.as_of.toordinal()
    return f"""
        WITH tie AS (SELECT enterprise, kind, party, min(coalesce(since, 0)) AS since
                     FROM relation WHERE kind IN ({_texts(measure.via)}) GROUP BY enterprise, kind, party),
        member AS (SELECT tie.*, since > {today} AS coming, flag_{column} AND since <= {today} AS flag,
                          due_{column} AS due
                   FROM tie JOIN neighbour USING (enterprise)),
        party AS (SELECT kind, party, count(*) FILTER (WHERE flag) AS flagged,
                         least(min(due), min(since) FILTER (WHERE coming)) AS due
                  FROM member GROUP BY kind, party
                  HAVING count(*) > 1 AND (bool_or(flag) OR bool_or(coming) OR min(due) < {NEVER})),
        own AS (SELECT enterprise, kind, party, flagged - flag::BIGINT AS others, coming, party.due AS due
                FROM member JOIN party USING (kind, party) WHERE enterprise IN (SELECT enterprise FROM measured)),
        counted AS (SELECT enterprise, count(*) FILTER (WHERE others > 0 AND NOT coming) AS ties,
                           coalesce(sum(others) FILTER (WHERE NOT coming), 0) AS others, min(due) AS due
                    FROM own GROUP BY enterprise),
        several AS (SELECT own.enterprise, count(DISTINCT member.enterprise) AS others
                    FROM own JOIN counted ON counted.enterprise = own.enterprise AND counted.ties > 1
                    JOIN member ON member.kind = own.kind AND member.party = own.party
                    WHERE own.others > 0 AND NOT own.coming AND member.flag AND member.enterprise <> own.enterprise
                    GROUP BY own.enterprise)
        SELECT enterprise, coalesce(several.others, counted.others)::BIGINT AS value, coalesce(due, {NEVER}) AS due
        FROM counted LEFT JOIN several USING (enterprise)
    """


def relations(compiled: Compiled, measure: Measure) -> str:
    """Return the query of (enterprise, value, due) of a measure of own ties, for those that have any."""
    today = compiled.as_of.toordinal()
    count = f"count(DISTINCT (kind, party)) FILTER (WHERE since IS NULL OR since <= {today})"
    value = f"least({count}, 1)" if measure.aggregate is Aggregate.EXISTS else count
    return f"""
        SELECT enterprise, {value} AS value, coalesce(min(since) FILTER (WHERE since > {today}), {NEVER}) AS due
        FROM relation WHERE kind IN ({_texts(measure.kinds)}) AND enterprise IN (SELECT enterprise FROM measured)
        GROUP BY enterprise
    """


def outside(measure: Measure) -> str:
    """Return the query of (enterprise, value, due) of a measure of another system's grades."""
    places = " ".join(f"WHEN {quoted(level)} THEN {place}" for place, level in enumerate(measure.levels))
    value = f"CASE grade {places} END"
    system = quoted(measure.system or "")
    return f"SELECT enterprise, {value} AS value, {NEVER} AS due FROM outside WHERE system = {system}"


def graded(compiled: Compiled, place: int) -> str:
    """Return the query of the grades that one of the models gives to those for whom it holds.

    Its columns: enterprise, department, model (place), stage, grade (place in the scale), label, score, reasons, due,
    leaf (as `kept.leaf` makes it).
    """
    model = compiled.models[place]
    raw = [compiled.name(each.measure) for each in model.indicators]
    labels, written = ", ".join(map(quoted, model.labels)), ", ".join(_json(label) for label in model.labels)
    leaf = " || ',' || ".join(
        (
            f"""{quoted(LEAF_TAG.decode() + '["')} || enterprise || '"'""",
            "head",
            f"[{written}][grade + 1]",
            "score",
            "reasons || ']'",
        )
    )
    return f"""
        WITH {levelled(compiled, place)},
        told AS (
            SELECT enterprise, department, head, {place} AS model, stage, {GRADE} AS grade, score,
               '{{' || coalesce(judged, '') || coalesce(said, '') || '"rules":['
               || {_joined([f"CASE WHEN r{number} THEN '{number}' END" for number in range(len(model.rules))])}
               || '],"values":[' || {_joined([f"coalesce({column}::VARCHAR, 'null')" for column in raw])} || ']}}'
               AS reasons, due
            FROM levelled)
        SELECT enterprise, department, model, stage, grade, [{labels}][grade + 1] AS label, score, reasons, due,
               unhex(sha256({leaf})) AS leaf
        FROM told
    """


GRADE = "coalesce(said_exactly, greatest(least(by_score, said_at_most), said_at_least))"
"""Of a row of `levelled`, the place of its grade in the model's scale."""


def value_column(compiled: Compiled, measure: Measure) -> str:
    """Return the column of `levelled` that holds what a measure says as of the day."""
    return f"v_{compiled.name(measure)}"


def levelled(compiled: Compiled, place: int) -> str:
    """Return the part of a query that gives in `levelled` what decides on the grades of those for whom a model holds.

    Beside the columns of `asked` there are department, head, judged and said (texts of kept reasons), the values by
    `value_column`, r<n> (whether the n-th rule fired), score, and what GRADE puts together.
    """
    model = compiled.models[place]
    own = dict.fromkeys(clause.measure for rule in model.rules for clause in rule.when if clause.measure is not None)
    measures = (*(each.measure for each in model.indicators), *own)
    values = {measure: value_column(compiled, measure) for measure in measures}
    valued = ", ".join(f"{compiled.value(each, compiled.name(each))} AS {name}" for each, name in values.items())
    points = " + ".join(f"({_points(each, values[each.measure])})" for each in model.indicators)
    of_id = {each.id: values[each.measure] for each in model.indicators}
    fired = [f"({' AND '.join(_holds(clause, of_id, values) for clause in rule.when)})" for rule in model.rules]
    rules = ", ".join(f"{sql} AS r{number}" for number, sql in enumerate(fired))
    thresholds = [each.lowest_score for each in model.grades if each.lowest_score is not None]
    by_score = " + ".join(f"(score >= {lowest})::INTEGER" for lowest in thresholds)
    systems = sorted({each.system for each in model.measures if each.system is not None})
    said = f"""(SELECT enterprise, '"outside":[' || string_agg('[' || to_json(system) || ',' || to_json(grade) || ',"'
               || date || '"]', ',' ORDER BY system) || '],' AS text
               FROM outside WHERE system IN ({_texts(systems)}) GROUP BY enterprise)"""
    return f"""
        valued AS (
            SELECT asked.*, {valued}, department, head, judgement.text AS judged, judgement.exactly, judgement.at_most,
                   judgement.at_least, {"said.text" if systems else "NULL"} AS said
            FROM asked JOIN holding ON holding.sector = asked.sector AND holding.region = asked.region
                 AND holding.stage = asked.stage AND holding.model = {place}
            LEFT JOIN judgement ON judgement.enterprise = asked.enterprise AND judgement.model = {place}
            {f"LEFT JOIN {said} AS said ON said.enterprise = asked.enterprise" if systems else ""}),
        scored AS (SELECT *, ({points})::BIGINT AS score{", " if rules else ""}{rules} FROM valued),
        levelled AS (SELECT *, {by_score} AS by_score, {_extreme(model, Effect.EXACTLY)} AS said_exactly,
                            {_extreme(model, Effect.AT_MOST)} AS said_at_most,
                            {_extreme(model, Effect.AT_LEAST)} AS said_at_least FROM scored)
    """


def _points(indicator: Indicator, value: str) -> str:
    lower = " ".join(f"WHEN {value} < {bin_.upper} THEN {bin_.points}" for bin_ in indicator.bins[:-1])
    return f"CASE WHEN {value} IS NULL THEN {indicator.missing or 0} {lower} ELSE {_last(indicator.bins).points} END"


def _last(bins: Sequence[Bin]) -> Bin:
    return bins[-1]


def _holds(clause: Clause, of_id: dict[str, str], values: dict[Measure, str]) -> str:
    value = of_id[clause.indicator or ""] if clause.measure is None else values[clause.measure]
    parts = []
    if clause.missing is not None:
        parts.append(f"{value} IS {'' if clause.missing else 'NOT '}NULL")
    if clause.at_least is not None:
        parts.append(f"coalesce({value} >= {clause.at_least}, false)")
    if clause.below is not None:
        parts.append(f"coalesce({value} < {clause.below}, false)")
    return " AND ".join(parts)


def _extreme(model: Model, effect: Effect) -> str:
    """Return the place of the grade that rules and judgements of an effect say together: the least for "at most"."""
    of_effect: list[tuple[int, Rule]] = [(n, rule) for n, rule in enumerate(model.rules) if rule.effect is effect]
    said = [f"CASE WHEN r{number} THEN {model.labels.index(rule.grade)} END" for number, rule in of_effect]
    said.append(effect.value)
    if len(said) == 1:
        return said[0]
    return f"{'least' if effect is Effect.AT_MOST else 'greatest'}({', '.join(said)})"


def _json(text: str) -> str:
    """Return a text as JSON, as SQL writes that."""
    return quoted(canonical(text).decode())


def _joined(texts: Sequence[str]) -> str:
    return f"concat_ws(',', {', '.join(texts)})" if texts else "''"


def _texts(texts: Sequence[str]) -> str:
    return ", ".join(map(quoted, texts)) or "NULL"
