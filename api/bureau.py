"""The bureau in this process: its database, keys and clock, put together from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError

from api.drand_settings import drand_chains
from api.keyrings import key_folder, keyring_of
from api.migrating import migrate, require_newest
from api.settings import Settings
from api.timestamp_settings import pinned_certificates
from api.told_settings import told_settings
from api.witness_policy import load_policy
from ledger import key_rotation, keys, log, signed
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.entries import Entry
from ledger.errors import Conflict, Invalid, Missing, Refusal
from ledger.log import NewEntry
from ledger.merkle import EMPTY_ROOT
from ledger.note import ED25519, Checkpoint, NoteError, Verifier
from ledger.rotation import CREATED, RotationError
from sampling.naming import Terms
from sampling.publication.deadlines import Terms as PublicationTerms
from sampling.retention import RETENTION
from sampling.users.secret_texts import UserKeys
from schema.bureau import Setting
from scoring import model_steps, models

if TYPE_CHECKING:
    from api.oidc.code_flow import CodeFlow
    from api.oidc.provider import Provider

LONGEST_ORIGIN = 64

_log = structlog.get_logger("qian.bureau")


class Bureau:
    """One bureau, opened. `read()` and `write()` are the transactions that doors call use cases in."""

    def __init__(self, settings: Settings) -> None:
        """Open an existing bureau; raises Missing where there is none yet.

        Raises Conflict where its database is away or of another version, and Missing, Conflict or Invalid where the
        key that signs the log now cannot be used.
        """
        self.settings = settings
        self.version = version("qian")
        self.database = Database(settings.url, settings.storage)
        if not _holds_bureau(self.database):
            raise Missing("bureau_missing", home=settings.home)
        with self.database.read() as tx:
            require_newest(tx)
        folder = key_folder(settings)
        self.token_key = keys.load_secret(folder / "token.key")
        self.user_keys = UserKeys(self.token_key)
        self.provider = provider_of(settings)
        self.code_flow = code_flow_of(settings)
        self.pseudonym_key = keys.load_secret(folder / "pseudonym.key")
        self.keyring = keyring_of(settings)
        with self.database.read() as tx:
            created = log.read(tx, 0).body
        self.name = str(created["name"])
        self.origin = str(created["subject"])
        self.keyring.signer(self.verifier)
        self.retention = RETENTION.lengthened(settings.retention_years)
        self.timestamp_certificates = pinned_certificates(settings)
        self.drand_chains = drand_chains(settings)
        path = settings.witness_policy
        self.witness_policy = None if path is None else load_policy(path, self.verifiers)

    @property
    def verifiers(self) -> list[Verifier]:
        """The verifiers of all keys of the log, the current one first.

        Outsiders pin theirs and never learn them from what they verify. Raises Conflict("log_keys_broken").
        """
        with self.database.read() as tx, sound_keys():
            return [each.verifier for each in reversed(key_rotation.log_keys(tx))]

    @property
    def verifier(self) -> Verifier:
        """The verifier of the key that signs the log now."""
        return self.verifiers[0]

    def signed_by(self, tx: Connection) -> Verifier:
        """Return the key that signed the newest checkpoint, and that this bureau holds: so nobody else did.

        Raises Conflict("log_keys_broken"), or what `Keyring.signer` raises.
        """
        with sound_keys():
            verifier = key_rotation.signed_by(tx)
        self.keyring.signer(verifier)
        return verifier

    @property
    def session_lifetime(self) -> timedelta:
        """How long a token is valid that a user of the bureau itself signs in for."""
        return timedelta(minutes=self.settings.session_minutes)

    @property
    def told_settings(self) -> list[Setting]:
        """What staff are told of the settings."""
        return told_settings(self.settings)

    @property
    def beacon_margin(self) -> timedelta:
        """By how much a beacon lies after its freeze and after the freeze's witnesses."""
        return timedelta(seconds=self.settings.beacon_margin)

    @property
    def publication_terms(self) -> PublicationTerms:
        """By when findings are to be published, and when that is warned of."""
        return PublicationTerms(self.settings.publication_days, self.settings.publication_warning_days)

    @property
    def beacon_terms(self) -> Terms:
        """How far a beacon lies ahead, and the chains of drand that a freeze may name."""
        needs_witnesses = self.witness_policy is not None and self.witness_policy.needs_witnesses
        wait = timedelta(seconds=self.settings.witness_wait if needs_witnesses else 0)
        return Terms(self.beacon_margin, wait, self.drand_chains)

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
        """Open a transaction that writes; once it is committed, what it appended is signed.

        Where the key is away, such as an HSM that does not answer, the work stands all the same; the worker signs it.
        """
        with self.database.write() as tx:
            yield tx
        try:
            self.sign()
        except Refusal as refusal:
            _log.error("not_signed", code=refusal.code)
        except OperationalError as error:
            _log.error("not_signed", error=type(error.orig).__name__)

    def sign(self) -> bool:
        """Sign the log's present size and return True, or False where it is signed.

        What appended nothing so waits for nobody who appends. Raises Missing or Conflict where the key is away.
        """
        with self.read() as tx:
            if log.size(tx) == signed.size(tx):
                return False
        with self.database.write() as tx:
            key_rotation.sign_checkpoints(tx, self.keyring.signer)
        return True

    def rotate_key(self, actor: Actor) -> Entry:
        """Hand the log over to a new key; whatever interrupts it, the log goes on under the old key or the new one.

        Raises what `rotate_key` of the ledger raises.
        """
        actor.require(Role.ADMINISTRATOR)
        with self.read() as tx:
            log.require_unheld(tx)  # before there is a key that no entry names
        old, new = self.keyring.signer(self.verifier), self.keyring.create(self.origin)
        with self.write() as tx:
            return key_rotation.rotate_key(tx, actor, self.now, old, new)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


@contextmanager
def sound_keys() -> Iterator[None]:
    """Raise Conflict("log_keys_broken") where the keys that the entries name do not follow each other."""
    try:
        yield
    except RotationError as error:
        raise Conflict("log_keys_broken", reason=str(error)) from None


def provider_of(settings: Settings) -> "Provider | None":
    """Return the provider whose tokens are taken, None without one."""
    if settings.provider is None:
        return None
    from api.oidc.provider import Provider  # what asks over HTTP takes a while to load

    return Provider(settings.provider)


def code_flow_of(settings: Settings) -> "CodeFlow | None":
    """Return how people sign in to the desk at the provider, None where they do not."""
    client = settings.provider_client
    if client is None:
        return None
    from api.oidc.code_flow import CodeFlow

    return CodeFlow(client)


def require_bureau(settings: Settings) -> None:
    """Raise Missing("bureau_missing") where there is none yet, or what `exists` raises."""
    if not exists(settings):
        raise Missing("bureau_missing", home=settings.home)


def exists(settings: Settings) -> bool:
    """Tell whether the settings' database holds a bureau; raises Conflict("database_unreachable")."""
    database = Database(settings.url)
    try:
        return _holds_bureau(database)
    finally:
        database.close()


def _holds_bureau(database: Database) -> bool:
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return False  # SQLite would make the file that it is asked for
    try:
        with database.read() as tx:
            return bool(inspect(tx).has_table("log_entry"))
    except OperationalError as error:
        raise Conflict("database_unreachable", database=database.url.render_as_string(hide_password=True)) from error


def create(settings: Settings, origin: str, name: str, encrypt_key: bool = False) -> Bureau:
    """Create a bureau: keys, tables, the log's first entry and Qian's example model, all of it or nothing.

    `origin` is the log's name for ever, such as "log.example.gov.cn/qian"; `name` is the bureau's; with `encrypt_key`
    nothing is created without a passphrase. Raises Conflict where there is a bureau already, or keys of one; Invalid
    where the log cannot be called so, or the passphrase is missing.
    """
    _check_origin(origin)
    folder = key_folder(settings)
    if encrypt_key and settings.passphrase is None:
        raise Invalid("encryption_without_passphrase")
    if exists(settings):
        raise Conflict("bureau_exists", home=settings.home)
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
    signer = keyring_of(settings).create(origin)
    keys.create_secret(folder / "token.key")
    keys.create_secret(folder / "pseudonym.key")
    now = datetime.now(UTC).replace(microsecond=0)
    database = new_database(settings)
    with database.write() as tx:
        migrate(tx)
        log.append(tx, now, [NewEntry(CREATED, origin, body={"name": name, "vkey": signer.verifier_key})])
        model_steps.adopt_first(tx, Actor("qian init", Role.ADMINISTRATOR), now, models.default_text())
    database.close()


def new_database(settings: Settings) -> Database:
    """Open a database that is to hold a bureau; its file on SQLite is made, for the owner alone."""
    database = Database(settings.url, settings.storage)
    if database.is_sqlite:
        Path(str(database.url.database)).touch(mode=0o600)
    return database


def _check_origin(origin: str) -> None:
    try:
        Checkpoint(origin, 0, EMPTY_ROOT)
        Verifier(origin, ED25519, bytes(32))
    except NoteError:
        raise Invalid("origin_unusable", field="origin", longest=LONGEST_ORIGIN) from None
    if len(origin) > LONGEST_ORIGIN:
        raise Invalid("origin_unusable", field="origin", longest=LONGEST_ORIGIN)
