"""Telling staff by e-mail that something waits in their inbox: how much and about what, and nothing else of it."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from api.settings import Settings
from ledger.errors import Conflict
from ledger.keys import load_passphrase
from sampling.inbox import Mail

WAIT_SECONDS: Final = 20


@dataclass(frozen=True)
class Sent:
    """The e-mails that the server took, and how many it refused."""

    mails: tuple[Mail, ...]
    refused: int


def send(settings: Settings, name: str, mails: Sequence[Mail]) -> Sent:
    """Hand e-mails over to the settings' server, each for itself; `name` is the bureau's.

    Raises Conflict("mail_failed") where the server is away or refuses all, and what is wrong with the password's file.
    """
    if settings.smtp_host is None or settings.smtp_sender is None:
        return Sent((), 0)
    sent, refused = [], 0
    try:
        with _connected(settings) as server:
            for mail in mails:
                try:
                    server.send_message(message_of(mail, name, settings.smtp_sender))
                except smtplib.SMTPRecipientsRefused:
                    refused += 1
                else:
                    sent.append(mail)
    except (smtplib.SMTPException, OSError) as error:
        if not sent:
            raise Conflict("mail_failed", host=settings.smtp_host, reason=type(error).__name__) from None
    return Sent(tuple(sent), refused)


def message_of(mail: Mail, name: str, sender: str) -> EmailMessage:
    """Return the e-mail: what the unread messages are about, and how many of each."""
    count = sum(mail.counts.values())
    message = EmailMessage()
    message["From"], message["To"] = sender, mail.address
    message["Subject"] = f"待办提醒 {count} 条 · {count} unread"
    told = "".join(f"{about}: {number}\n" for about, number in mail.counts.items())
    message.set_content(f"{name}\n\n您的收件箱有 {count} 条未读提醒。\n{count} unread in your inbox.\n\n{told}")
    return message


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.smtp_host), settings.smtp_port
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=WAIT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=WAIT_SECONDS)
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
    if settings.smtp_user is not None and settings.smtp_password_file is not None:
        server.login(settings.smtp_user, load_passphrase(settings.smtp_password_file).value.decode())
    return server
