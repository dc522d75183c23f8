"""Proposing from what was taken in: who may, what is recorded, and where a proposal goes."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from ledger import jobs, log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Forbidden, Invalid, Refusal
from ledger.log import NewEntry
from sampling.registers import FORMATS
from scoring import model_steps, models
from scoring.designs import DesignMembers, DesignStratum, record_design
from scoring.entry_kinds import DRAWN
from scoring.files import read_file
from scoring.intake import take_in_inspections
from scoring.learning.encoding import Direction
from scoring.learning.learner import Advice
from scoring.learning.proposing import Drafted, file_draft, propose, request_learning
from scoring.learning.questions import Question, question_of
from scoring.learning.settings import Settings
from scoring.models import State
from scoring.source import parse_source
from scoring.tables import grade_reading
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.engines import ENGINES, fresh_database
from tests.scoring.learning import observed
from tests.scoring.learning.observed import FIRST, LAST
from tests.scoring.model_text import SMALL
from tests.scoring.register import ADMINISTRATOR, ANALYST, AS_OF, AUDITOR, NOW, PLANNER, take_in

PURPOSE = "年度评估"
QUESTION = Question("small", "1", FIRST, LAST, observational=True)
OF_ZJ = Actor("zj", Role.ANALYST, "ZJ")


class Undone(Exception):
    """Ends a transaction that is to leave nothing."""


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """Give a transaction that leaves nothing."""
    with suppress(Undone), database.write() as tx:
        yield tx
        raise Undone


def take_in_observed(database: Database, *rows: files.Row) -> None:
    source = parse_source(observed.SOURCE, FORMATS)
    stream = io.BytesIO(files.csv_bytes(rows))
    take_in(database, read_file(source.format, source.name, "他市.csv", stream, files.TODAY), strict=True)


@pytest.fixture(scope="module", params=ENGINES)
def bureau(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A bureau with a small model, and visits that a source tells of."""
    template = request.getfixturevalue(f"{request.param}_template")
    with fresh_database(request.param, tmp_path_factory.mktemp("learning"), template) as url:
        database = Database(url)
        with database.write() as tx:
            model_steps.adopt_first(tx, ADMINISTRATOR, NOW, SMALL)
        take_in(database, file_of("registration", observed.registrations()), strict=True)
        take_in(database, file_of("penalty", observed.penalties()), strict=True)
        take_in_observed(database, *observed.inspections())
        yield database
        database.close()


def proposed(database: Database, question: Question = QUESTION, actor: Actor = ANALYST) -> Drafted:
    with database.read() as tx:
        withheld = propose(tx, actor, question, False, PURPOSE)
    with database.write() as tx:
        return withheld.tell(tx, NOW)


def test_it_learns_from_what_was_known_before_each_visit(bureau: Database) -> None:
    drafted = proposed(bureau)
    proposal = drafted.proposal
    assert (proposal.visits, proposal.base.name, drafted.version) == (observed.VISITS, "small", "2")
    points = {each.id: [bin_.points / proposal.factor for bin_ in each.bins] for each in proposal.model.indicators}
    assert 0.6 < points["penalties"][1] < 1.8  # of the young logit 0.6 − logit 0.45, of others logit 0.6 − logit 0.2
    assert points["age"][0] - points["age"][1] > 2 / proposal.factor  # more than in force
    assert proposal.comparison.policy is None
    assert proposal.comparison.uniform_auc is None
    assert proposal.advice is not Advice.PROMOTE


def test_the_reading_is_recorded_with_its_purpose(bureau: Database) -> None:
    with bureau.read() as tx:
        before = tx.execute(select(grade_reading.c.purpose)).all()
    proposed(bureau, actor=AUDITOR)
    with bureau.read() as tx:
        rows = tx.execute(select(grade_reading.c.subject, grade_reading.c.purpose).order_by(grade_reading.c.id)).all()
    assert len(rows) == len(before) + 1
    assert tuple(rows[-1]) == ("auditor", PURPOSE)
    with bureau.read() as tx, pytest.raises(Invalid, match="purpose_missing"):
        propose(tx, ANALYST, QUESTION, False, " ")


def test_anybody_who_computes_it_again_finds_the_same_text(bureau: Database) -> None:
    assert proposed(bureau).text == proposed(bureau, actor=AUDITOR).text


def test_a_proposal_becomes_a_draft_that_another_person_reviews(bureau: Database) -> None:
    drafted = proposed(bureau)
    with undone(bureau) as tx:
        held = file_draft(tx, ANALYST, NOW, drafted)
        assert (held.state_on(AS_OF), held.text) == (State.DRAFT, drafted.text)
        with pytest.raises(Forbidden, match="review_of_own_model"):
            model_steps.review(tx, ANALYST, NOW, "small", "2", True)
        reviewed = model_steps.review(tx, replace(ANALYST, subject="second"), NOW, "small", "2", True)
        assert reviewed.state_on(AS_OF) is State.REVIEWED
        assert [each.model.version for each in models.in_force_on(tx, AS_OF)] == ["1"]
        assert drafted.proposal.digest in held.text


def draw_and_visit(tx: Connection) -> list[str]:
    """Keep four drawn campaigns with a visit at each drawn enterprise: all 40 of the fined, 80 of 240 others."""
    campaigns = []
    for year in range(observed.VISITS // observed.ENTERPRISES):
        campaign = f"2024-{year + 1:04}"
        numbers = range(1, observed.ENTERPRISES + 161)
        fined = [number <= observed.ENTERPRISES and number % 3 == 1 for number in numbers]
        drawn = [int(number <= observed.ENTERPRISES) for number in numbers]
        uniform = [int(number <= 6 or 60 <= number < 72) for number in numbers]
        labels = ["D" if each else "A" for each in fined]
        strata = [
            DesignStratum(label, size, quota, sum(u for u, each in zip(uniform, labels, strict=True) if each == label))
            for label, size, quota in (("A", 240, 80), ("D", 40, 40))
        ]
        members = DesignMembers([files.code(number) for number in numbers], labels, drawn, uniform)
        sealed = record_design(tx, campaign, 0, strata, members)
        visited = [
            {
                "enterprise": files.code(number % observed.ENTERPRISES + 1),
                "date": observed.day_of(number),
                "body": "样例市场监管局",
                "number": f"{campaign}-{number}",
                "content": {"results": ["pending" if observed.finds(number) else "no_problem"]},
            }
            for number in range(year * observed.ENTERPRISES, (year + 1) * observed.ENTERPRISES)
        ]
        taken = take_in_inspections(tx, ADMINISTRATOR, f"campaign {campaign}", visited)
        log.append(tx, NOW, [NewEntry(DRAWN, campaign, {"design": sealed}), taken])
        campaigns.append(campaign)
    return campaigns


def test_a_draft_is_proposed_from_drawn_campaigns_by_their_probabilities(bureau: Database) -> None:
    """Observational visits of the same days are not mixed with those that were drawn."""
    with undone(bureau) as tx:
        campaigns = draw_and_visit(tx)
        question = replace(QUESTION, observational=False)
        drafted = propose(tx, ANALYST, question, True, PURPOSE, campaigns).tell(tx, NOW)
        proposal = drafted.proposal
        assert (proposal.visits, proposal.base.version, drafted.version) == (observed.VISITS, "1", "2")
        weights = [1] * 160 + [3] * 320
        assert proposal.effective == pytest.approx(sum(weights) ** 2 / sum(each**2 for each in weights))
        told = proposal.comparison
        assert (told.policy is not None, told.uniform_auc is not None) == (True, True)
        assert told.policy_visits == told.visits
        held = file_draft(tx, ANALYST, NOW, drafted)
        assert (held.state_on(AS_OF), held.text) == (State.DRAFT, drafted.text)
        assert [each.model.version for each in models.in_force_on(tx, AS_OF)] == ["1"]
        again = propose(tx, AUDITOR, question, False, PURPOSE, campaigns).tell(tx, NOW)
        assert again.proposal.document() == proposal.document()
        with pytest.raises(Invalid, match="learning_no_visits"):
            propose(
                tx, ANALYST, replace(question, first=LAST + timedelta(days=1), last=AS_OF), True, PURPOSE, campaigns
            )


@pytest.mark.parametrize(
    ("actor", "question", "drafting", "code"),
    [
        (PLANNER, QUESTION, False, "role_not_allowed"),
        (ADMINISTRATOR, QUESTION, False, "role_not_allowed"),
        (AUDITOR, QUESTION, True, "role_not_allowed"),
        (OF_ZJ, QUESTION, False, "model_of_others"),
        (ANALYST, replace(QUESTION, version="9"), False, "model_version_missing"),
        (ANALYST, replace(QUESTION, target=("closed",)), False, "learning_one_class"),
        (ANALYST, replace(QUESTION, last=FIRST), False, "learning_one_class"),
        (ANALYST, replace(QUESTION, first=LAST + timedelta(days=9), last=AS_OF), False, "learning_no_visits"),
    ],
)
def test_what_is_refused(bureau: Database, actor: Actor, question: Question, drafting: bool, code: str) -> None:
    with bureau.read() as tx, pytest.raises(Refusal) as refused:
        propose(tx, actor, question, drafting, PURPOSE)
    assert refused.value.code == code


def test_a_request_keeps_the_question_as_it_was_asked(bureau: Database) -> None:
    settings = Settings(directions={"age": Direction.FALLING}, shares=(400_000, 300_000, 200_000, 100_000))
    question = replace(QUESTION, target=("pending",), author="评价科", settings=settings)
    with undone(bureau) as tx:
        job = request_learning(tx, ANALYST, NOW, question, True, PURPOSE)
        assert (job.kind, job.parameters["purpose"]) == ("learn_model", PURPOSE)
        assert question_of(job.parameters["question"]) == question
        assert jobs.read(tx, ANALYST, job.id).state == "waiting"


def test_a_question_that_cannot_be_is_refused() -> None:
    for changes, code in (
        ({"first": LAST, "last": FIRST}, "learning_days_reversed"),
        ({"target": ("none",)}, "result_unknown"),
        ({"settings": Settings(blocks=1)}, "learning_number_range"),
        ({"settings": Settings(points_to_double=0)}, "learning_number_range"),
    ):
        with pytest.raises(Invalid) as refused:
            replace(QUESTION, **changes)
        assert refused.value.code == code
