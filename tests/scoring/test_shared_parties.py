"""Related enterprises: who shares a representative, shareholder, address or project with one, alike on both engines."""

from itertools import pairwise

import pytest
from sqlalchemy import text

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Forbidden
from ledger.windows import ALL, Window
from scoring import shared_parties
from scoring.parties import Tie, Via
from scoring.shared_parties import Related, RelatedFilter, audit_ties
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.scoring.register import ANALYST, take_in

PERSON, ADDRESS, PROJECT = "张三", "虚构路合用9号", "样例项目甲"
COMPANY = files.code(40)


@pytest.fixture
def tied(database: Database) -> Database:
    """One enterprise that shares something with each of five others, and one that shares nothing."""
    registrations = [
        files.registration(1, 法定代表人=PERSON, 地址=ADDRESS),
        files.registration(2, 法定代表人=PERSON),
        files.registration(3, 地址=ADDRESS),
        *(files.registration(number, 法定代表人=f"某人{number}") for number in (4, 5, 6, 7)),
    ]
    relations = [
        files.relation(1, "股东", "样例控股有限公司", COMPANY),
        files.relation(4, "股东", "样例控股", COMPANY),
        files.relation(1, "项目", PROJECT),
        files.relation(5, "项目", PROJECT),
        files.relation(6, "法定代表人", PERSON),
        files.relation(7, "股东", PERSON),  # a person who is a shareholder here is no representative
    ]
    take_in(database, file_of("registration", registrations), strict=True)
    take_in(database, file_of("relation", relations), strict=True)
    return database


def related(database: Database, number: int = 1, window: Window = ALL) -> list[Related]:
    code = files.code(number)
    with database.read() as tx:
        assert list(audit_ties(tx)) == []
        found = shared_parties.related(tx, ANALYST, [code, files.code(99)], window)
        assert found[files.code(99)] == []
        assert shared_parties.count(tx, ANALYST, [code])[code] >= len(found[code])
        return found[code]


def shared(found: list[Related]) -> dict[str, list[str]]:
    return {each.code: [tie.via for tie in each.ties] for each in found}


def test_who_shares_a_party_is_told_with_the_kind_of_it(tied: Database) -> None:
    assert shared(related(tied)) == {
        files.code(2): [Via.REPRESENTATIVE],
        files.code(3): [Via.ADDRESS],
        files.code(4): [Via.SHAREHOLDER],
        files.code(5): [Via.PROJECT],
        files.code(6): [Via.REPRESENTATIVE],
    }
    assert [each.code for each in related(tied, 3)] == [files.code(1)]
    assert related(tied, 7) == []


def test_a_person_is_a_pseudonym_and_all_else_is_told(tied: Database) -> None:
    ties = {tie for each in related(tied) for tie in each.ties}
    assert {Tie("address", ADDRESS), Tie("shareholder", COMPANY), Tie("project", PROJECT)} < ties
    (person,) = (tie.party for tie in ties if tie.via == Via.REPRESENTATIVE)
    assert PERSON not in person
    assert len(person) == 32


def test_pages_of_related_enterprises_are_the_whole_list(tied: Database) -> None:
    whole = related(tied)
    assert all(one.code < other.code for one, other in pairwise(whole))
    first = related(tied, window=Window(2))
    second = related(tied, window=Window(2, after=(first[-1].of, first[-1].code)))
    last = related(tied, window=Window(1, backward=True))
    assert [*first, *second, *last] == whole
    with tied.read() as tx:
        keys = frozenset({(whole[0].of, whole[0].code), (whole[0].of, files.code(7)), (whole[0].code, whole[0].of)})
        some = shared_parties.some(tx, ANALYST, Window(keys=keys))
    assert [(each.of, each.code) for each in some] == [(files.code(1), files.code(2)), (files.code(2), files.code(1))]


def test_related_enterprises_are_chosen_by_what_they_share_and_told_with_all_of_it(tied: Database) -> None:
    take_in(tied, file_of("relation", [files.relation(4, "项目", PROJECT)]))
    with tied.read() as tx:
        chosen, code = RelatedFilter((Via.PROJECT,)), files.code(1)
        found = shared_parties.related(tx, ANALYST, [code], ALL, chosen)[code]
        assert shared_parties.count(tx, ANALYST, [code], chosen) == {code: 2}
    assert shared(found) == {files.code(4): [Via.PROJECT, Via.SHAREHOLDER], files.code(5): [Via.PROJECT]}


def test_what_a_newer_registration_says_no_more_ties_nobody(tied: Database) -> None:
    take_in(
        tied, file_of("registration", [files.registration(2, 法定代表人="李四"), files.registration(8, 地址=ADDRESS)])
    )
    assert shared(related(tied)) == {
        files.code(3): [Via.ADDRESS],
        files.code(4): [Via.SHAREHOLDER],
        files.code(5): [Via.PROJECT],
        files.code(6): [Via.REPRESENTATIVE],
        files.code(8): [Via.ADDRESS],
    }


def test_a_relation_under_a_former_code_is_the_present_enterprises_and_a_registration_is_not(tied: Database) -> None:
    take_in(tied, file_of("change", [files.change(7, "合并", files.code(5)), files.change(4, "合并", files.code(3))]))
    assert shared(related(tied)) == {
        files.code(2): [Via.REPRESENTATIVE],
        files.code(4): [Via.SHAREHOLDER],
        files.code(6): [Via.REPRESENTATIVE],
        files.code(7): [Via.PROJECT],
    }
    assert shared(related(tied, 7)) == {files.code(1): [Via.PROJECT]}


def test_inspectors_read_none(tied: Database) -> None:
    inspector = Actor("ZJ001", Role.INSPECTOR, "ZJ")
    with tied.read() as tx, pytest.raises(Forbidden):
        shared_parties.related(tx, inspector, [files.code(1)], Window(1))


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        (
            "UPDATE enterprise_tie SET party = 'x' WHERE via = 'project' AND enterprise = :code",
            ["row_lost", "row_added"],
        ),
        ("DELETE FROM enterprise_tie WHERE via = 'project' AND enterprise = :code", ["row_lost"]),
        (
            "INSERT INTO enterprise_tie (enterprise, kind, via, party) VALUES (:code, 'relation', 'address', 'x')",
            ["row_added"],
        ),
        (
            "INSERT INTO enterprise_tie (enterprise, kind, via, party) VALUES ('X' || :code, 'x', 'x', 'x')",
            ["row_added"],
        ),
    ],
)
def test_the_audit_finds_a_tie_that_no_record_tells(tied: Database, statement: str, codes: list[str]) -> None:
    with tied.write() as tx:
        tx.execute(text(statement), {"code": files.code(1)[:17] if "'X'" in statement else files.code(1)})
    with tied.read() as tx:
        found = list(audit_ties(tx))
    assert [each.code for each in found] == codes
    assert not any(PROJECT in each.row for each in found)
