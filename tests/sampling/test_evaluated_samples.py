"""Inspections as a sample: whose visits they are, with which design, and what is left out."""

import io
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from sampling import closing, registers, voiding
from sampling.registers import FORMATS
from sampling.tables import slot
from scoring.evaluation.reading import read_campaign, read_period
from scoring.files import FileRead, read_file
from scoring.source import parse_source
from scoring.tables import design_stratum
from tests import bureau_files as files
from tests.sampling import bureau as made
from tests.sampling.bureau import (
    ADMINISTRATOR,
    CAMPAIGN,
    CLOSED_AT,
    PLANNER,
    PSEUDONYM_KEY,
    PUBLISHED_AT,
    VISITED,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.test_replacements import SECOND_PLANNER, finish, swap

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
OBSERVED = """
name = "他市检查"
title = "他市检查记录"
version = "1"
kind = "inspection"
legal_basis = "样例条例第一条"
catalogue = "样例目录-002"
valid_from = 2020-01-01
observational = true
"""


def observed(*rows: files.Row) -> FileRead:
    """Return a file of an observational source."""
    source = parse_source(OBSERVED, FORMATS)
    return read_file(source.format, source.name, "他市.csv", io.BytesIO(files.csv_bytes(rows)), files.TODAY)


def test_a_campaign_s_visits_have_their_strata_grades_teams_and_matters(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    sample = bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN))
    with bureau.read() as tx:
        strata = {row.stratum: row for row in tx.execute(select(design_stratum))}
        labels = dict(tx.execute(select(slot.c.enterprise, slot.c.stratum)).all())
    assert [(each.day, each.enterprise) for each in sample.visits] == sorted(
        (VISITED, visit.enterprise) for visit in visits(bureau)
    )
    for visit in sample.visits:
        stratum = sample.stratum_of(visit)
        held = strata[visit.stratum]
        assert (visit.campaign, visit.stratum) == (CAMPAIGN, labels[visit.enterprise])
        assert visit.grade == visit.stratum
        assert (stratum.size, stratum.sampled, stratum.uniform) == (held.size, held.quota, held.uniform)
        assert sample.weight(visit) == Fraction(held.size, held.quota)
        assert (len(visit.inspectors), len(visit.matters)) == (2, 2)
    assert sum(visit.uniform for visit in sample.visits) == sum(row.uniform for row in strata.values())
    assert set(sample.strata) == {(CAMPAIGN, label) for label in strata}
    assert sample.left_out == {}


@on_one_engine
def test_a_visit_corrected_under_another_code_stays_its_campaign_s(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    visit = visits(bureau)[0]
    change = files.change(1, "代码变更", files.code(900)) | {"统一社会信用代码": visit.enterprise}
    made.take_in(bureau, files.file_of("change", [change]), now=PUBLISHED_AT)
    before = bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN))
    row = files.inspection(900, f"{CAMPAIGN}-{visit.position}", "2026-11-20", 机关="样例住建局")
    made.take_in(bureau, files.file_of("inspection", [row]), now=PUBLISHED_AT)
    for sample in (
        bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN)),
        bureau.ask(lambda tx: read_period(tx, *YEAR)),
    ):
        assert Counter((each.enterprise, each.stratum, each.grade) for each in sample.visits) == Counter(
            (each.enterprise, each.stratum, each.grade) for each in before.visits
        )
        (corrected,) = [each for each in sample.visits if each.enterprise == visit.enterprise]
        assert (corrected.results, corrected.matters) == (("no_problem",), ())


def test_a_reserve_counts_as_sampled_and_whom_it_replaced_as_not_inspectable_from_the_close_on(
    bureau_in: BureauIn,
) -> None:
    bureau = bureau_in("matched")
    gone = [visit.enterprise for visit in visits(bureau)[:2]]
    before = bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN)).strata
    swap(bureau, gone)
    finish(bureau)
    open_ = bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN))
    assert open_.strata == before
    bureau.do(lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))
    sample = bureau.ask(lambda tx: read_campaign(tx, CAMPAIGN))
    assert len(sample.visits) == len(open_.visits) + 4
    assert {each.enterprise for each in sample.visits if not each.results} == set(gone)
    assert not any(each.inspectable for each in sample.visits if each.enterprise in gone)
    more = Counter({key: sample.strata[key].sampled - each.sampled for key, each in before.items()})
    assert more.total() == 2
    assert Counter((each.campaign, each.stratum) for each in sample.visits) == Counter(
        {key: each.sampled for key, each in sample.strata.items() if each.sampled}
    )


def test_others_are_observational_or_left_out_with_a_reason(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    own = files.inspection(1, "检1", "2026-03-01")
    elsewhere = files.inspection(2, "他1", "2026-03-02", "发现问题待后续处理")
    waiting = files.inspection(900, "他2", "2026-03-03")
    made.take_in(bureau, files.file_of("inspection", [own]), now=PUBLISHED_AT)
    told = observed(elsewhere, waiting)
    bureau.do(lambda tx: registers.take_in(tx, ADMINISTRATOR, PUBLISHED_AT, told, False, PSEUDONYM_KEY))
    sample = bureau.ask(lambda tx: read_period(tx, *YEAR))
    [first, *_] = sample.visits
    assert (first.enterprise, first.observational, first.found()) == (files.code(2), True, True)
    assert sample.weight(first) == 1
    assert sample.left_out == {"no_design": 1}
    made.take_in(bureau, files.file_of("registration", [files.registration(900)]), now=CLOSED_AT)
    later = bureau.ask(lambda tx: read_period(tx, *YEAR))
    assert [each.enterprise for each in later.visits[:2]] == [files.code(2), files.code(900)]
    others = bureau.ask(lambda tx: read_period(tx, *YEAR, campaigns=()))
    assert others.left_out == {"no_design": 1, "others": 19}
    assert others.strata == {}


def test_what_had_not_come_in_by_a_day_is_not_known_then(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    published = PUBLISHED_AT.date()
    known = bureau.ask(lambda tx: read_period(tx, *YEAR, known_on=published))
    assert len(known.visits) == 19
    earlier = bureau.ask(lambda tx: read_period(tx, *YEAR, known_on=published - timedelta(1)))
    assert (earlier.visits, len(earlier.strata)) == ((), len(known.strata))
    before_the_draw = bureau.ask(lambda tx: read_period(tx, *YEAR, known_on=made.DRAWN_AT.date() - timedelta(1)))
    assert before_the_draw.strata == {}


@on_one_engine
def test_a_correction_counts_from_the_day_that_it_came_in(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    for results, at in (("未发现问题", PUBLISHED_AT), ("发现问题待后续处理", CLOSED_AT)):
        made.take_in(bureau, observed(files.inspection(1, "他1", "2026-03-02", results)), now=at)
    then = bureau.ask(lambda tx: read_period(tx, *YEAR, known_on=PUBLISHED_AT.date()))
    now = bureau.ask(lambda tx: read_period(tx, *YEAR))
    assert [[each.found() for each in sample.visits] for sample in (then, now)] == [[False], [True]]


@on_one_engine
def test_void_campaigns_lists_and_those_without_a_draw_are_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.refuse("design_missing", lambda tx: read_campaign(tx, CAMPAIGN))
    bureau.refuse("design_missing", lambda tx: read_campaign(tx, "2026-0999"))
    bureau.do(lambda tx: voiding.propose_void(tx, PLANNER, made.FROZEN_AT, CAMPAIGN, "公证处退出"))
    bureau.do(lambda tx: voiding.confirm_void(tx, SECOND_PLANNER, made.FROZEN_AT, CAMPAIGN))
    bureau.refuse("evaluation_void", lambda tx: read_campaign(tx, CAMPAIGN))
