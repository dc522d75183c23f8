"""Coverage: of how many enterprises something is recorded, and what the register lacks."""

from datetime import date
from xml.etree import ElementTree

import pytest

from ledger.database import Database
from ledger.errors import Forbidden, Refusal
from scoring import coverage
from scoring.coverage import By, Coverage, Lack
from scoring.heat_map import heat_map
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.scoring.register import ANALYST, INSPECTOR, take_in

TODAY = date(2026, 11, 23)


@pytest.fixture
def covered(database: Database) -> Database:
    """Two builders and two managers, one of each closed or without a licence."""
    rows = [
        files.registration(1, 行业="建筑施工"),
        files.registration(2, 行业="建筑施工", 区域="别镇"),
        files.registration(3, 登记状态="注销"),
        files.registration(4),
    ]
    take_in(database, file_of("registration", rows), strict=True)
    take_in(database, file_of("licence", [files.licence(each) for each in (1, 3, 4)]), strict=True)
    inspections = [
        files.inspection(1, "检1", "2026-01-05"),
        files.inspection(1, "检2", "2025-01-05"),
        files.inspection(2, "检3", "2020-01-05"),
    ]
    take_in(database, file_of("inspection", inspections), strict=True)
    return database


def read(database: Database, by: By = By.SECTOR, years: int = 3) -> Coverage:
    with database.read() as tx:
        return coverage.coverage(tx, ANALYST, by, TODAY, years)


def cells(found: Coverage, kind: str) -> dict[str, tuple[int, int]]:
    return {each.group: (each.covered, each.enterprises) for each in found.cells if each.kind == kind}


def lacking(found: Coverage) -> dict[tuple[str, Lack], tuple[int, int]]:
    return {(each.group, each.what): (each.lacking, each.enterprises) for each in found.lacking}


def test_an_enterprise_that_is_not_closed_counts_once_for_each_kind(covered: Database) -> None:
    found = read(covered)
    assert cells(found, "licence") == {"建筑施工": (1, 2), "物业服务": (1, 1)}
    assert cells(found, "inspection") == {"建筑施工": (2, 2), "物业服务": (0, 1)}
    assert cells(found, "penalty") == {"建筑施工": (0, 2), "物业服务": (0, 1)}
    assert cells(read(covered, By.REGION), "licence") == {"示范镇": (2, 2), "别镇": (0, 1)}


def test_what_the_register_lacks(covered: Database) -> None:
    found = read(covered)
    assert found.since == date(2023, 11, 23)
    assert lacking(found) == {
        ("建筑施工", Lack.LICENCE): (1, 2),
        ("建筑施工", Lack.INSPECTION): (1, 2),
        ("物业服务", Lack.INSPECTION): (1, 1),
    }
    assert lacking(read(covered, years=7))["建筑施工", Lack.INSPECTION] == (0, 2)


def test_what_is_revoked_covers_nothing_and_what_a_former_code_had_covers_the_enterprise(covered: Database) -> None:
    take_in(covered, file_of("licence", [files.licence(1, 当前状态="撤销")]), strict=True)
    take_in(covered, file_of("change", [files.change(2, "合并", files.code(3))]), strict=True)
    assert cells(read(covered), "licence") == {"建筑施工": (1, 2), "物业服务": (1, 1)}
    assert cells(read(covered, By.REGION), "licence") == {"示范镇": (1, 2), "别镇": (1, 1)}


def test_who_may_ask_and_for_how_many_years(covered: Database) -> None:
    with covered.read() as tx, pytest.raises(Forbidden):
        coverage.coverage(tx, INSPECTOR, By.SECTOR, TODAY, 3)
    for years in (0, 51):
        with pytest.raises(Refusal, match="years_unusable"):
            read(covered, years=years)


def test_the_last_of_february_is_a_day_of_every_year(covered: Database) -> None:
    with covered.read() as tx:
        assert coverage.coverage(tx, ANALYST, By.SECTOR, date(2024, 2, 29), 1).since == date(2023, 2, 28)


def test_the_heat_map_says_each_share_in_a_colour_in_words_and_in_a_title(covered: Database) -> None:
    drawn = ElementTree.fromstring(read(covered).heat_map())
    space = "{http://www.w3.org/2000/svg}"
    assert drawn.get("role") == "img"
    titles = [each.text for each in drawn.iter(f"{space}title")]
    assert "建筑施工 · 行政许可: 1 / 2" in titles
    assert len(titles) == 1 + 2 * len(coverage.KINDS)
    texts = [each.text for each in drawn.iter(f"{space}text")]
    assert {"建筑施工", "行政许可", "50.0%", "100.0%", "0.0%"} <= set(texts)


def test_a_heat_map_of_hostile_names_is_well_formed_and_of_nothing_is_empty() -> None:
    name = "<script>&\"'"
    drawn = ElementTree.fromstring(heat_map(name, [name], ["列"], {(name, "列"): (1, 3)}))
    assert drawn.find("{http://www.w3.org/2000/svg}script") is None
    assert "33.3%" in "".join(drawn.itertext())
    ElementTree.fromstring(heat_map("空", [], [], {}))
