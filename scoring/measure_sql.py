"""Measures as SQL for DuckDB: all that models ask of records, by one pass over the rows of all enterprises. Pure.

The rows stand in `facts` (enterprise, kind, date, body, number, content), dates and content as text, a date that is not
known as ''. `Compiled.aggregation` makes one row of sums of each enterprise: what its rows say, in a form that time
alone does not change and to which that of more rows can be added (`addition`). `measured` makes of it what the measures
say, still free of time: instead of days or years since a day, the day's number (1 January of year 1 is day 1); `value`
makes the value as of a day of that.

Beside the measures there are, for each enterprise, its stage, and `due`: the number of the first day on which anything
of it can change without anything being recorded: a window or a term that ends, a date that comes, a bin of a time
since. It may name a day too early, never one too late.

Only what a checked model says stands in the SQL as a text, quoted; of the rows there is nothing in it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger.canonical import LARGEST_INTEGER, canonical
from scoring.decay import ONE
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scorecard import Model
from scoring.stages import CLOSED_STATUSES, CLOSING_RESULTS, DORMANT_YEARS, SUSPENDED_STATUS, Stage, years_before

REGISTRATION, RELATION, CHANGE = "registration", "relation", "change"
NEVER = 3_652_060
"""The day after all days (31 December 9999): nothing is due."""

SELDOM_ASKED = "body", "number"
"""Columns of rows that stand for fields and are read for those models alone that ask for them."""

_TOTAL = "coalesce({new} + {old}, {new}, {old})"
_EITHER = "coalesce({new} OR {old}, {new}, {old})"
_LATEST = "greatest({new}, {old})"
_EARLIEST = "least({new}, {old})"
_ADDED = {
    Aggregate.COUNT: _TOTAL,
    Aggregate.EXISTS: _LATEST,
    Aggregate.DISTINCT: "list_distinct(list_concat({new}, {old}))",
    Aggregate.SUM: f"least({_TOTAL}, {LARGEST_INTEGER})",
    Aggregate.DAYS_SINCE: _LATEST,
    Aggregate.PER_MILLE: _TOTAL,
}
"""How that is added which measures of records keep."""


@dataclass(frozen=True)
class _Sum:
    """A column of sums: how it is made of an enterprise's aggregated rows, and added to an old one, if there is any."""

    name: str
    sql: str
    added: str


@dataclass(frozen=True)
class Compiled:
    """What some models ask as of a day; `measures` are all different ones, each by its place."""

    models: tuple[Model, ...]
    as_of: date

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """All different measures of the models."""
        return tuple(dict.fromkeys(measure for model in self.models for measure in model.measures))

    @cached_property
    def half_lives(self) -> tuple[int, ...]:
        """The half-lives whose weights the aggregation finds in a table `weight_<days>` (age, weight)."""
        return tuple(sorted({each.half_life_days for each in self.measures if each.half_life_days is not None}))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of sums; where all of them are kept, sums can be used for these models."""
        return tuple(each.name for each in self._sums())

    @cached_property
    def columns_for_others(self) -> tuple[str, ...]:
        """The columns of sums that count for those who are related to an enterprise."""
        return ("registered", *(f"{what}_{name}" for name, _ in self.related() for what in ("flag", "due")))

    @cached_property
    def texts(self) -> frozenset[str]:
        """Those of SELDOM_ASKED that are asked for."""
        asked = (each for each in self.measures if each.source in (Source.RECORDS, Source.RELATED))
        return frozenset(field for each in asked for field in _named(each) if field in SELDOM_ASKED)

    def name(self, measure: Measure) -> str:
        """Return the column that holds what a measure says, as it is kept: the same in whichever models it stands."""
        return self._names[measure]

    @cached_property
    def _names(self) -> dict[Measure, str]:
        told = ((measure, canonical(measure.document())) for measure in self.measures)
        return {measure: f"m_{hashlib.sha256(text).hexdigest()[:16]}" for measure, text in told}

    def related(self) -> list[tuple[str, Measure]]:
        """Return the measures of related enterprises with their columns; `flag_<column>` tells of each one itself."""
        return [(self.name(each), each) for each in self.measures if each.source is Source.RELATED]

    def value(self, measure: Measure, column: str) -> str:
        """Return the SQL of a measure's value as of the day, of the column that keeps it."""
        if measure.aggregate is Aggregate.DAYS_SINCE:
            return f"({self.as_of.toordinal()} - {column})"
        if measure.aggregate is Aggregate.YEARS_SINCE:
            day = _day_of(column)
            before = self.as_of.month * 100 + self.as_of.day
            return f"({self.as_of.year} - year({day}) - (month({day}) * 100 + day({day}) > {before})::BIGINT)"
        return column

    def aggregation(self) -> str:
        """Return the query over `facts` that gives one row of each registered enterprise."""
        fields = self._fields()
        texts = ", ".join(
            f'CASE WHEN {_among("kind", sorted(kinds))} THEN {_extract("content", field)} END AS "x_{field}"'
            for field, kinds in fields.items()
        )
        lists = ", ".join(
            f'{_items(chr(34) + "x_" + field + chr(34), "content", field)} AS "l_{field}"' for field in fields
        )
        weights = "".join(
            f" LEFT JOIN weight_{days} ON weight_{days}.age = {self.as_of.toordinal()} - rows.day"
            for days in self.half_lives
        )
        day = "CASE WHEN date <> '' THEN datediff('day', DATE '0001-01-01', date::DATE) + 1 END"
        aggregates = ", ".join(f"{sql} AS {name}" for name, sql in self._aggregates())
        columns = ", ".join(f"{each.sql} AS {each.name}" for each in self._sums())
        return f"""
            WITH dated AS (SELECT *, {day} AS day, {texts} FROM facts),
            rows AS (SELECT *, {lists} FROM dated),
            grouped AS (SELECT enterprise, {aggregates} FROM rows{weights} GROUP BY enterprise)
            SELECT enterprise, {columns} FROM grouped
        """

    @property
    def adds(self) -> bool:
        """Whether sums can be added: those under a half-life are rounded and cannot."""
        return not self.half_lives

    def addition(self, new: str, old: str) -> str:
        """Return the query that adds to the sums in one table those of the same enterprises in another one.

        At most one row of an enterprise may be of more than its records.
        """
        columns = ", ".join(
            f"{each.added.format(new=f'new.{each.name}', old=f'old.{each.name}')} AS {each.name}"
            for each in self._sums()
        )
        return f"SELECT enterprise, {columns} FROM {new} AS new LEFT JOIN {old} AS old USING (enterprise)"

    def measured(self, sums: str) -> str:
        """Return the query that makes of sums what is told of each enterprise that is registered."""
        columns = ", ".join(f"{sql} AS {name}" for name, sql in self._columns())
        return f"SELECT enterprise, {columns} FROM {sums} WHERE registered"

    def stale(self, sums: str) -> str:
        """Return the query of the enterprises whose sums, made on an earlier day, time has changed since."""
        due = [each.name for each in self._sums() if each.name.startswith("due")]
        return f"SELECT enterprise FROM {sums} WHERE least({', '.join(due)}) <= {self.as_of.toordinal()}"

    def _fields(self) -> dict[str, set[str]]:
        """Return the fields of content that are asked for, each with the kinds that it is parsed for."""
        kinds = {"results": {"inspection"}}
        for measure in self.measures:
            if measure.source in (Source.RECORDS, Source.RELATED):
                for field in _fields_of(measure):
                    kinds.setdefault(field, set()).update(measure.kinds)
        return kinds

    def _aggregates(self) -> Iterator[tuple[str, str]]:
        today = self.as_of.toordinal()
        records = f"kind NOT IN ('{REGISTRATION}', '{RELATION}', '{CHANGE}') AND day <= {today}"
        inspected = f"kind = 'inspection' AND day <= {today}"
        closing = _is_among('"x_results"', '"l_results"', sorted(CLOSING_RESULTS))
        yield REGISTRATION, f"max(content) FILTER (WHERE kind = '{REGISTRATION}')"
        yield "latest", f"max(date) FILTER (WHERE {records})"
        yield "inspected", f"max(day) FILTER (WHERE {inspected})"
        yield "closed", f"max(day) FILTER (WHERE CASE WHEN {inspected} THEN {closing} END)"
        for measure in self.measures:
            if measure.source is Source.RECORDS:
                if measure.aggregate is Aggregate.PER_MILLE:
                    yield f"{self.name(measure)}_of", f"count(*) FILTER (WHERE {self._inside(measure)})"
                yield self.name(measure), self._of_records(measure)
            elif measure.source is Source.RELATED:
                yield f"flag_{self.name(measure)}", f"coalesce(bool_or({self._matching(measure)}), false)"
        yield "due_of_rows", f"coalesce(min({_least(self._events())}), {NEVER})"
        for measure in self.measures:
            if measure.source is Source.RELATED:
                due = _least(self._events_of(measure)) if measure.kinds else str(NEVER)
                yield f"due_{self.name(measure)}", f"coalesce(min({due}), {NEVER})"

    def _sums(self) -> Iterator["_Sum"]:
        """Give what is kept of an enterprise when its rows are aggregated."""
        yield _Sum("registered", f"{REGISTRATION} IS NOT NULL", _EITHER)
        for field in ("sector", "region", "status", "established"):
            yield _Sum(field, _extract(REGISTRATION, field), _LATEST)
        for name in ("latest", "inspected", "closed"):
            yield _Sum(name, name, _LATEST)
        of_registration = [str(NEVER)]
        for measure in self.measures:
            name = self.name(measure)
            if measure.source is Source.RECORDS:
                yield from (_Sum(each, each, _ADDED[measure.aggregate]) for each in self._kept(measure))
                yield from (_Sum(f"due_{name}", due, _EARLIEST) for due in self._fading(measure))
            elif measure.source is Source.REGISTRATION:
                told = f"CASE WHEN {REGISTRATION} IS NOT NULL THEN {self._of_registration(measure)} END"
                yield _Sum(name, told, _LATEST)
                of_registration += self._registration_events(measure)
            elif measure.source is Source.RELATED:
                yield _Sum(f"flag_{name}", f"flag_{name}", _EITHER)
                yield _Sum(f"due_{name}", f"due_{name}", _EARLIEST)
        yield _Sum("due_of_rows", "due_of_rows", _EARLIEST)
        yield _Sum("due_of_registration", _least(of_registration), _EARLIEST)

    def _columns(self) -> Iterator[tuple[str, str]]:
        """Give what is told of an enterprise by its sums."""
        for field in ("sector", "region"):
            yield field, f"coalesce({field}, '')"
        yield "stage", self._stage()
        due = ["due_of_rows", "due_of_registration", *self._stage_events()]
        for measure in self.measures:
            name = self.name(measure)
            if measure.source is Source.RECORDS:
                yield name, self._told(measure)
                due += self._events_since(measure, name)
            elif measure.source is Source.REGISTRATION:
                yield name, name
        yield "due", f"least({', '.join(due)})"

    def _kept(self, measure: Measure) -> tuple[str, ...]:
        """Return the columns that keep what a measure of records says."""
        name = self.name(measure)
        return (f"{name}_of", name) if measure.aggregate is Aggregate.PER_MILLE else (name,)

    def _told(self, measure: Measure) -> str:
        """Return what a measure of records says, of the columns that keep it."""
        name = self.name(measure)
        if measure.aggregate is Aggregate.PER_MILLE:
            return f"CASE WHEN {name}_of > 0 THEN {name} * 1000 // {name}_of END"
        if measure.aggregate is Aggregate.DISTINCT:
            return f"len({name})"
        return f"least({name}, {LARGEST_INTEGER})" if measure.aggregate is Aggregate.SUM else name

    def _of_records(self, measure: Measure) -> str:
        matching = self._matching(measure)
        if measure.aggregate is Aggregate.EXISTS:
            return f"coalesce(bool_or({matching}), false)::BIGINT"
        if measure.aggregate is Aggregate.DAYS_SINCE:
            return f"(max(day) FILTER (WHERE {matching}))::BIGINT"
        if measure.aggregate is Aggregate.DISTINCT:
            values = _values(_column(measure.field or ""), _list(measure.field or ""))
            return f"coalesce(list_distinct(flatten(list({values}) FILTER (WHERE {matching}))), [])"
        if measure.aggregate is Aggregate.PER_MILLE or (
            measure.aggregate is Aggregate.COUNT and measure.half_life_days is None
        ):
            return f"count(*) FILTER (WHERE {matching})"
        if measure.aggregate is Aggregate.COUNT:
            return f"coalesce(sum({self._weight(measure)}) FILTER (WHERE {matching}) // {ONE}, 0)::BIGINT"
        amount = f"{_integer(_column(measure.field or ''))}::HUGEINT"
        total = f"sum({amount}) FILTER (WHERE {matching})"
        if measure.half_life_days is not None:
            total = f"sum({amount} * {self._weight(measure)}) FILTER (WHERE {matching}) // {ONE}"
        return f"least(coalesce({total}, 0), {LARGEST_INTEGER})::BIGINT"

    def _weight(self, measure: Measure) -> str:
        return f"coalesce(weight_{measure.half_life_days}.weight, 0)"

    def _inside(self, measure: Measure) -> str:
        today = self.as_of.toordinal()
        window = "" if measure.window_days is None else f" AND day > {today - measure.window_days}"
        return f"({_among('kind', measure.kinds)} AND day <= {today}{window})"

    def _matching(self, measure: Measure) -> str:
        if not measure.kinds:
            return "true"
        conditions = [self._meets(each, _column(each.field), _list(each.field)) for each in measure.where]
        if not conditions:
            return self._inside(measure)
        return f"(CASE WHEN {self._inside(measure)} THEN {' AND '.join(conditions)} ELSE false END)"

    def _meets(self, condition: Condition, text: str, items: str) -> str:
        wanted = condition.value
        if isinstance(wanted, tuple):
            among = _is_among(text, items, wanted)
            return among if condition.operator is Operator.IS else f"NOT {among}"
        if condition.operator is Operator.IN_FORCE:
            ended = f"coalesce({text} <> '' AND {text} < '{self.as_of.isoformat()}', false)"
            return f"NOT {ended}" if wanted else ended
        sign = ">=" if condition.operator is Operator.AT_LEAST else "<"
        return f"coalesce({_integer(text)} {sign} {int(wanted)}, false)"

    def _of_registration(self, measure: Measure) -> str:
        if measure.aggregate is Aggregate.EXISTS:
            met = [
                self._meets(each, text := _extract(REGISTRATION, each.field), _items(text, REGISTRATION, each.field))
                for each in measure.where
            ]
            return f"({' AND '.join(met) or 'true'})::BIGINT"
        text = _extract(REGISTRATION, measure.field or "")
        if measure.aggregate is Aggregate.VALUE:
            return _integer(text)
        return f"CASE WHEN {text} <> '' AND {text} <= '{self.as_of.isoformat()}' THEN {_ordinal(text)} END"

    def _stage(self) -> str:
        status, established = "status", "coalesce(established, '')"
        long_ago = years_before(self.as_of, DORMANT_YEARS)
        return f"""
            CASE WHEN {_among(status, CLOSED_STATUSES)} OR closed = inspected THEN '{Stage.CLOSING}'
            WHEN {established} > '{years_before(self.as_of, 1)}' THEN '{Stage.NEWLY_REGISTERED}'
            WHEN {status} = '{SUSPENDED_STATUS}' OR ({established} <> '' AND {established} <= '{long_ago}'
                 AND coalesce(latest, '') <= '{long_ago}') THEN '{Stage.DORMANT}'
            ELSE '{Stage.OPERATING}' END
        """

    def _stage_events(self) -> Iterator[str]:
        established = "nullif(established, '')"
        yield self._after(_anniversary(established, 1))
        yield self._after(_anniversary(established, DORMANT_YEARS))
        yield self._after(_anniversary("latest", DORMANT_YEARS))

    def _events(self) -> list[str]:
        """Return the days on which a row begins or ceases to count, for whatever is asked of records."""
        coming = f"CASE WHEN day > {self.as_of.toordinal()} THEN day END"
        asked = (each for each in self.measures if each.source is Source.RECORDS)
        return [coming, *dict.fromkeys(event for each in asked for event in self._events_of(each))]

    def _events_of(self, measure: Measure) -> list[str]:
        today = self.as_of.toordinal()
        kinds = _among("kind", measure.kinds)
        events = [f"CASE WHEN {kinds} AND day > {today} THEN day END"]
        if measure.window_days is not None:
            end = f"day + {measure.window_days}"
            events.append(f"CASE WHEN {kinds} AND day <= {today} AND {end} > {today} THEN {end} END")
        return [*events, *(self._term_end(each, _column(each.field), kinds) for each in _terms(measure))]

    def _term_end(self, condition: Condition, text: str, given: str) -> str:
        """Return the day after a term that has not ended; a date that does not exist ends none."""
        running = f"{given} AND {text} >= '{self.as_of.isoformat()}'"
        return f"CASE WHEN {running} THEN coalesce({_ordinal(text)} + 1, {NEVER}) END"

    def _events_since(self, measure: Measure, column: str) -> Iterator[str]:
        """Give the days on which a time since a day, or a weight, changes what follows from it."""
        yield from self._fading(measure)
        if measure.aggregate is Aggregate.DAYS_SINCE:
            for bound in self._bounds(measure):
                yield self._after(f"{column} + {bound}")

    def _fading(self, measure: Measure) -> Iterator[str]:
        """Give the day on which weights change what a measure says."""
        if measure.half_life_days is not None:
            yield f"CASE WHEN {self.name(measure)} > 0 THEN {self.as_of.toordinal() + 1} ELSE {NEVER} END"

    def _registration_events(self, measure: Measure) -> Iterator[str]:
        for condition in _terms(measure):
            end = self._term_end(condition, _extract(REGISTRATION, condition.field), "true")
            yield f"coalesce({end}, {NEVER})"
        if measure.aggregate is Aggregate.YEARS_SINCE:
            text = f"nullif({_extract(REGISTRATION, measure.field or '')}, '')"
            yield self._after(_ordinal(text))
            for bound in self._bounds(measure):
                yield self._after(_anniversary(text, bound))

    def _bounds(self, measure: Measure) -> list[int]:
        """Return the values at which a bin or a clause on a measure begins."""
        found: set[int | None] = set()
        for model in self.models:
            ids = {each.id for each in model.indicators if each.measure == measure}
            for indicator in model.indicators:
                if indicator.id in ids:
                    found.update(bin_.lower for bin_ in indicator.bins)
            for clause in (clause for rule in model.rules for clause in rule.when):
                if clause.measure == measure or clause.indicator in ids:
                    found.update((clause.at_least, clause.below))
        longest = 9999 if measure.aggregate is Aggregate.YEARS_SINCE else NEVER
        return sorted(bound for bound in found if bound is not None and 0 < bound < longest)

    def _after(self, day: str) -> str:
        """Return a day's number if it comes after the day of grading, else NEVER."""
        return f"coalesce(CASE WHEN {day} > {self.as_of.toordinal()} THEN {day} END, {NEVER})"


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _named(measure: Measure) -> set[str]:
    return {each.field for each in measure.where} | ({measure.field} if measure.field else set())


def _fields_of(measure: Measure) -> set[str]:
    return _named(measure).difference(SELDOM_ASKED)


def _terms(measure: Measure) -> list[Condition]:
    return [each for each in measure.where if each.operator is Operator.IN_FORCE]


def _column(field: str) -> str:
    return field if field in SELDOM_ASKED else f'"x_{field}"'


def _extract(content: str, field: str) -> str:
    return f"json_extract_string({content}, {quoted(_path(field))})"


def _path(field: str) -> str:
    return f'$."{field}"'


def _among(text: str, wanted: Iterable[str]) -> str:
    return f"{text} IN ({', '.join(map(quoted, wanted))})"


def _list(field: str) -> str:
    return "NULL" if field in SELDOM_ASKED else f'"l_{field}"'


def _items(text: str, content: str, field: str) -> str:
    """Return the texts of a field that holds a list, which is told as JSON; nothing of any other."""
    return f"CASE WHEN {text} LIKE '[%' THEN json_extract_string({content}, {quoted(_path(field) + '[*]')}) END"


def _is_among(text: str, items: str, wanted: Sequence[str]) -> str:
    """Return whether a text, or one of a list of texts, is among some."""
    listed = f"list_has_any({items}, [{', '.join(map(quoted, wanted))}])"
    return f"coalesce({_among(text, wanted)} OR {listed}, {_among(text, wanted)}, false)"


def _values(text: str, items: str) -> str:
    """Return the texts that a field of a row holds, as a list."""
    return f"CASE WHEN len({items}) > 0 THEN {items} WHEN {text} <> '' THEN [{text}] END"


def _integer(text: str) -> str:
    return f"TRY_CAST({text} AS BIGINT)"


def _ordinal(text: str) -> str:
    return f"(datediff('day', DATE '0001-01-01', TRY_CAST({text} AS DATE)) + 1)"


def _day_of(ordinal: str) -> str:
    return f"(DATE '0001-01-01' + ({ordinal} - 1)::INTEGER)"


def _anniversary(text: str, years: int) -> str:
    """Return the first day that is some years after a date: of 29 February it may be 1 March."""
    day = f"TRY_CAST({text} AS DATE)"
    later = f"({day} + to_years({years}))::DATE"
    return f"(datediff('day', DATE '0001-01-01', {later}) + 1 + (day({day}) <> day({later}))::INTEGER)"


def _least(events: Sequence[str]) -> str:
    return f"least({', '.join(events)})" if len(events) > 1 else events[0]
