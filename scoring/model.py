"""Read a model from its document, a TOML text. docs/model.md has every key and what it means.

    name, version, title, author, valid_from, valid_to, notice
    [scope]         sectors, regions, departments, stages; each may be left out
    [[grades]]      label, name, meaning, from (the lowest score; the first grade has none); risk rises down the list
    [[indicators]]  id, title, dimension, a measure, [[indicators.bins]] from, below, points; missing
    [[rules]]       id, title, effect (at_least, at_most, exactly), grade, reason, legal_basis,
                    [[rules.when]] an indicator's id or a measure of its own, and at_least, below or missing
    [origin]        of a model that others made: `scoring.origins`

Bins meet without gap: the first has no `from`, the last no `below`, and every integer falls into one. `missing` are the
points where there is no value; it stands exactly where that can happen. `scoring.measures` has a measure's keys.
"""

from collections.abc import Sequence
from datetime import date

from ledger.canonical import is_key
from ledger.errors import Invalid
from scoring.fields import department_code
from scoring.measure_reader import read_measure
from scoring.measures import Measure
from scoring.origins import read_origin
from scoring.scopes import Scope
from scoring.scorecard import Bin, Clause, Dimension, Effect, GradeLevel, Indicator, Model, Rule
from scoring.sectors import Sector
from scoring.stages import Stage
from scoring.toml_tables import Table, read_document, refuse_duplicates

__all__ = ["Model", "parse_earlier_model", "parse_model"]

FEWEST_GRADES, MOST_GRADES = 4, 5
LONGEST_NAME, LONGEST_VERSION, LONGEST_LABEL = 100, 40, 20
UNUSABLE_LABELS = ("+", "excluded")
"""The first joins the labels of merged strata, the second is the stratum of those who are not drawn."""


def is_label(text: str) -> bool:
    """Tell whether a text may be a grade's label, which is a key where a plan says rates by grade."""
    return len(text) <= LONGEST_LABEL and is_key(text) and not any(unusable in text for unusable in UNUSABLE_LABELS)


def parse_model(text: str) -> Model:
    """Return the model of a TOML document.

    Raises Invalid with the place in the document: what `scoring.toml_tables` and `scoring.measures` refuse, and
    `model_grades_count`, `model_label_unusable`, `model_thresholds_order`, `model_validity_reversed`,
    `model_sector_unknown`, `model_department_form`, `model_stage_unknown`, `model_dimension_unknown`,
    `model_indicators_none`, `model_bins_gap`, `model_bins_overlap`, `model_bin_empty`, `model_missing_needless`,
    `model_effect_unknown`, `model_grade_unknown`, `model_rule_empty`, `model_indicator_unknown`,
    `model_clause_empty`, `model_clause_contradictory`, `model_reference`, `model_origin_digest`, and what `read_origin`
    raises.
    """
    return _model(text, earlier=False)


def parse_earlier_model(text: str) -> Model:
    """Return a model that an earlier version of Qian adopted: any number of grades, rules without a legal basis."""
    return _model(text, earlier=True)


def _model(text: str, *, earlier: bool) -> Model:
    root = read_document(text, "model")
    grades = _grades(root)
    if not earlier and not FEWEST_GRADES <= len(grades) <= MOST_GRADES:
        raise Invalid("model_grades_count", count=len(grades), fewest=FEWEST_GRADES, most=MOST_GRADES)
    indicators = [_indicator(table) for table in root.tables("indicators")]
    if not indicators:
        raise Invalid("model_indicators_none")
    refuse_duplicates([indicator.id for indicator in indicators], "indicators")
    known = {indicator.id: indicator.measure for indicator in indicators}
    labels = [level.label for level in grades]
    rules = [_rule(table, labels, known, earlier) for table in root.tables("rules")]
    refuse_duplicates([rule.id for rule in rules], "rules")
    valid_from, valid_to = _validity(root)
    places = {each.id: (len(each.bins), each.missing is not None) for each in indicators}
    model = Model(
        name=root.text("name", LONGEST_NAME),
        version=root.text("version", LONGEST_VERSION),
        title=root.text("title"),
        author=root.text("author"),
        valid_from=valid_from,
        valid_to=valid_to,
        notice=root.text("notice"),
        scope=_scope(root.table("scope")),
        grades=tuple(grades),
        indicators=tuple(sorted(indicators, key=lambda indicator: indicator.id)),
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        origin=read_origin(root, places, labels),
    )
    root.finish()
    if model.origin is not None and model.origin.digest != model.digest():
        raise Invalid("model_origin_digest", place="origin", said=model.origin.digest, digest=model.digest())
    return model


def _validity(root: Table) -> tuple[date, date | None]:
    first = root.date("valid_from")
    last = root.date("valid_to") if root.has("valid_to") else None
    if last is not None and last < first:
        raise Invalid("model_validity_reversed", place=root.place, first=first, last=last)
    return first, last


def _scope(table: Table) -> Scope:
    given = {name: table.texts(name) if table.has(name) else () for name in vars(Scope())}
    table.finish()
    for sector in given["sectors"]:
        if sector not in list(Sector):
            raise Invalid("model_sector_unknown", place=table.place, value=sector, known=list(Sector))
    for stage in given["stages"]:
        if stage not in list(Stage):
            raise Invalid("model_stage_unknown", place=table.place, value=stage, known=list(Stage))
    for department in given["departments"]:
        try:
            department_code(department)
        except Invalid:
            raise Invalid("model_department_form", place=table.place, value=department) from None
    return Scope(**given)


def _grades(root: Table) -> list[GradeLevel]:
    levels: list[GradeLevel] = []
    for table in root.tables("grades"):
        lowest = table.integer("from") if levels else None
        previous = levels[-1].lowest_score if levels else None
        if lowest is not None and previous is not None and lowest <= previous:
            raise Invalid("model_thresholds_order", place=table.place, threshold=lowest, previous=previous)
        level = GradeLevel(table.text("label"), table.text("name"), table.text("meaning"), lowest)
        if not is_label(level.label):
            raise Invalid("model_label_unusable", place=table.place, value=level.label, longest=LONGEST_LABEL)
        levels.append(level)
        table.finish()
    refuse_duplicates([level.label for level in levels], "grades")
    if len(levels) < 2:
        raise Invalid("model_grades_count", count=len(levels), fewest=FEWEST_GRADES, most=MOST_GRADES)
    return levels


def _indicator(table: Table) -> Indicator:
    measure = read_measure(table)
    if not measure.may_lack_value and table.has("missing"):
        raise Invalid("model_missing_needless", place=table.place, aggregate=measure.aggregate.value)
    indicator = Indicator(
        id=table.text("id"),
        title=table.text("title"),
        dimension=table.choice("dimension", Dimension, "model_dimension_unknown"),
        measure=measure,
        bins=_bins(table),
        missing=table.integer("missing") if measure.may_lack_value else None,
    )
    table.finish()
    return indicator


def _bins(table: Table) -> tuple[Bin, ...]:
    """Read bins that stand in rising order and together hold every integer once."""
    entries = table.tables("bins")
    if not entries:
        raise Invalid("toml_key_missing", place=table.place, key="bins")
    bins: list[Bin] = []
    for number, entry in enumerate(entries):
        lower = entry.integer("from") if number else None
        upper = entry.integer("below") if number < len(entries) - 1 else None
        if lower is not None and upper is not None and upper <= lower:
            raise Invalid("model_bin_empty", place=entry.place, lower=lower, upper=upper)
        previous = bins[-1].upper if bins else None
        if lower is not None and previous is not None and lower < previous:
            raise Invalid("model_bins_overlap", place=entry.place, lower=lower, previous=previous)
        if lower is not None and previous is not None and lower > previous:
            raise Invalid("model_bins_gap", place=entry.place, lower=lower, previous=previous)
        bins.append(Bin(lower, upper, entry.integer("points")))
        entry.finish()
    return tuple(bins)


def _rule(table: Table, labels: Sequence[str], indicators: dict[str, Measure], earlier: bool) -> Rule:
    table.refuse(("rule", "rules", "indicator", "indicators"), "model_reference")
    grade = table.text("grade")
    if grade not in labels:
        raise Invalid("model_grade_unknown", place=table.place, grade=grade, known=list(labels))
    rule = Rule(
        id=table.text("id"),
        title=table.text("title"),
        effect=table.choice("effect", Effect, "model_effect_unknown"),
        grade=grade,
        reason=table.text("reason"),
        legal_basis="" if earlier and not table.has("legal_basis") else table.text("legal_basis"),
        when=tuple(_clause(entry, indicators) for entry in table.tables("when")),
    )
    if not rule.when:
        raise Invalid("model_rule_empty", place=table.place)
    table.finish()
    return rule


def _clause(entry: Table, indicators: dict[str, Measure]) -> Clause:
    entry.refuse(("rule", "rules"), "model_reference")
    indicator = entry.text("indicator") if entry.has("indicator") else None
    if indicator is not None and indicator not in indicators:
        raise Invalid("model_indicator_unknown", place=entry.place, indicator=indicator, known=list(indicators))
    own = read_measure(entry) if indicator is None else None
    clause = Clause(
        indicator=indicator,
        measure=own,
        at_least=entry.integer("at_least") if entry.has("at_least") else None,
        below=entry.integer("below") if entry.has("below") else None,
        missing=entry.truth("missing") if entry.has("missing") else None,
    )
    entry.finish()
    bounded = clause.at_least is not None or clause.below is not None
    if not bounded and clause.missing is None:
        raise Invalid("model_clause_empty", place=entry.place)
    if bounded and clause.missing:
        raise Invalid("model_clause_contradictory", place=entry.place)
    return clause
