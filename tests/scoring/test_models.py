"""Models in the bureau: how a version comes into force by two persons, which ones are, and what each step leaves."""

from datetime import date, timedelta
from typing import Any

import pytest

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.errors import Refusal
from ledger.log import NewEntry
from ledger.windows import ALL, Window
from scoring import model_steps, models
from scoring.entry_kinds import ADOPTED
from scoring.models import ModelVersion, State
from scoring.tables import MODEL
from tests.actors import somebody
from tests.dumping import dump
from tests.refusing import refuse
from tests.scoring.model_text import SMALL
from tests.scoring.register import ADMINISTRATOR, ANALYST, NOW, adopt

TODAY = civil_date(NOW)
TOMORROW = TODAY + timedelta(days=1)
REVIEWER = Actor("reviewer", Role.ANALYST)


def text(name: str = "small", version: str = "1", scope: str = "", labels: str = "ABCD") -> str:
    """Return a model's text, of a name, a version and a scope, with other labels of its grades."""
    said = SMALL.replace('name = "small"', f'name = "{name}"').replace('version = "1"', f'version = "{version}"')
    for old, new in zip("ABCD", labels, strict=True):
        said = said.replace(f'label = "{old}"', f'label = "{new}"').replace(f'grade = "{old}"', f'grade = "{new}"')
    return f"{said}\n[scope]\n{scope}\n"


def draft(database: Database, said: str, actor: Actor = ANALYST) -> ModelVersion:
    with database.write() as tx:
        return model_steps.draft(tx, actor, NOW, said)


def review(database: Database, found: ModelVersion, approve: bool = True, note: str = "") -> ModelVersion:
    with database.write() as tx:
        return model_steps.review(tx, REVIEWER, NOW, found.model.name, found.model.version, approve, note)


def enforce(database: Database, found: ModelVersion, since: date = TODAY) -> ModelVersion:
    with database.write() as tx:
        return model_steps.enforce(tx, ANALYST, NOW, found.model.name, found.model.version, since)


def retire(database: Database, found: ModelVersion, until: date = TODAY) -> ModelVersion:
    with database.write() as tx:
        return model_steps.retire(tx, ANALYST, NOW, found.model.name, found.model.version, until)


def in_force(database: Database, said: str, since: date = TODAY) -> ModelVersion:
    return enforce(database, review(database, draft(database, said)), since)


def names(database: Database, day: date) -> list[str]:
    with database.read() as tx:
        return [f"{each.model.name} {each.model.version}" for each in models.in_force_on(tx, day)]


def test_the_example_model_says_that_it_is_no_official_scheme() -> None:
    assert "不是任何官方方案" in models.default_text()
    assert "no official scheme" in models.default_text()


def test_a_new_bureau_grades_by_its_first_model_from_the_first_day_of_its_validity(database: Database) -> None:
    adopt(database)
    assert names(database, date(2018, 1, 1)) == names(database, TODAY) == ["qian-example 2"]
    assert names(database, date(2017, 12, 31)) == []
    refuse(
        database, "model_not_first", lambda tx: model_steps.adopt_first(tx, ADMINISTRATOR, NOW, models.default_text())
    )


def test_a_version_is_drafted_reviewed_in_force_and_retired_and_each_step_is_an_entry(database: Database) -> None:
    found = draft(database, text())
    states = [found.state_on(TODAY)]
    for step in (review, enforce, retire):
        found = step(database, found)
        states.append(found.state_on(TODAY))
    assert states == [State.DRAFT, State.REVIEWED, State.IN_FORCE, State.RETIRED]
    assert [(each.step, each.by) for each in found.steps] == [
        ("drafted", "analyst"),
        ("reviewed", "reviewer"),
        ("enforced", "analyst"),
        ("retired", "analyst"),
    ]
    with database.read() as tx:
        entries = list(log.scan(tx))
        assert [entry.kind for entry in entries] == [
            "model.drafted",
            "model.reviewed",
            "model.enforced",
            "model.retired",
        ]
        assert {entry.subject for entry in entries} == {found.document}
        assert all(entry.body.keys() == {"subject", "documents"} for entry in entries)
        assert documents.opened(tx, entries[0].documents["model"]).value["content"] == {"by": "analyst"}


def test_a_version_is_never_edited(database: Database) -> None:
    found = draft(database, text())
    before = dump(database)
    assert draft(database, text()) == found
    assert dump(database) == before
    other = text().replace("points = 10", "points = 11")
    refuse(database, "model_version_exists", lambda tx: model_steps.draft(tx, ANALYST, NOW, other))
    in_force(database, text(version="2"))
    refuse(database, "model_version_exists", lambda tx: model_steps.draft(tx, ANALYST, NOW, f"{text(version='2')}\n"))


def test_nobody_reviews_an_own_draft_and_nothing_comes_into_force_without_a_review(database: Database) -> None:
    draft(database, text())
    administrator = Actor("analyst", Role.ADMINISTRATOR)  # the same person in another role
    for actor in (ANALYST, administrator):
        refuse(
            database,
            "review_of_own_model",
            lambda tx, actor=actor: model_steps.review(tx, actor, NOW, "small", "1", True),  # type: ignore[misc]
        )
    refuse(database, "model_state", lambda tx: model_steps.enforce(tx, REVIEWER, NOW, "small", "1", TODAY))
    refuse(database, "model_state", lambda tx: model_steps.retire(tx, REVIEWER, NOW, "small", "1", TODAY))


def test_a_returned_draft_says_why_and_comes_again_as_another_version(database: Database) -> None:
    found = draft(database, text())
    refuse(database, "model_return_without_note", lambda tx: model_steps.review(tx, REVIEWER, NOW, "small", "1", False))
    returned = review(database, found, False, "分值过高")
    assert (returned.state_on(TODAY), returned.steps[-1].note) == (State.RETURNED, "分值过高")
    refuse(database, "model_state", lambda tx: model_steps.enforce(tx, ANALYST, NOW, "small", "1", TODAY))
    assert in_force(database, text(version="2")).state_on(TODAY) is State.IN_FORCE


def test_a_later_version_takes_the_place_of_the_earlier_one_on_its_day(database: Database) -> None:
    first = in_force(database, text())
    second = in_force(database, text(version="2"), TOMORROW)
    assert (names(database, TODAY), names(database, TOMORROW)) == (["small 1"], ["small 2"])
    assert second.state_on(TODAY) is State.SCHEDULED
    with database.read() as tx:
        earlier = models.find(models.versions(tx), "small", "1")
    assert earlier.adopted is not None
    assert (earlier.adopted.since, earlier.adopted.until) == (TODAY, TOMORROW)
    assert first.document == earlier.document


def test_a_version_that_is_retired_before_its_day_leaves_the_earlier_one_in_force(database: Database) -> None:
    in_force(database, text())
    second = in_force(database, text(version="2"), TOMORROW)
    assert retire(database, second).state_on(TODAY) is State.RETIRED
    assert names(database, TOMORROW) == ["small 1"]


def test_a_version_ends_with_its_validity(database: Database) -> None:
    said = text().replace("notice", f"valid_to = {TOMORROW}\nnotice", 1)
    in_force(database, said)
    assert names(database, TOMORROW) == ["small 1"]
    assert names(database, TOMORROW + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("since", "code"),
    [
        (TODAY - timedelta(days=1), "model_date_past"),
        (date(2026, 12, 1) - timedelta(days=1), "model_date_outside_validity"),
        (date(2027, 1, 1), "model_date_outside_validity"),
    ],
)
def test_a_version_comes_into_force_today_or_later_and_within_its_validity(
    database: Database, since: date, code: str
) -> None:
    said = text().replace("2020-01-01", "2026-12-01\nvalid_to = 2026-12-31")
    review(database, draft(database, said))
    refuse(database, code, lambda tx: model_steps.enforce(tx, ANALYST, NOW, "small", "1", since))


SECTOR = 'sectors = ["供热"]'


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("", "", "model_scopes_tie"),
        (SECTOR, SECTOR, "model_scopes_tie"),
        (SECTOR, 'sectors = ["燃气经营"]', None),
        ("", SECTOR, None),
        (SECTOR, 'regions = ["样例区"]', None),
        ('departments = ["ZJ"]', 'departments = ["ZJ"]', "model_scopes_tie"),
        ('departments = ["ZJ"]', 'departments = ["SC"]', None),
        ("", 'departments = ["ZJ"]', None),
    ],
)
def test_two_models_hold_side_by_side_unless_neither_is_more_specific(
    database: Database, first: str, second: str, code: str | None
) -> None:
    in_force(database, text("one", scope=first))
    other = review(database, draft(database, text("two", scope=second)))
    if code is None:
        enforce(database, other)
        assert names(database, TODAY) == ["one 1", "two 1"]
    else:
        refuse(database, code, lambda tx: model_steps.enforce(tx, ANALYST, NOW, "two", "1", TODAY))
        with database.write() as tx:
            model_steps.retire(tx, ANALYST, NOW, "one", "1", TOMORROW)
        enforce(database, other, TOMORROW)
        assert names(database, TOMORROW) == ["two 1"]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (SECTOR, "", True),
        (SECTOR, 'sectors = ["燃气经营"]', True),
        ("", 'departments = ["ZJ"]', True),
        ('departments = ["ZJ"]', 'departments = ["SC"]', False),
    ],
)
def test_models_that_grade_for_the_same_department_have_the_same_grades(
    database: Database, first: str, second: str, refused: bool
) -> None:
    in_force(database, text("one", scope=first))
    other = review(database, draft(database, text("two", scope=second, labels="甲乙丙丁")))
    if refused:
        refuse(database, "model_scales_differ", lambda tx: model_steps.enforce(tx, ANALYST, NOW, "two", "1", TODAY))
    else:
        assert enforce(database, other).state_on(TODAY) is State.IN_FORCE


def test_a_retirement_that_would_bring_back_a_tie_is_refused(database: Database) -> None:
    in_force(database, text())
    in_force(database, text(version="2", scope=SECTOR), TOMORROW)
    in_force(database, text("other"), TOMORROW)
    refuse(database, "model_scopes_tie", lambda tx: model_steps.retire(tx, ANALYST, NOW, "small", "2", TODAY))


@pytest.mark.parametrize("role", Role)
def test_analysts_and_administrators_draft(database: Database, role: Role) -> None:
    actor = somebody(role)
    if role in (Role.ANALYST, Role.ADMINISTRATOR):
        assert draft(database, text(), actor).model.name == "small"
    else:
        refuse(database, "role_not_allowed", lambda tx: model_steps.draft(tx, actor, NOW, text()))


def test_staff_of_a_department_handle_its_own_models_alone(database: Database) -> None:
    own, others, general = (text(name, scope=scope) for name, scope in SCOPES.items())
    found = draft(database, own, Actor("zj", Role.ANALYST, "ZJ"))
    for said in (others, general):
        refuse(
            database,
            "model_of_others",
            lambda tx, said=said: model_steps.draft(tx, Actor("zj", Role.ANALYST, "ZJ"), NOW, said),  # type: ignore[misc]
        )
        draft(database, said)
    stranger = Actor("sc", Role.ADMINISTRATOR, "SC")
    refuse(database, "model_version_missing", lambda tx: model_steps.review(tx, stranger, NOW, "own", "1", True))
    for name in ("others", "general"):  # which it may see
        refuse(
            database,
            "model_of_others",
            lambda tx, name=name: model_steps.review(tx, stranger, NOW, name, "1", True),  # type: ignore[misc]
        )
    assert review(database, found).state_on(TODAY) is State.REVIEWED


SCOPES = {"own": 'departments = ["ZJ"]', "others": 'departments = ["SC", "ZJ"]', "general": ""}


@pytest.mark.parametrize("role", Role)
def test_analysts_and_administrators_read_general_models_and_those_of_their_department_and_auditors_all(
    database: Database, role: Role
) -> None:
    for name, scope in SCOPES.items():
        draft(database, text(name, scope=scope))
    actor = Actor("someone", role, "SC")
    if role is Role.AUDITOR:
        with database.read() as tx:
            assert {each.model.name for each in models.visible(tx, actor)} == SCOPES.keys()
    elif role in (Role.ANALYST, Role.ADMINISTRATOR):
        with database.read() as tx:
            assert [each.model.name for each in models.visible(tx, actor)] == ["others", "general"]
        refuse(database, "model_version_missing", lambda tx: models.read(tx, actor, "own", "1"))
    else:
        refuse(database, "role_not_allowed", lambda tx: models.visible(tx, actor))


def test_versions_are_read_page_by_page_of_a_model_and_in_states(database: Database) -> None:
    for version in ("1", "2", "3"):
        in_force(database, text(version=version), TODAY + timedelta(days=int(version) - 1))
    for name, scope in SCOPES.items():
        draft(database, text(name, scope=scope))
    actor = Actor("someone", Role.ANALYST, "SC")

    def page(window: Window = ALL, day: date = TODAY, **asked: Any) -> list[tuple[str, str]]:
        chosen = models.ModelFilter(**asked)
        with database.read() as tx:
            found = models.page(tx, actor, day, window, chosen)
            every = {each.document: each for each in models.visible(tx, actor)}
            assert [every[each.document] for each in found] == found
            if window is ALL:
                assert models.count(tx, actor, day, chosen) == len(found)
        return [(each.model.name, each.model.version) for each in found]

    whole = page()
    assert whole == [("general", "1"), ("others", "1"), ("small", "3"), ("small", "2"), ("small", "1")]
    with database.read() as tx:
        numbers = [each.number for each in models.page(tx, actor, TODAY, ALL)]
    assert page(Window(2, after=(numbers[1],))) == whole[2:4]
    assert page(Window(2, before=(numbers[3],), backward=True)) == whole[1:3][::-1]
    assert page(name="small", states=(State.IN_FORCE,)) == [("small", "1")]
    assert page(name="small", states=(State.IN_FORCE,), day=TODAY + timedelta(days=1)) == [("small", "2")]
    assert page(states=(State.SCHEDULED, State.DRAFT)) == whole[:4]


@pytest.mark.parametrize("said", ["", "name = 1", SMALL.replace("below = 3, points = 10", "below = 4, points = 10")])
def test_a_model_that_is_none_is_refused(database: Database, said: str) -> None:
    before = dump(database)
    with pytest.raises(Refusal, match=r"^model_"), database.write() as tx:
        model_steps.draft(tx, ANALYST, NOW, said)
    assert dump(database) == before


def test_nothing_is_in_force_before_the_first_model(database: Database) -> None:
    assert names(database, TODAY) == []


def test_what_an_earlier_version_of_qian_adopted_is_in_force_with_the_newest_adopted_alone(database: Database) -> None:
    """They had any number of grades, no legal basis, no steps, and came back under the same version."""
    earlier = SMALL.replace('legal_basis = "示例"\n', "").replace(
        'label = "D"\nname = "很高"', 'label = "E"\nname = "x"'
    )
    with database.write() as tx:
        for version in ("1", "2", "1"):
            said = earlier.replace('version = "1"', f'version = "{version}"')
            row = {"name": "small", "version": version, "sha256": "", "text": said}
            sealed = documents.seal(tx, "model", {"by": "analyst"}, [(MODEL, [row])])
            log.append(tx, NOW, [NewEntry(ADOPTED, sealed.id, {"model": sealed})])
    assert names(database, TODAY) == ["small 1"]
    with database.read() as tx:
        (held,) = models.in_force_on(tx, TODAY)
        assert held.document == log.of_kind(tx, ADOPTED)[-1].subject
        assert models.scale_of(tx, held.document) == ("A", "B", "C", "E")
    retire(database, models.ModelVersion(0, held.document, held.model, held.text, ()))
    assert names(database, TODAY) == []
