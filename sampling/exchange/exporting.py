"""Deliveries by hand: files in a platform's template, and the receipts that are entered for them (D5–D7)."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection

from ledger import jobs, outbox
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.deliveries import Delivery, Operation, Outcome, State
from ledger.errors import Conflict, Invalid
from ledger.jobs import Job, JobFile
from sampling.exchange import platforms
from sampling.exchange.platform import Platform
from sampling.exchange.rendering import WITHDRAWN, cells, write_file
from sampling.exchange.sending import read_issued, unsendable
from scoring.fields import text_up_to
from scoring.formats import FORMATS

EXPORT_DELIVERIES: Final = "export_deliveries"
MOST_ROWS: Final = 20_000
ROWS_AT_ONCE: Final = 500
LONGEST_RECEIPT: Final = 1000

Writer: TypeAlias = Callable[[Sequence[str], Sequence[Sequence[str]]], bytes]
Writers: TypeAlias = Mapping[str, Writer]
CSV: Final[Writers] = {"csv": write_file}


@dataclass(frozen=True)
class Export:
    """An export: its id, by which its receipt is entered, its files, and how many deliveries they hold.

    `refused` is how many could not be written, since they lack something; `more` whether others are left.
    """

    id: str
    platform: str
    count: int
    refused: int
    more: bool
    files: tuple[JobFile, ...]


def export(tx: Connection, actor: Actor, now: datetime, name: str, writers: Writers = CSV) -> Export:
    """Write what is to go to a platform as files, one for each kind, and mark it as handed over by hand (D6).

    `writers` has the writer of the platform's form, each given headers and rows whose cells are no formulas.
    Raises Conflict("nothing_to_export"), which leaves what lacks a field as it is.
    """
    actor.require(Role.PLANNER)
    platform = platforms.find(tx, name)
    platform.require_in_force(civil_date(now))
    identifier, after, refused = secrets.token_hex(16), 0, 0
    rows: dict[str, list[Sequence[str]]] = defaultdict(list)
    numbers: list[int] = []
    while len(numbers) < MOST_ROWS and (some := outbox.take(tx, now, name, ROWS_AT_ONCE, after)):
        after = some[-1].number
        contents = read_issued(tx, some)
        for each in some:
            issued = contents.get((each.reference, each.version))
            if each.operation is Operation.WITHDRAW:
                rows["withdrawn"].append(_withdrawal(each))
            elif (refusal := unsendable(platform, each, issued)) is not None or issued is None:
                outbox.mark_refused(tx, each.number, refusal or Conflict("delivery_content_gone"))
                refused += 1
                continue
            else:
                told = cells(platform, issued)
                rows[issued.kind].append([told[column.header] for column in platform.templates[issued.kind]])
            numbers.append(each.number)
    if not numbers:
        raise Conflict("nothing_to_export", platform=name, refused=refused)
    outbox.mark_exported(tx, identifier, numbers)
    more = bool(outbox.take(tx, now, name, 1, after))
    return Export(identifier, name, len(numbers), refused, more, tuple(_files(platform, rows, writers[platform.form])))


def request_export(tx: Connection, actor: Actor, now: datetime, name: str) -> Job:
    """Ask for an export, whose files the job leaves."""
    actor.require(Role.PLANNER)
    platforms.find(tx, name).require_in_force(civil_date(now))
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, EXPORT_DELIVERIES, {"platform": name}))


def resend(tx: Connection, actor: Actor, now: datetime, name: str, numbers: Sequence[int] | None) -> int:
    """Queue refused deliveries to a platform again, these or all (D5); raises what `ledger.outbox.resend` raises.

    Raises Conflict("nothing_to_resend").
    """
    actor.require(Role.PLANNER)
    platforms.find(tx, name).require_in_force(civil_date(now))
    count = outbox.resend(tx, now, name, numbers)
    if not count:
        raise Conflict("nothing_to_resend", platform=name)
    return count


def enter_receipt(
    tx: Connection,
    actor: Actor,
    now: datetime,
    export: str,
    accepted: bool,
    receipt: str,
    numbers: Sequence[int] | None = None,
) -> int:
    """Enter what a platform said of an export (D7), of these deliveries or all that wait, and return of how many.

    `receipt` is its receipt's number, or its reason. Raises Invalid("receipt_missing"), and what
    `ledger.outbox.enter` raises.
    """
    actor.require(Role.PLANNER)
    if not receipt.strip():
        raise Invalid("receipt_missing", field="receipt")
    text = str(text_up_to(LONGEST_RECEIPT)(receipt.strip()))
    if accepted:
        outcome = Outcome(State.DELIVERED, text)
    else:
        outcome = Outcome(State.REFUSED, text, Conflict("delivery_denied", reason=text))
    return outbox.enter(tx, now, actor.subject, export, numbers, outcome)


def _files(platform: Platform, rows: dict[str, list[Sequence[str]]], write: Writer) -> list[JobFile]:
    files = []
    for kind in platform.kinds:
        if kind in rows:
            headers = [column.header for column in platform.templates[kind]]
            files.append(JobFile(f"{platform.name}-{kind}.{platform.form}", write(headers, rows[kind])))
    if "withdrawn" in rows:
        files.append(JobFile(f"{platform.name}-withdrawn.{platform.form}", write(WITHDRAWN, rows["withdrawn"])))
    return files


def _withdrawal(delivery: Delivery) -> list[str]:
    return [delivery.lane, FORMATS[delivery.topic].title, delivery.reference, str(delivery.version)]
