"""All that is said publicly is bound: entries as docs/ledger.md has them, an audit that finds what is changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger import audit, expiry, log
from ledger.actors import Actor, Role
from ledger.canonical import parse_canonical
from ledger.note import Verifier
from ledger.tables import document
from ledger.windows import Window
from sampling.publicity import notices, objections, questions, submissions
from sampling.publicity.submissions import Kind, State
from sampling.retention import RETENTION
from sampling.tables import BINDINGS as SAMPLING
from scoring.tables import BINDINGS as SCORING
from tests.sampling.bureau import ADMINISTRATOR, PLANNER, SIGNER, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publicity.desk import NOW, SECOND, ask, newest, object_to, published
from tests.test_ledger_document import DOCUMENTS, KINDS, names

OTHER = Actor("other-admin", Role.ADMINISTRATOR)
PREFIXES = ("notice.", "question.", "objection.")


def whole(bureau: Bureau) -> dict[str, str]:
    """Take one of each through all its steps; return their ids."""
    notice = published(bureau)
    bureau.do(lambda tx: notices.withdraw(tx, PLANNER, NOW, notice.id, "内容有误"))
    ask(bureau, contact="电话 0335-0000000")
    question = newest(bureau, Kind.QUESTION).id
    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, question, "自公示之日起展示。"))
    bureau.do(lambda tx: questions.answer(tx, SECOND, NOW, question, 1, True))
    bureau.do(lambda tx: questions.withdraw(tx, SECOND, NOW, question, "内容有误"))
    object_to(bureau)
    objection = newest(bureau, Kind.OBJECTION).id
    bureau.do(lambda tx: objections.propose_decision(tx, PLANNER, NOW, objection, False, "结果无误，维持原结果。"))
    bureau.do(lambda tx: objections.decide(tx, SECOND, NOW, objection, 1))
    return {"notice": notice.id, "question": question, "objection": objection}


def audited(bureau: Bureau) -> list[audit.Fault]:
    bureau.sign()
    verifier = Verifier.from_vkey(SIGNER.verifier_key)
    return bureau.ask(lambda tx: audit.audit(tx, verifier, (*SCORING, *SAMPLING), [expiry.audit_expiries]))


def test_entries_and_documents_are_those_of_the_specification(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    whole(bureau)
    entries = [each for each in bureau.ask(lambda tx: list(log.scan(tx))) if each.kind.startswith(PREFIXES)]
    assert {each.kind for each in entries} == {kind for kind in KINDS if kind.startswith(PREFIXES)}
    named = {value: name for each in entries for name, value in each.documents.items()}
    for each in entries:
        _, bound, fields, _ = KINDS[each.kind]
        assert set(each.documents) == names(bound), each.kind
        assert set(each.body) - {"subject", "documents"} == names(fields), each.kind
    rows = bureau.ask(lambda tx: tx.execute(select(document).where(document.c.commitment.in_(named))).all())
    assert len(rows) == len(named)
    for row in rows:
        in_entry, content, tables = DOCUMENTS[row.kind]
        value = parse_canonical(row.content)
        assert isinstance(value, dict)
        assert names(in_entry) == {named[row.commitment]}
        assert set(value["content"]) == names(content), row.kind
        assert set(value["tables"]) == names(tables), row.kind
    assert audited(bureau) == []


@on_one_engine
def test_they_expire_in_their_order_and_leave_nothing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    ids = whole(bureau)
    receipt = ask(bureau)  # waits for an answer
    waiting = newest(bureau, Kind.QUESTION)
    later = NOW + timedelta(days=11 * 366)

    def propose(identifier: str) -> None:
        bureau.do(lambda tx: expiry.propose(tx, ADMINISTRATOR, later, RETENTION, [identifier], "保存期满"))

    def expire(identifier: str) -> None:
        propose(identifier)
        bureau.do(lambda tx: expiry.confirm(tx, OTHER, later, RETENTION, [identifier]))

    def refused(code: str, identifier: str) -> None:
        bureau.refuse(code, lambda tx: expiry.propose(tx, ADMINISTRATOR, later, RETENTION, [identifier], "保存期满"))

    def of_kind(kind: str) -> list[str]:
        query = select(document.c.id).where(document.c.kind == kind, document.c.salt != b"")
        return list(bureau.ask(lambda tx: tx.execute(query).scalars().all()))

    refused("expiry_of_open_submission", waiting.id)
    refused("expiry_of_open_submission", waiting.contact_document)
    for kind in ("question_step", "objection_step", "notice_step"):
        refused("expiry_needed_by_beginning", of_kind(kind)[0])
    contact = bureau.ask(lambda tx: submissions.read(tx, PLANNER, Kind.QUESTION, ids["question"])).contact_document
    expire(contact)
    found = bureau.ask(lambda tx: submissions.read(tx, PLANNER, Kind.QUESTION, ids["question"]))
    assert bureau.ask(lambda tx: submissions.contact_of(tx, PLANNER, found)) is None
    assert found.state is State.ANSWERED
    for identifier in ids.values():
        expire(identifier)
    for kind in ("question_step", "objection_step", "notice_step"):
        for identifier in of_kind(kind):
            expire(identifier)
    assert bureau.ask(lambda tx: notices.page(tx, PLANNER, Window(9))) == []
    assert [each.id for each in bureau.ask(lambda tx: questions.page(tx, PLANNER, Window(9)))] == [waiting.id]
    assert audited(bureau) == []
    due = waiting.due
    assert bureau.ask(lambda tx: submissions.by_receipt(tx, due, receipt.number)).state is State.RECEIVED


@on_one_engine
@pytest.mark.parametrize("kind", ["notice", "question"])
def test_what_everybody_may_read_is_withdrawn_before_it_expires(bureau_in: BureauIn, kind: str) -> None:
    bureau = bureau_in("imported")
    later = NOW + timedelta(days=11 * 366)
    if kind == "notice":
        identifier, code = published(bureau).id, "expiry_of_published_notice"
    else:
        ask(bureau)
        identifier, code = newest(bureau, Kind.QUESTION).id, "expiry_of_published_answer"
        bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, identifier, "自公示之日起展示。"))
        bureau.do(lambda tx: questions.answer(tx, SECOND, NOW, identifier, 1, True))
    bureau.refuse(code, lambda tx: expiry.propose(tx, ADMINISTRATOR, later, RETENTION, [identifier], "保存期满"))
