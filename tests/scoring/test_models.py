"""Models in the bureau: which one is in force, and how another one takes its place."""

import pytest

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Refusal
from scoring import models
from tests.dumping import dump
from tests.refusing import refuse
from tests.scoring.register import ANALYST, NOW

TEXT = models.default_text()
OTHER_TEXT = TEXT.replace('version = "1"', 'version = "2"')


def adopt(database: Database, text: str, actor: Actor = ANALYST) -> models.AdoptedModel:
    with database.write() as tx:
        return models.adopt(tx, actor, NOW, text)


def test_the_example_model_says_that_it_is_no_official_scheme() -> None:
    assert "不是任何官方方案" in TEXT
    assert "no official scheme" in TEXT


def test_an_adopted_model_is_in_force_and_bound_by_an_entry(database: Database) -> None:
    adopted = adopt(database, TEXT)
    with database.read() as tx:
        assert models.in_force(tx) == adopted
        assert models.scale_of(tx, adopted.document) == ("A", "B", "C", "D")
        (entry,) = log.scan(tx)
        assert (entry.kind, entry.subject) == ("model.adopted", adopted.document)
        assert entry.body.keys() == {"subject", "documents"}
        assert documents.opened(tx, entry.documents["model"]).value["content"] == {"by": "analyst"}


def test_the_model_in_force_is_not_adopted_again(database: Database) -> None:
    adopt(database, TEXT)
    before = dump(database)
    adopt(database, TEXT)
    assert dump(database) == before


def test_another_model_takes_its_place_and_the_first_one_can_return(database: Database) -> None:
    first = adopt(database, TEXT)
    second = adopt(database, OTHER_TEXT)
    with database.read() as tx:
        assert models.in_force(tx).model.version == "2"
        assert models.scale_of(tx, first.document) == ("A", "B", "C", "D")
    third = adopt(database, TEXT)
    assert len({first.document, second.document, third.document}) == 3
    with database.read() as tx:
        assert models.in_force(tx).document == third.document
        assert len(log.of_kind(tx, "model.adopted")) == 3


@pytest.mark.parametrize("role", Role)
def test_analysts_and_administrators_adopt(database: Database, role: Role) -> None:
    actor = Actor("someone", role)
    if role in (Role.ANALYST, Role.ADMINISTRATOR):
        assert adopt(database, TEXT, actor).model.name == "qian-example"
    else:
        refuse(database, "role_not_allowed", lambda tx: models.adopt(tx, actor, NOW, TEXT))


@pytest.mark.parametrize("role", Role)
def test_analysts_auditors_and_administrators_read_the_model(database: Database, role: Role) -> None:
    adopt(database, TEXT)
    actor = Actor("someone", role)
    if role in (Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR):
        with database.read() as tx:
            assert models.read(tx, actor).text == TEXT
    else:
        refuse(database, "role_not_allowed", lambda tx: models.read(tx, actor))


@pytest.mark.parametrize("text", ["", "name = 1", TEXT.replace("below = 1, points = 6", "below = 9, points = 6", 1)])
def test_a_model_that_is_none_is_refused(database: Database, text: str) -> None:
    adopt(database, TEXT)
    before = dump(database)
    with pytest.raises(Refusal, match=r"^(model|toml)_"), database.write() as tx:
        models.adopt(tx, ANALYST, NOW, text)
    assert dump(database) == before


def test_nothing_grades_before_the_first_model(database: Database) -> None:
    refuse(database, "model_missing", models.in_force)
