"""E-mails about the inbox: handed to a server on loopback, without a name, once, and again after it was away."""

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from api.bureau import Bureau
from api.scheduling import mails
from api.settings import Settings
from api.worker import Worker
from ledger import jobs
from ledger.actors import Actor, Role
from sampling import inbox
from sampling.inbox import Recipient
from tests import bureau_files as files

INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
SECRET = files.code(1)


class Post:
    """What a server took; it refuses addresses at refused.test."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.endswith("@refused.test"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, EmailMessage, policy=default)
        self.taken.append((envelope.rcpt_tos[0], message))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """A server on loopback, and its port."""
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def mailing(bureau: Bureau, settings: Settings, port: int) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_sender": "qian@bureau.test", "smtp_security": "none"}
    bureau.settings = settings.model_copy(update=given)


def tell(bureau: Bureau, recipient: Recipient) -> None:
    with bureau.write() as tx:
        inbox.tell(tx, bureau.now, recipient, "finding_to_confirm", {"enterprise": SECRET}, "2026-0001")


def scheduled(bureau: Bureau) -> list[str]:
    """Return the schedule by which e-mails are due, where something waits."""
    with bureau.read() as tx:
        return [each.name for each in mails(bureau, tx)]


def work(bureau: Bureau) -> jobs.Job:
    """Ask for the e-mails that are due, and work the job."""
    with bureau.write() as tx:
        identifier = jobs.enqueue(tx, Actor("schedule", Role.ADMINISTRATOR), bureau.now, "mail_inbox", {})
    while Worker(bureau).work_one():
        pass
    with bureau.read() as tx:
        return jobs.read(tx, Actor("schedule", Role.ADMINISTRATOR), identifier)


def test_whoever_has_an_address_is_told_how_much_waits_and_about_what_and_no_name(
    bureau: Bureau, settings: Settings, post: tuple[Post, int]
) -> None:
    handler, port = post
    mailing(bureau, settings, port)
    with bureau.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
        inbox.set_address(tx, PLANNER, "planner@refused.test")
    for recipient in (Recipient.person("ZJ001"), Recipient.person("ZJ001"), Recipient.all_of(Role.PLANNER, "ZJ")):
        tell(bureau, recipient)
    assert scheduled(bureau) == ["mails"]
    assert work(bureau).state == "done"
    ((address, message),) = handler.taken
    assert (address, message["To"], message["From"]) == ("zj001@bureau.test", "zj001@bureau.test", "qian@bureau.test")
    whole = str(message) + str(message.get_content())
    assert "2026-0001: 2" in whole
    assert SECRET not in whole
    assert "2 unread" in str(message["Subject"])
    assert scheduled(bureau) == ["mails"]  # for the address that was refused
    work(bureau)
    assert len(handler.taken) == 1


def test_nothing_is_lost_while_the_server_is_away(bureau: Bureau, settings: Settings, post: tuple[Post, int]) -> None:
    handler, port = post
    mailing(bureau, settings, 1)
    with bureau.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
    tell(bureau, Recipient.person("ZJ001"))
    failed = work(bureau)
    assert (failed.state, failed.refusal["code"]) == ("failed", "mail_failed")
    mailing(bureau, settings, port)
    assert work(bureau).result == {"sent": 1, "refused": 0}
    assert len(handler.taken) == 1


def test_without_a_server_nothing_is_mailed_and_no_job_is_asked_for(bureau: Bureau) -> None:
    with bureau.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
    tell(bureau, Recipient.person("ZJ001"))
    assert scheduled(bureau) == []
    assert work(bureau).result == {"sent": 0, "refused": 0}


def test_an_encrypted_connection_is_not_done_without(
    bureau: Bureau, settings: Settings, post: tuple[Post, int]
) -> None:
    mailing(bureau, settings, post[1])
    bureau.settings = bureau.settings.model_copy(update={"smtp_security": "starttls"})
    with bureau.write() as tx:
        inbox.set_address(tx, INSPECTOR, "zj001@bureau.test")
    tell(bureau, Recipient.person("ZJ001"))
    assert work(bureau).refusal["parameters"]["reason"] == smtplib.SMTPNotSupportedError.__name__
    assert post[0].taken == []
