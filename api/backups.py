"""Backing a bureau up into one encrypted file while it is at work, and restoring it into an empty place.

The file is age (`ledger.age`) over gzip over the lines of `ledger.backup_format`. A restored log is held.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, cast

from sqlalchemy import Connection, inspect

from api.atomic_files import new_file
from api.auditing import audit_bureau
from api.bureau import Bureau, exists, new_database, require_bureau, sound_keys
from api.keyrings import key_folder, keyring_of
from api.migrating import migrate, newest_version, require_known, version_of, versions
from api.settings import Settings
from ledger import age, hold, key_rotation, log
from ledger.actors import Actor, Role
from ledger.age import AgeError, Decryptor, Encryptor, PassphraseError
from ledger.audit import Fault
from ledger.backup_format import BackupError, Header
from ledger.backup_reader import BackupReader
from ledger.backup_writer import Written, write_backup
from ledger.database import Database
from ledger.errors import Conflict, Invalid
from ledger.keys import Passphrase, create_private_file, load_passphrase, load_secret, read_private_file
from ledger.tables import metadata

COMPRESSION: Final = 3
RESTORER: Final = Actor("qian restore", Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Restored:
    """What was restored: of which backup, the key files in it, and what the audit found; no faults is sound."""

    header: Header
    key_files: tuple[str, ...]
    faults: tuple[Fault, ...]


def back_up(settings: Settings, path: Path, with_keys: bool) -> tuple[Header, Written]:
    """Write a backup of the settings' bureau, as one snapshot shows it, into a new file of mode 0600.

    Others go on working meanwhile. The tables may be of an older version than this program's, so that there can be a
    backup before they are migrated. Raises Missing("bureau_missing"), Invalid("backup_without_passphrase"), Conflict:
    file_exists, database_newer, and what `write_backup` raises; no file is left then.
    """
    require_bureau(settings)
    passphrase = _passphrase(settings)
    with closing(Database(settings.url, settings.storage)) as database, new_file(path) as file:
        encryptor = Encryptor(file, passphrase, age.WORK_FACTOR)
        with database.read() as tx:
            version = version_of(tx)
            require_known(version)
            made_at = datetime.now(UTC).replace(microsecond=0)
            header = Header(version, log.read(tx, 0).subject, log.size(tx), made_at)
            with gzip.GzipFile("", "wb", COMPRESSION, cast(IO[bytes], encryptor), mtime=0) as lines:
                written = write_backup(tx, lines, header, _key_files(settings) if with_keys else {})
        encryptor.finish()
    return header, written


def restore(settings: Settings, path: Path) -> Restored:
    """Make the settings' bureau from a backup, all of it or nothing, hold its log, and audit it.

    Its key files come out of the backup if they are in it; otherwise they must be in their place. Raises Conflict:
    restore_place_taken, backup_newer; Invalid: backup_without_passphrase, backup_passphrase_wrong, backup_altered,
    backup_malformed; and what opening the keys raises.
    """
    passphrase = _passphrase(settings)
    _require_empty(settings)
    with _opened(path, passphrase) as backup, ExitStack() as undo:
        if backup.header.version not in versions():
            raise Conflict("backup_newer", version=backup.header.version, newest=newest_version())
        _put_keys(settings, backup, undo)
        with closing(_made_database(settings, undo)) as database:
            undo.callback(_forget_contents, settings, backup)
            with database.write() as tx:
                _fill(tx, settings, backup)
        undo.pop_all()  # it stands
    with closing(Bureau(settings)) as bureau:
        return Restored(backup.header, tuple(backup.files), tuple(audit_bureau(bureau, RESTORER)))


def _fill(tx: Connection, settings: Settings, backup: BackupReader) -> None:
    migrate(tx, backup.header.version)
    backup.insert(tx)
    migrate(tx)
    if log.size(tx) != backup.header.size:
        raise BackupError("its log has not the size that it tells")
    load_secret(key_folder(settings) / "token.key")
    load_secret(key_folder(settings) / "pseudonym.key")
    keyring = keyring_of(settings)
    with sound_keys():
        keyring.signer(key_rotation.log_keys(tx)[-1].verifier)
        key_rotation.sign_checkpoints(tx, keyring.signer)  # entries that were committed and not signed yet
    hold.hold(tx, datetime.now(UTC).replace(microsecond=0), backup.header.made_at)


@contextmanager
def _opened(path: Path, passphrase: Passphrase) -> Iterator[BackupReader]:
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=cast(IO[bytes], Decryptor(file, passphrase))) as lines:
            yield BackupReader(lines)
    except PassphraseError:
        raise Invalid("backup_passphrase_wrong", path=path) from None
    except AgeError as error:
        raise Invalid("backup_altered", path=path, reason=str(error)) from None
    except (BackupError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Invalid("backup_malformed", path=path, reason=str(error)) from None


def _passphrase(settings: Settings) -> Passphrase:
    if settings.backup_passphrase_file is None:
        raise Invalid("backup_without_passphrase")
    return load_passphrase(settings.backup_passphrase_file)


def _require_empty(settings: Settings) -> None:
    with closing(Database(settings.url)) as database:
        if database.is_sqlite:
            taken = Path(str(database.url.database)).exists()
        else:
            taken = exists(settings) or not metadata.tables.keys().isdisjoint(
                inspect(database.engine).get_table_names()
            )
        if taken:
            raise Conflict("restore_place_taken", place=database.url.render_as_string(hide_password=True))


def _key_files(settings: Settings) -> dict[str, bytes]:
    return {file.name: read_private_file(file) for file in sorted(key_folder(settings).iterdir())}


def _put_keys(settings: Settings, backup: BackupReader, undo: ExitStack) -> None:
    folder = key_folder(settings)
    for each in (*reversed(settings.home.parents), settings.home, folder):
        if not each.exists():
            each.mkdir(mode=0o700)
            undo.callback(each.rmdir)
    if backup.files and any(folder.iterdir()):
        raise Conflict("restore_place_taken", place=folder)
    for name, content in backup.files.items():
        if Path(name).name != name:
            raise BackupError("a key file's name is none")
        create_private_file(folder / name, content)
        undo.callback((folder / name).unlink)


def _made_database(settings: Settings, undo: ExitStack) -> Database:
    database = new_database(settings)
    if database.is_sqlite:
        for suffix in ("", "-wal", "-shm"):
            undo.callback(Path(f"{database.url.database}{suffix}").unlink, missing_ok=True)
    return database


def _forget_contents(settings: Settings, backup: BackupReader) -> None:
    storage = settings.storage
    if storage is not None:
        for identifier in backup.stored:
            storage.delete(identifier)
