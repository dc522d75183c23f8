"""What staff are told: to whom a message goes, that each reads for himself, and what an e-mail may say of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from ledger import log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.log import NewEntry
from sampling import inbox, registers
from sampling.inbox import Message, Recipient
from sampling.users import managing
from tests import bureau_files as files
from tests.refusing import refuse
from tests.sampling.bureau import ORIGIN, PSEUDONYM_KEY, SIGNER

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLANNER = Actor("planner-zj", Role.PLANNER, "ZJ")
OTHER = Actor("planner-sc", Role.PLANNER, "SC")
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")
ANYWHERE = Actor("planner-all", Role.PLANNER)


def tell(database: Database, recipient: Recipient, code: str = "finding_to_review", once: str | None = None) -> bool:
    with database.write() as tx:
        given = {"enterprise": "91330000PDY0000128"}
        return inbox.tell(tx, NOW, recipient, code, given, "2026-0001", date(2026, 12, 1), once)


def messages(database: Database, actor: Actor, unread: bool = False) -> list[Message]:
    with database.read() as tx:
        return inbox.messages(tx, actor, unread)


def codes(found: Sequence[Message]) -> list[str]:
    return [each.code for each in found]


def test_a_message_goes_to_one_person_or_to_a_role_of_a_department_or_of_all(database: Database) -> None:
    tell(database, Recipient.person("ZJ001"), "to-person")
    tell(database, Recipient.all_of(Role.PLANNER, "ZJ"), "to-department")
    tell(database, Recipient.all_of(Role.PLANNER), "to-all")
    assert codes(messages(database, INSPECTOR)) == ["to-person"]
    assert codes(messages(database, PLANNER)) == ["to-all", "to-department"]
    assert codes(messages(database, OTHER)) == ["to-all"]
    assert codes(messages(database, ANYWHERE)) == ["to-all", "to-department"]


def test_a_message_tells_its_parameters_and_by_when_something_is_due(database: Database) -> None:
    tell(database, Recipient.person("ZJ001"))
    (found,) = messages(database, INSPECTOR)
    assert found.parameters == {"enterprise": "91330000PDY0000128"}
    assert (found.about, found.due, found.read_at) == ("2026-0001", date(2026, 12, 1), None)


def test_each_reads_for_himself(database: Database) -> None:
    tell(database, Recipient.all_of(Role.PLANNER))
    (found,) = messages(database, PLANNER)
    for _ in range(2):  # the second time changes nothing
        with database.write() as tx:
            (read,) = inbox.mark_read(tx, PLANNER, NOW, [found.id])
        assert read.read_at == NOW
    assert messages(database, PLANNER, unread=True) == []
    assert len(messages(database, OTHER, unread=True)) == 1


def test_nobody_reads_what_is_not_his(database: Database) -> None:
    tell(database, Recipient.person("ZJ001"))
    (found,) = messages(database, INSPECTOR)
    refuse(database, "message_missing", lambda tx: inbox.mark_read(tx, PLANNER, NOW, [found.id]))


def test_what_is_told_once_is_not_told_again(database: Database) -> None:
    assert tell(database, Recipient.person("ZJ001"), once="due 2026-0001 17")
    assert not tell(database, Recipient.person("ZJ001"), once="due 2026-0001 17")
    assert len(messages(database, INSPECTOR)) == 1


def test_what_is_done_is_asked_of_nobody_any_longer_and_may_be_asked_anew(database: Database) -> None:
    tell(database, Recipient.all_of(Role.PLANNER), once="review 2026-0001 17")
    tell(database, Recipient.all_of(Role.PLANNER), "finding_returned")
    (_, found) = messages(database, PLANNER)
    with database.write() as tx:
        inbox.mark_read(tx, OTHER, NOW, [found.id])
        inbox.settle(tx, ["review 2026-0001 17"])
    assert codes(messages(database, PLANNER)) == codes(messages(database, OTHER)) == ["finding_returned"]
    assert tell(database, Recipient.all_of(Role.PLANNER), once="review 2026-0001 17")
    with database.write() as tx:
        inbox.settle_about(tx, "2026-0001", ["finding_returned"])
    assert codes(messages(database, PLANNER)) == ["finding_to_review"]


def test_an_email_tells_how_many_messages_there_are_about_what_and_nothing_else_and_once(database: Database) -> None:
    for _ in range(2):
        tell(database, Recipient.person("ZJ001"))
    tell(database, Recipient.person("ZJ002"))  # who has no address
    with database.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
        assert inbox.address(tx, INSPECTOR) == "zj001@bureau.test"
        (mail,) = inbox.mails(tx)
        assert (mail.address, mail.counts) == ("zj001@bureau.test", {"2026-0001": 2})
        inbox.mailed(tx, mail)
        assert inbox.mails(tx) == []
    tell(database, Recipient.person("ZJ001"))
    with database.write() as tx:
        (mail,) = inbox.mails(tx)
        assert mail.counts == {"2026-0001": 1}
        inbox.set_address(tx, INSPECTOR, None)
        assert inbox.mails(tx) == []


def test_what_is_read_is_not_mailed(database: Database) -> None:
    tell(database, Recipient.person("ZJ001"))
    with database.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
        inbox.mark_read(tx, INSPECTOR, NOW, [each.id for each in inbox.messages(tx, INSPECTOR)])
        assert inbox.mails(tx) == []


def test_a_user_is_told_by_email_while_he_is_let_in_and_as_he_is_now(database: Database) -> None:
    admin = Actor("admin", Role.ADMINISTRATOR)
    departments = [files.department("ZJ", "样例住建局"), files.department("SC", "样例市场监管局")]
    file = files.file_of("department", departments)

    def told() -> list[str]:
        with database.read() as tx:
            return [each for mail in inbox.mails(tx) for each in mail.messages]

    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("ledger.created", ORIGIN, body={"name": "样例局", "vkey": SIGNER.verifier_key})])
        registers.take_in(tx, admin, NOW, file, True, PSEUDONYM_KEY)
        managing.add(tx, admin, NOW, PLANNER.subject, Role.PLANNER, "ZJ")
        inbox.set_address(tx, PLANNER, "planner@bureau.test")
    tell(database, Recipient.all_of(Role.PLANNER, "ZJ"))
    tell(database, Recipient.all_of(Role.PLANNER, "SC"))
    before, after = (messages(database, each)[0].id for each in (PLANNER, OTHER))
    assert told() == [before]
    for step, expected in (
        (partial(managing.change, role=Role.PLANNER, department="SC"), [after]),
        (managing.disable, []),
        (managing.enable, [after]),
        (partial(managing.change, role=Role.ANALYST, department="SC"), []),
    ):
        with database.write() as tx:
            step(tx, admin, NOW, PLANNER.subject)
        assert told() == expected


def test_an_address_that_would_add_lines_or_people_to_an_email_is_refused(database: Database) -> None:
    for address in ("", "x", "@x", "x@", "a@b\nBcc: c@d", "a@b, c@d", "名@b", "a" * 250 + "@b.cd"):
        refuse(database, "mail_address_unusable", partial(inbox.set_address, actor=INSPECTOR, address=address))


def test_old_messages_are_forgotten(database: Database) -> None:
    tell(database, Recipient.person("ZJ001"))
    with database.write() as tx:
        assert inbox.forget(tx, NOW) == 0
        assert inbox.forget(tx, NOW + timedelta(seconds=1)) == 1
        assert inbox.messages(tx, INSPECTOR) == []
