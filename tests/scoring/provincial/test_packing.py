"""The files that go upward: what they hold, that both forms say the same, and that nothing in them names anybody."""

import csv
import io
from dataclasses import replace
from typing import Any

import orjson
import pyarrow.parquet
import pytest

from scoring.formula_cells import meant
from scoring.provincial.dictionary import INTEGER, fixed_columns
from scoring.provincial.packing import ExportedFile, packed
from scoring.provincial.pseudonyms import Named
from tests import bureau_files as files
from tests.scoring.provincial import made
from tests.scoring.provincial.made import OTHERS, PSEUDONYMS

TABLES = ("visits", "statistics", "enterprises")


@pytest.fixture(scope="module")
def packed_files() -> dict[str, ExportedFile]:
    """The files of an export, by name."""
    return {each.name: each for each in packed(made.contents(), PSEUDONYMS)}


def parquet(content: bytes) -> Any:
    return pyarrow.parquet.read_table(pyarrow.BufferReader(content))


def rows(packed_files: dict[str, ExportedFile], table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet(packed_files[f"{table}.parquet"].content).to_pylist()
    return found


def test_each_table_is_there_in_both_forms_with_a_dictionary(packed_files: dict[str, ExportedFile]) -> None:
    assert list(packed_files) == [
        *(f"{table}.{form}" for table in TABLES for form in ("parquet", "csv")),
        "dictionary.json",
        "dictionary.md",
    ]


@pytest.mark.parametrize("table", TABLES)
def test_csv_says_what_parquet_says(packed_files: dict[str, ExportedFile], table: str) -> None:
    held = rows(packed_files, table)
    text = packed_files[f"{table}.csv"].content.decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    told = [{name: "" if value is None else str(value) for name, value in row.items()} for row in held]
    assert [{meant(name): meant(cell) for name, cell in row.items()} for row in read] == told
    assert len(held) == packed_files[f"{table}.csv"].rows > 0


def test_a_visit_has_what_is_known_of_it(packed_files: dict[str, ExportedFile]) -> None:
    held = rows(packed_files, "visits")
    code = files.code(241)  # in both campaigns, of the stratum that is sampled by half
    found = [row for row in held if row["enterprise"] == PSEUDONYMS.of(Named.ENTERPRISE, code)]
    assert len(found) == 2
    assert {(row["sampled"], row["size"], row["uniform"]) for row in found} == {(30, 60, 1)}
    assert {row["value.age"] for row in found} == {1}
    assert {row["results"] for row in found} == {"no_problem"}
    assert len({row["campaign"] for row in found}) == 2
    assert all(len(row["inspectors"].split(";")) == 2 for row in found)
    observational = [row for row in held if row["campaign"] is None]
    assert len(observational) == 20
    assert {(row["stratum"], row["sampled"], row["size"], row["uniform"]) for row in observational} == {
        (None, None, None, 0)
    }


def test_the_same_data_gives_the_same_bytes_in_whatever_order_it_comes(packed_files: dict[str, ExportedFile]) -> None:
    again = packed(made.contents(list(reversed(made.visits()))), PSEUDONYMS)
    assert [(each.name, each.sha256) for each in again] == [(each.name, each.sha256) for each in packed_files.values()]


def test_under_another_key_nothing_can_be_joined(packed_files: dict[str, ExportedFile]) -> None:
    other = {each.name: each for each in packed(made.contents(), OTHERS)}
    for column in ("enterprise", "campaign", "stratum", "inspectors"):
        both = [{row[column] for row in rows(held, "visits")} - {None} for held in (packed_files, other)]
        assert both[0]
        assert not both[0] & both[1], column
    assert rows(packed_files, "statistics") == rows(other, "statistics")


def test_nothing_in_any_file_names_anybody(packed_files: dict[str, ExportedFile]) -> None:
    named = [text for number in made.ENTERPRISES for text in (files.code(number), files.name(number))]
    named += ["ZJ001", "ZJ002", files.BODY, *made.CAMPAIGNS, "A|物业服务", "D|物业服务", "PDY", "2026-03-02"]
    for each in packed_files.values():
        texts = [each.content.decode()] if each.name.endswith((".json", ".md", ".csv")) else []
        if not texts:
            table = parquet(each.content)
            texts = [repr(table.to_pydict()), repr(table.schema)]
        assert [name for name in named for text in texts if name in text] == [], each.name


def test_the_enterprises_are_left_out_unless_asked_for() -> None:
    names = [each.name for each in packed(made.contents(with_enterprises=False), PSEUDONYMS)]
    assert [name for name in names if "enterprises" in name] == []


def test_the_dictionary_describes_every_column_and_file(packed_files: dict[str, ExportedFile]) -> None:
    told = orjson.loads(packed_files["dictionary.json"].content)
    for table in TABLES:
        held = parquet(packed_files[f"{table}.parquet"].content)
        columns = told["tables"][table]["columns"]
        assert [each["name"] for each in columns] == held.column_names
        assert all(each["title"] and each["meaning"] for each in columns)
        for column, field in zip(columns, held.schema, strict=True):
            assert (str(field.type), field.nullable) == (
                "int64" if column["type"] == INTEGER else "string",
                column["optional"],
            )
            assert field.metadata[b"title"].decode() == column["title"]
            if column["codes"]:
                used = {code for row in held.column(column["name"]).to_pylist() for code in str(row).split(";")}
                assert used <= set(column["codes"])
    assert {each["name"]: each["sha256"] for each in told["files"]} == {
        name: each.sha256 for name, each in packed_files.items() if not name.startswith("dictionary")
    }
    assert (told["left_out"], told["since"], told["until"]) == ({"no_design": 3}, "2026-01-01", "2026-12-31")
    assert told["model"]["sha256"] == made.MODEL.digest()
    assert told["anonymity"]["smallest"] >= 5


def test_people_read_every_column_too(packed_files: dict[str, ExportedFile]) -> None:
    text = packed_files["dictionary.md"].content.decode()
    for table in TABLES:
        for column in fixed_columns(table):
            assert f"| `{column.name}` | {column.type}" in text
            assert column.title in text
    assert "`value.penalties`" in text
    assert "行政处罚次数" in text


def test_a_region_is_no_formula_in_a_spreadsheet() -> None:
    visits = [replace(each, region="=1+1", sector="") for each in made.visits()]
    held = {each.name: each for each in packed(made.contents(visits), PSEUDONYMS)}
    assert {row["region"] for row in rows(held, "visits")} == {"=1+1"}
    assert ",=1+1," not in (text := held["visits.csv"].content.decode())
    assert ",'=1+1," in text
