"""The names of administrative divisions, which anybody may ask for, and by which staff find them."""

from typing import Any

import pytest

from ledger.database import Database
from schema import public, staff
from schema.connections import MOST
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.schema.full_bureau import Held, answer, codes, statements
from tests.scoring.register import ADMINISTRATOR, take_in

ASKED = "query ($codes: [String!]!) { divisions(codes: $codes) { code name } }"
FIND = "query ($text: String!) { findDivisions(text: $text) { code name } }"
NAMES = {f"1303{number:02d}": f"样例{number}区" for number in range(50)}


@pytest.fixture
def held(database: Database) -> Held:
    take_in(database, file_of("division", [files.division(code, name) for code, name in NAMES.items()]))
    return Held(database)


@pytest.mark.parametrize("schema", [public.schema, staff.schema])
def test_codes_have_their_names_and_other_texts_none(held: Held, schema: Any) -> None:
    asked = ["130304", "110105", "示范镇", "130301", "130304"]
    told = answer(schema, held, ASKED, ADMINISTRATOR, {"codes": asked}).data
    assert told == {"divisions": [{"code": code, "name": NAMES[code]} for code in ("130301", "130304")]}


def test_many_names_are_read_as_few_are(held: Held) -> None:
    counts = []
    for some in (list(NAMES)[:1], list(NAMES)):
        with statements(held.database) as told:
            found = answer(public.schema, held, ASKED, None, {"codes": some}).data
        assert found is not None
        assert [each["code"] for each in found["divisions"]] == some
        counts.append(len(told))
    assert counts[0] == counts[1]


def test_more_codes_than_may_be_asked_for_are_refused(held: Held) -> None:
    assert codes(answer(public.schema, held, ASKED, None, {"codes": ["130304"] * (MOST + 1)})) == {"too_many_codes"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("样例4区", ["130304"]),
        ("4区", ["130304", "130314", "130324", "130334", "130344"]),
        ("130304", ["130304"]),
        ("1303 例44", ["130344"]),
        ("样例", list(NAMES)[:20]),
        ("%", []),
        ("别处", []),
        (" \u0000", []),
    ],
)
def test_staff_find_divisions_by_a_part_of_the_name_or_by_how_the_code_begins(
    held: Held, text: str, found: list[str]
) -> None:
    told = answer(staff.schema, held, FIND, ADMINISTRATOR, {"text": text}).data
    assert told == {"findDivisions": [{"code": code, "name": NAMES[code]} for code in found]}


def test_a_division_is_found_by_its_newest_name_alone(held: Held, database: Database) -> None:
    take_in(database, file_of("division", [files.division("130304", "新名区")]))
    asked = [answer(staff.schema, held, FIND, ADMINISTRATOR, {"text": text}).data for text in ("样例4区", "新名")]
    assert asked == [{"findDivisions": []}, {"findDivisions": [{"code": "130304", "name": "新名区"}]}]


def test_a_text_that_is_too_long_finds_nothing_and_says_so(held: Held) -> None:
    assert codes(answer(staff.schema, held, FIND, ADMINISTRATOR, {"text": "样" * 101})) == {"search_too_long"}
