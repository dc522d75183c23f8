"""Published findings by name, result and day: only what is shown is found, in no order that tells more."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from sampling.public_filters import FindingFilter, FindingOrder
from sampling.publication import endings
from sampling.publication.finding_texts import audit_finding_texts
from sampling.publication.tables import disclosure_text
from tests.sampling.bureau import CAMPAIGN, Bureau
from tests.sampling.conftest import BureauIn
from tests.sampling.publication.walk import NOW, SECOND, correct, propose_repair, visit_of


def asked(bureau: Bureau, order: FindingOrder = FindingOrder.PUBLISHED, **chosen: object) -> list[Disclosure]:
    """Return what a filter finds; the count says the same."""
    wanted = FindingFilter(**chosen)  # type: ignore[arg-type]
    with bureau.read() as tx:
        found = disclosures.findings(tx, Window(100), wanted, order)
        assert disclosures.count_findings(tx, wanted) == len(found)
        of = disclosures.findings_of(tx, Window(100), [CAMPAIGN], wanted, order)
        assert of == {CAMPAIGN: found}
        assert disclosures.count_findings_of(tx, [CAMPAIGN], wanted) == {CAMPAIGN: len(found)}
    return found


def test_findings_are_chosen_by_what_is_shown_of_them(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    everything = asked(bureau)
    one = everything[3]
    assert asked(bureau, text=one.name) == [one]
    assert asked(bureau, text=one.name[:2]) == [each for each in everything if one.name[:2] in each.name]
    assert asked(bureau, text="没有这样的名称") == []
    assert asked(bureau, results=("unreachable",)) == [each for each in everything if "unreachable" in each.results]
    assert asked(bureau, department="ZJ") == everything
    assert asked(bureau, department="XX") == asked(bureau, campaign="2020-0001") == []
    assert asked(bureau, since=one.visited, until=one.visited) == [
        each for each in everything if each.visited == one.visited
    ]
    assert asked(bureau, since=max(each.visited for each in everything) + timedelta(days=1)) == []
    assert asked(bureau, FindingOrder.VISITED) == sorted(
        everything, key=lambda each: (each.visited, each.number), reverse=True
    )
    by_enterprise = sorted(everything, key=lambda each: (each.enterprise, each.number))
    assert asked(bureau, FindingOrder.ENTERPRISE) == by_enterprise
    assert asked(bureau, FindingOrder.ENTERPRISE, results=("unreachable",)) == [
        each for each in by_enterprise if "unreachable" in each.results
    ]


def test_what_is_corrected_is_found_as_it_is_shown_and_what_ended_is_not(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    correct(bureau, visit)
    (shown,) = asked(bureau, enterprise=visit.enterprise)
    assert shown in asked(bureau, results=shown.results, since=shown.visited, until=shown.visited, text=shown.name)
    repair = propose_repair(bureau, visit)
    bureau.do(lambda tx: endings.decide_repair(tx, SECOND, NOW, repair.id, True))
    assert asked(bureau, text=shown.name) == asked(bureau, text="没有这样的名称") == []
    assert shown not in asked(bureau, FindingOrder.VISITED)
    with bureau.read() as tx:
        assert tx.execute(select(disclosure_text).where(disclosure_text.c.number == shown.number)).all() == []
        assert [*audit_finding_texts(tx)] == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE disclosure_text SET visited = '2020-01-01' WHERE number = 1", "row_changed"),
        ("DELETE FROM disclosure_text WHERE number = 1", "row_lost"),
        ("INSERT INTO disclosure_text VALUES (99, '2020-01-01', 'x', 'x')", "row_added"),
    ],
)
def test_the_audit_compares_it_with_what_is_shown(bureau_in: BureauIn, statement: str, code: str) -> None:
    bureau = bureau_in("published")
    bureau.do(lambda tx: tx.execute(text(statement)))
    with bureau.read() as tx:
        (fault,) = audit_finding_texts(tx)
    assert (fault.table, fault.code) == ("disclosure_text", code)
