"""docs/api.md: every recipe is done, from top to bottom, in one bureau."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate

from api.bureau import Bureau
from schema.building import Schema
from schema.public import schema as public
from schema.staff import schema as staff
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import ADMINISTRATOR, House, served_on
from tests.api.recipes import AUDIENCES, PAGE, Kitchen, Step, read
from tests.api.test_peers import ADD, SOURCE

STEPS = read(PAGE.read_text(encoding="utf-8"))
RECIPES = [list(steps) for _, steps in groupby(STEPS, key=lambda step: step.heading)]

STATES = ["FROZEN", "DRAWN", "MATCHED", "CLOSED"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with its files and a model in force."""
    with served_on("sqlite", tmp_path_factory.mktemp("recipes"), worker=False) as house:
        yield house


@pytest.fixture(scope="module")
def kitchen(house: House) -> Iterator[Kitchen]:
    """The kitchen of all recipes, which are done in their order."""
    kitchen = Kitchen(house)
    folder = house.bureau.settings.inbox_folder / "platform"
    folder.mkdir(parents=True)
    (folder / "cases.csv").write_bytes(files.csv_bytes([files.penalty(1, "罚平台1", "2026-03-01")]))
    os.utime(folder / "cases.csv", (time.time() - 3600,) * 2)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(Bureau, "now", property(lambda _: datetime.now(UTC).replace(microsecond=0) + kitchen.ahead))
    small_bureau.import_all(house)
    house.import_file("department", files.csv_bytes([files.department("XF", "样例消防队")]))
    house.import_file("division", files.csv_bytes([files.division("130304", "样例区")]))
    small_bureau.adopt_model(house)
    house.do(ADD, ADMINISTRATOR, text=SOURCE)
    yield kitchen
    kitchen.close()
    monkeypatch.undo()


def test_all_recipes_do_what_the_page_says(kitchen: Kitchen) -> None:
    """One test, since each recipe goes on from the one before."""
    for steps in RECIPES:
        try:
            kitchen.do(steps)
        except Exception as error:
            raise AssertionError(f"the recipe “{steps[0].heading}”") from error
    # Who followed the draw heard how it went on to its end; steps that come together are told as one.
    told = [
        [event["draw"]["state"] for event in stream.ended()] for stream in kitchen.streams if "draw" in stream.told[0]
    ]
    assert [(states[0], states[-1]) for states in told] == [("FROZEN", "CLOSED")] * 2
    assert all(len(states) > 2 and states == sorted(states, key=STATES.index) for states in told)


@pytest.mark.parametrize("step", [step for step in STEPS if step.document], ids=lambda step: step.heading)
def test_a_recipe_s_document_is_one_of_its_schema_and_has_a_name(step: Step) -> None:
    assert step.who in AUDIENCES
    document = parse(step.document)
    assert validate((public if step.who == "public" else staff)._schema, document) == []
    assert all(getattr(node, "name", None) for node in document.definitions)


def test_every_heading_is_told_once() -> None:
    headings = [steps[0].heading for steps in RECIPES]
    assert len(set(headings)) == len(headings)


ELSEWHERE = {
    "docs/draw.md: a round of drand that a network has signed": "enterBeaconRound",
    "docs/workshop.md: needs visits by the hundred": "learnModel",
}
"""Fields of the roots that no recipe asks for, and why, or where they are told."""


@pytest.mark.parametrize(("schema", "whose"), [(public, "public"), (staff, "staff")], ids=["public", "staff"])
def test_every_field_of_a_root_is_asked_for_by_a_recipe(schema: Schema, whose: str) -> None:
    roots = (schema._schema.query_type, schema._schema.mutation_type, schema._schema.subscription_type)
    named = {name for root in roots if root is not None for name in root.fields}
    asked: set[str] = set()
    for step in STEPS:
        if step.document and (step.who == "public") is (whose == "public"):
            (operation,) = (
                node for node in parse(step.document).definitions if isinstance(node, OperationDefinitionNode)
            )
            asked |= {node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)}
    elsewhere = {name for names in ELSEWHERE.values() for name in names.split()} if whose == "staff" else set[str]()
    assert named - asked == elsewhere
