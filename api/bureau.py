"""The bureau in this process: its database, keys and clock, put together from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError

from api.settings import Settings
from ledger import keys, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.merkle import EMPTY_ROOT
from ledger.note import ED25519, Checkpoint, NoteError, Verifier
from scoring import models

CREATED = "ledger.created"
LONGEST_ORIGIN = 64


class Bureau:
    """One bureau, opened. `read()` and `write()` are the transactions that doors call use cases in."""

    def __init__(self, settings: Settings) -> None:
        """Open an existing bureau; raises Missing where there is none yet, Conflict where its database is away."""
        self.settings = settings
        if not exists(settings):
            raise Missing("bureau_missing", home=settings.home)
        self.database = Database(settings.url)
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


def exists(settings: Settings) -> bool:
    """Tell whether the settings' database holds a bureau; raises Conflict("database_unreachable")."""
    database = Database(settings.url)
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return False  # SQLite would make the file that it is asked for
    try:
        return bool(inspect(database.engine).has_table("log_entry"))
    except OperationalError as error:
        raise Conflict("database_unreachable", database=database.url.render_as_string(hide_password=True)) from error
    finally:
        database.close()


def create(settings: Settings, origin: str, name: str) -> Bureau:
    """Create a bureau: keys, tables, the log's first entry and Qian's example model, all of it or nothing.

    `origin` is the log's name for ever, such as "log.example.gov.cn/qian"; `name` is the bureau's. Raises Conflict
    where there is a bureau already, or keys of one; Invalid where the log cannot be called so.
    """
    _check_origin(origin)
    if exists(settings):
        raise Conflict("bureau_exists", home=settings.home)
    folder = settings.home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise Conflict("bureau_half_made", folder=folder)
    try:
        _fill(settings, folder, origin, name)
    except BaseException:
        for file in folder.iterdir():
            file.unlink()
        raise
    bureau = Bureau(settings)
    bureau.sign()
    return bureau


def _fill(settings: Settings, folder: Path, origin: str, name: str) -> None:
    signer = keys.Ed25519Signer(origin, keys.create_private_key(folder / "log.key"))
    keys.create_secret(folder / "token.key")
    keys.create_secret(folder / "pseudonym.key")
    now = datetime.now(UTC).replace(microsecond=0)
    database = Database(settings.url)
    if database.is_sqlite:
        Path(str(database.url.database)).touch(mode=0o600)
    with database.write() as tx:
        migrate(tx)
        log.append(tx, now, [NewEntry(CREATED, origin, body={"name": name, "vkey": signer.verifier_key})])
        models.adopt(tx, Actor("qian init", Role.ADMINISTRATOR), now, models.default_text())
    database.close()


def _check_origin(origin: str) -> None:
    try:
        Checkpoint(origin, 0, EMPTY_ROOT)
        Verifier(origin, ED25519, bytes(32))
    except NoteError:
        raise Invalid("origin_unusable", field="origin", longest=LONGEST_ORIGIN) from None
    if len(origin) > LONGEST_ORIGIN:
        raise Invalid("origin_unusable", field="origin", longest=LONGEST_ORIGIN)


def migrate(tx: Connection) -> None:
    """Bring the database's tables to the newest version."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = tx
    command.upgrade(config, "head")
