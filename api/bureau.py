"""The bureau in this process: its database, keys and clock, put together from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from api.settings import Settings
from ledger import keys, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from ledger.note import Verifier
from scoring import models

CREATED = "ledger.created"


class Bureau:
    """One bureau, opened. `read()` and `write()` are the transactions that doors call use cases in."""

    def __init__(self, settings: Settings) -> None:
        """Open an existing bureau; raises Missing where there is none yet."""
        self.settings = settings
        self.database = Database(settings.url)
        if not inspect(self.database.engine).has_table("log_entry"):
            self.database.close()
            raise Missing("bureau_missing", home=str(settings.home))
        folder = settings.home / "keys"
        self.token_key = keys.load_secret(folder / "token.key")
        self.pseudonym_key = keys.load_secret(folder / "pseudonym.key")
        with self.database.read() as tx:
            created = log.read(tx, 0).body
        self.name = str(created["name"])
        self.signer = keys.Ed25519Signer(str(created["subject"]), keys.load_private_key(folder / "log.key"))
        if self.signer.verifier_key != created["vkey"]:
            raise Conflict("log_key_of_another_log", path=str(folder / "log.key"))

    @property
    def verifier(self) -> Verifier:
        """The log's own verifier; outsiders pin theirs and never learn it from what they verify."""
        return Verifier.from_vkey(self.signer.verifier_key)

    @property
    def now(self) -> datetime:
        """The present instant, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)

    @property
    def today(self) -> date:
        """The present civil date."""
        return civil_date(self.now)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one snapshot."""
        with self.database.read() as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; once it is committed, what it appended is signed."""
        with self.database.write() as tx:
            yield tx
        self.sign()

    def sign(self) -> None:
        """Sign the log's present size unless that is done."""
        with self.database.write() as tx:
            log.lock(tx)
            log.sign_checkpoint(tx, self.signer)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def create(settings: Settings, origin: str, name: str) -> Bureau:
    """Create a bureau: keys, tables, the log's first entry and Qian's example model.

    `origin` is the log's name for ever, such as "log.example.gov.cn/qian"; `name` is the bureau's. Raises Conflict
    where there is a bureau already.
    """
    folder = settings.home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.url)
    if inspect(database.engine).has_table("log_entry"):
        raise Conflict("bureau_exists", home=str(settings.home))
    private_key = keys.create_private_key(folder / "log.key")
    keys.create_secret(folder / "token.key")
    keys.create_secret(folder / "pseudonym.key")
    signer = keys.Ed25519Signer(origin, private_key)
    migrate(database)
    now = datetime.now(UTC).replace(microsecond=0)
    with database.write() as tx:
        log.append(tx, now, [NewEntry(CREATED, origin, body={"name": name, "vkey": signer.verifier_key})])
        models.adopt(tx, Actor("qian init", Role.ADMINISTRATOR), now, models.default_text())
    database.close()
    bureau = Bureau(settings)
    bureau.sign()
    return bureau


def migrate(database: Database) -> None:
    """Bring the database's tables to the newest version."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.write() as tx:
        attributes: dict[str, Any] = config.attributes
        attributes["connection"] = tx
        command.upgrade(config, "head")
