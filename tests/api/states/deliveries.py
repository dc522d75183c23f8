"""One bureau for all tests of rows D1 to D8, with a receiver, and what they do at both doors.

A test takes an enterprise of its own, so that tests share the bureau.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from api.bureau import Bureau
from api.delivering import send_all
from ledger import outbox
from ledger.actors import Actor, Role
from ledger.deliveries import Delivery, State
from ledger.windows import Window
from sampling import registers
from sampling.exchange import platforms
from tests import bureau_files as files
from tests.api.house import House, served_on
from tests.api.receiver import FILES, Answer, Message, Receiver, document, receiving

ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
ENTERPRISES = range(1, 41)


@dataclass
class Exchange:
    """The bureau, served; `answers` are the receiver's by enterprise."""

    house: House
    receiver: Receiver
    answers: dict[str, Answer] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    _free: Iterator[int] = field(default_factory=lambda: iter(ENTERPRISES))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def bureau(self) -> Bureau:
        """The bureau."""
        return self.house.bureau

    def enterprise(self) -> int:
        """Return an enterprise that no other test has."""
        return next(self._free)

    def penalise(self, enterprise: int, platform: str = "receiver", **changes: str) -> Delivery:
        """Issue a penalty, and return its delivery to a platform."""
        row = files.penalty(enterprise, f"罚{next(self._numbers)}", "2026-11-20", **changes)
        with self.bureau.write() as tx:
            file, key = files.file_of("penalty", [row]), self.bureau.pseudonym_key
            registers.take_in(tx, ADMINISTRATOR, self.bureau.now, file, True, key)
        return [each for each in self.of(enterprise) if each.channel == platform][-1]

    def of(self, enterprise: int) -> list[Delivery]:
        """Return an enterprise's deliveries."""
        with self.bureau.read() as tx:
            return [each for each in outbox.page(tx, Window(1000)) if each.lane == files.code(enterprise)]

    def send(self, later: timedelta = timedelta()) -> None:
        """Do what the worker does."""
        send_all(self.bureau, self.bureau.now + later)

    def refuse(self, enterprise: int) -> Delivery:
        """Issue a penalty that the receiver refuses."""
        self.answers[files.code(enterprise)] = Answer(422, {"reason": "文号不合规"})
        delivery = self.penalise(enterprise)
        self.send()
        assert self.at(delivery).state is State.REFUSED
        return delivery

    def at(self, delivery: Delivery) -> Delivery:
        """Return a delivery as it is now."""
        with self.bureau.read() as tx:
            [found] = outbox.page(tx, Window(1, after=(delivery.number - 1,)))
        return found


@contextmanager
def exchange(folder: Path) -> Iterator[Exchange]:
    """Serve a bureau with its department, enterprises, a platform that takes pushes, and one that takes files."""
    with receiving(Receiver()) as receiver, served_on("sqlite", folder, worker=False) as house:
        made = Exchange(house, receiver)
        receiver.answer = _answering(made)
        receiver.status = lambda reference: (
            Answer(body={"reference": reference, "version": 1, "state": "denied", "reason": "查无此件"})
            if reference in made.denied
            else None
        )
        now, key = house.bureau.now, house.bureau.pseudonym_key
        with house.bureau.write() as tx:
            for kind, rows in (
                ("department", [files.department("YB", files.BODY)]),
                ("registration", [files.registration(each) for each in ENTERPRISES]),
            ):
                registers.take_in(tx, ADMINISTRATOR, now, files.file_of(kind, rows), True, key)
            platforms.add(tx, ADMINISTRATOR, now, document(receiver, status=True))
            platforms.add(tx, ADMINISTRATOR, now, FILES)
        yield made


def _answering(made: Exchange) -> Callable[[Message, int], Any]:
    return lambda message, times: made.answers.get(message["enterprise"])
