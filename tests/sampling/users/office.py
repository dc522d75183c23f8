"""A bureau with two departments and an administrator, for the tests of users."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.keys import Secret
from ledger.log import NewEntry
from sampling import registers
from sampling.users import managing, signing_in
from sampling.users.secret_texts import UserKeys
from sampling.users.signing_in import Proof, Session
from tests import bureau_files as files
from tests.refusing import refuse
from tests.sampling.bureau import ORIGIN, PSEUDONYM_KEY, SIGNER

T = TypeVar("T")

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
PASSWORD = "correct horse battery staple"  # noqa: S105
ADDRESS = "192.0.2.7"
KEYS = UserKeys(Secret(bytes(range(32))))


class Office:
    """One bureau; `read` and `write` make it a store of sign-ins."""

    def __init__(self, database: Database) -> None:
        self.database = database
        body = {"name": "样例局", "vkey": SIGNER.verifier_key}
        self.do(lambda tx: log.append(tx, NOW, [NewEntry("ledger.created", ORIGIN, body=body)]))
        departments = [files.department("ZJ", "样例住建局"), files.department("SC", "样例市场监管局")]
        file = files.file_of("department", departments)
        self.do(lambda tx: registers.take_in(tx, ADMINISTRATOR, NOW, file, True, PSEUDONYM_KEY))

    def read(self) -> AbstractContextManager[Connection]:
        """Open a snapshot."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes."""
        return self.database.write()

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Return what is read in a snapshot."""
        with self.read() as tx:
            return question(tx)

    def do(self, step: Callable[[Connection], T]) -> T:
        """Return what a use case does in a transaction of its own."""
        with self.write() as tx:
            return step(tx)

    def refuse(self, code: str, step: Callable[[Connection], object]) -> None:
        """A step is refused with this code and changes nothing."""
        refuse(self.database, code, step)

    def invite(self, subject: str, role: Role = Role.PLANNER, department: str | None = "ZJ") -> str:
        """Invite a user and return the invitation."""
        return self.do(lambda tx: managing.invite(tx, ADMINISTRATOR, NOW, subject, role, department)).secret

    def accepted(self, subject: str, role: Role = Role.PLANNER, department: str | None = "ZJ") -> Session:
        """Return the session of an invited user who chose the password of the tests."""
        return signing_in.accept(self, KEYS, NOW, self.invite(subject, role, department), PASSWORD, None)

    def sign_in(
        self,
        subject: str,
        password: str = PASSWORD,
        code: str = "",
        now: datetime = NOW,
        address: str | None = ADDRESS,
    ) -> Session:
        """Sign a user in."""
        return signing_in.sign_in(self, KEYS, now, Proof(subject, password, code), address)
