"""`qian backup` and `qian restore`: one encrypted file, made while others work; all of it is restored, or nothing."""

import gzip
import io
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from api import backups
from api.auditing import audit_bureau
from api.backups import back_up, restore
from api.bureau import Bureau, create
from api.log_client import FolderLog
from api.migrating import newest_version, version_of
from api.settings import Settings
from ledger import age, log, signed
from ledger.age import Encryptor
from ledger.database import Database
from ledger.errors import Refusal
from ledger.fsck import check_log
from ledger.keys import Passphrase, load_passphrase
from ledger.log import NewEntry
from sampling import registers
from scoring import model_steps
from tests import bureau_files as files
from tests.api.backups import QUICK, empty_place, left_in, passphrase_file
from tests.api.console import AUDITOR, Console
from tests.api.house import ADMINISTRATOR, NAME, ORIGIN
from tests.dumping import dump
from tests.engines import ENGINES, fresh_database
from tests.ledger.storages import storage_address
from tests.older_database import copy_at, store_model


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK_FACTOR", QUICK)


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    return passphrase_file(tmp_path)


@pytest.fixture
def made(settings: Settings, passphrase: Path) -> Iterator[Bureau]:
    """A bureau with a few records, once on each engine."""
    with closing(create(with_passphrase(settings, passphrase), ORIGIN, NAME)) as bureau:
        take_in(bureau, "department", files.department("ZJ", "样例住建局"))
        take_in(bureau, "registration", *(files.registration(number) for number in range(1, 40)))
        yield bureau


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path, passphrase: Path) -> Iterator[Settings]:
    """An empty place, once on each engine."""
    with empty_place(request.param, tmp_path / "place", passphrase) as settings:
        yield settings


on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
into_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
from_one_into_the_other = pytest.mark.parametrize(("settings", "place"), [ENGINES, ENGINES[::-1]], indirect=True)


def with_passphrase(settings: Settings, path: Path | None) -> Settings:
    return settings.model_copy(update={"backup_passphrase_file": path})


def take_in(bureau: Bureau, kind: str, *rows: files.Row) -> None:
    with bureau.write() as tx:
        registers.take_in(tx, ADMINISTRATOR, bureau.now, files.file_of(kind, rows), True, bureau.pseudonym_key)


def is_sound(bureau: Bureau, folder: Path) -> None:
    """The audit passes, and so does the check of the log as it is exported."""
    assert audit_bureau(bureau, AUDITOR) == []
    Console(bureau.settings, folder).done("log", "export", folder / "export")
    assert list(check_log(FolderLog(folder / "export").read, bureau.verifiers)) == []


def rows(database: Database) -> dict[str, object]:
    return {name: held for name, held in dump(database).items() if name != "log_hold"}


def test_a_bureau_is_restored_into_either_database(made: Bureau, place: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    told = Console(made.settings, tmp_path).done("backup", file, "--keys")
    assert (told["origin"], told["size"], told["lost_documents"]) == (ORIGIN, 4, [])
    assert file.stat().st_mode & 0o777 == 0o600
    answer = Console(place, tmp_path).done("restore", file)
    assert (answer["size"], answer["held"], answer["sound"]) == (4, True, True)
    assert "pseudonym.key" in answer["keys"]
    with closing(Bureau(place)) as bureau:
        assert rows(bureau.database) == rows(made.database)
        assert {name: (place.home / "keys" / name).read_bytes() for name in answer["keys"]} == {
            key.name: key.read_bytes() for key in (made.settings.home / "keys").iterdir()
        }
        is_sound(bureau, tmp_path)
        assert bureau.name == NAME
    assert all(key.stat().st_mode & 0o777 == 0o600 for key in (place.home / "keys").iterdir())


@from_one_into_the_other
def test_people_are_told_that_the_log_is_held(made: Bureau, place: Settings, tmp_path: Path) -> None:
    assert "Backed up" in Console(made.settings, tmp_path).run("backup", tmp_path / "b", "--keys").stdout
    shown = Console(place, tmp_path).run("restore", tmp_path / "b").stdout
    assert "Sound" in shown
    assert "qian log release" in shown


@from_one_into_the_other
def test_a_backup_while_others_append_is_sound(made: Bureau, place: Settings, tmp_path: Path) -> None:
    stop = Event()

    def work(name: str) -> None:
        while not stop.is_set():
            with made.write() as tx:
                log.append(tx, made.now, [NewEntry("test.noted", name)])

    workers = [Thread(target=work, args=(f"w{number}",)) for number in range(3)]
    for worker in workers:
        worker.start()
    try:
        header, _ = back_up(made.settings, tmp_path / "b", with_keys=True)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    restored = restore(place, tmp_path / "b")
    assert (restored.header, restored.faults) == (header, ())
    with closing(Bureau(place)) as bureau, bureau.read() as tx:
        assert log.size(tx) == header.size
        assert list(log.scan(tx)) == list_of(made, header.size)


def list_of(bureau: Bureau, size: int) -> list[object]:
    with bureau.read() as tx:
        return list(log.scan(tx, 0, size))


@from_one_into_the_other
def test_entries_that_were_not_signed_yet_are_signed_before_the_hold(
    made: Bureau, place: Settings, tmp_path: Path
) -> None:
    with made.database.write() as tx:
        log.append(tx, made.now, [NewEntry("test.noted", "a")])
    back_up(made.settings, tmp_path / "b", with_keys=True)
    assert restore(place, tmp_path / "b").faults == ()
    with closing(Bureau(place)) as bureau, bureau.read() as tx:
        assert signed.size(tx) == log.size(tx) == 5
        assert log.is_held(tx)


@from_one_into_the_other
def test_without_keys_inside_they_must_be_in_their_place(made: Bureau, place: Settings, tmp_path: Path) -> None:
    back_up(made.settings, tmp_path / "b", with_keys=False)
    console = Console(place, tmp_path)
    assert console.json("restore", tmp_path / "b").error == "key_file_missing"
    assert left_in(place) == []
    shutil.copytree(made.settings.home / "keys", place.home / "keys")
    assert console.done("restore", tmp_path / "b")["keys"] == []


@on_sqlite
@into_sqlite
def test_the_keys_of_another_bureau_do_not_open_it(made: Bureau, place: Settings, tmp_path: Path) -> None:
    back_up(made.settings, tmp_path / "b", with_keys=False)
    create(Settings(home=tmp_path / "other"), ORIGIN, NAME).close()
    shutil.copytree(tmp_path / "other/keys", place.home / "keys")
    before = left_in(place)
    assert Console(place, tmp_path).json("restore", tmp_path / "b").error == "log_key_missing"
    assert left_in(place) == before


@on_sqlite
def test_a_place_where_something_is_is_left_alone(made: Bureau, place: Settings, tmp_path: Path) -> None:
    back_up(made.settings, tmp_path / "b", with_keys=True)
    console = Console(place, tmp_path)
    (place.home / "keys").mkdir(parents=True)
    (place.home / "keys/token.key").write_bytes(b"of somebody")
    assert console.json("restore", tmp_path / "b").error == "restore_place_taken"
    (place.home / "keys/token.key").unlink()
    console.done("restore", tmp_path / "b")
    before = left_in(place)
    assert console.json("restore", tmp_path / "b").error == "restore_place_taken"
    assert left_in(place) == before
    assert Console(made.settings, tmp_path).json("restore", tmp_path / "b").error == "restore_place_taken"


@on_sqlite
def test_a_file_is_never_replaced(made: Bureau, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"something else")
    console = Console(made.settings, tmp_path)
    assert console.json("backup", tmp_path / "b").error == "file_exists"
    assert (tmp_path / "b").read_bytes() == b"something else"
    assert console.json("backup", tmp_path / "nowhere/b").error == "file_unwritable"


@on_sqlite
def test_a_backup_that_fails_leaves_no_file(made: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise Refusal("storage_failed")

    before = set(tmp_path.iterdir())
    monkeypatch.setattr(backups, "write_backup", broken)
    assert Console(made.settings, tmp_path).json("backup", tmp_path / "b").error == "storage_failed"
    assert set(tmp_path.iterdir()) == before


@on_sqlite
def test_on_a_disk_without_links_a_file_is_not_replaced_either(
    made: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", no_links)
    back_up(made.settings, tmp_path / "b", with_keys=False)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refusal, match="file_exists"):
        back_up(made.settings, tmp_path / "b", with_keys=False)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@on_sqlite
@into_sqlite
def test_without_the_right_passphrase_there_is_no_backup_and_no_restoring(
    made: Bureau, place: Settings, tmp_path: Path
) -> None:
    plain = Console(with_passphrase(made.settings, None), tmp_path)
    assert plain.json("backup", tmp_path / "b").error == "backup_without_passphrase"
    assert not (tmp_path / "b").exists()
    back_up(made.settings, tmp_path / "b", with_keys=True)
    nobody = Console(with_passphrase(place, None), tmp_path)
    assert nobody.json("restore", tmp_path / "b").error == "backup_without_passphrase"
    other = with_passphrase(place, passphrase_file(tmp_path / "other", b"battery staple"))
    assert Console(other, tmp_path).json("restore", tmp_path / "b").error == "backup_passphrase_wrong"
    assert left_in(place) == []
    passphrase_file(tmp_path).chmod(0o644)
    assert Console(made.settings, tmp_path).json("backup", tmp_path / "c").error == "key_file_readable_by_others"


@on_sqlite
def test_a_backup_tells_nothing_without_its_passphrase(made: Bureau, tmp_path: Path) -> None:
    back_up(made.settings, tmp_path / "b", with_keys=True)
    data = (tmp_path / "b").read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n-> scrypt ")
    for secret in (ORIGIN.encode(), "样例住建局".encode(), (made.settings.home / "keys/token.key").read_bytes()):
        assert secret not in data


@on_sqlite
def test_every_altered_or_cut_file_is_refused_and_leaves_nothing(made: Bureau, place: Settings, tmp_path: Path) -> None:
    back_up(made.settings, tmp_path / "b", with_keys=True)
    whole = (tmp_path / "b").read_bytes()
    step, head = (len(whole) // 25, 7) if place.database_url is None else (len(whole) // 6, 30)  # each makes all tables
    bad = [whole[:end] for end in (*range(0, len(whole), step), len(whole) - 1)]
    for place_of_byte in (*range(0, 200, head), *range(200, len(whole), step), len(whole) - 1):
        flipped = bytearray(whole)
        flipped[place_of_byte] ^= 4
        bad.append(bytes(flipped))
    bad += [whole + b"\n", b"", b"no backup"]
    codes = set()
    for data in bad:
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises(Refusal) as refused:
            restore(place, tmp_path / "bad")
        codes.add(refused.value.code)
        assert left_in(place) == []
    assert codes == {"backup_altered", "backup_passphrase_wrong"}
    restore(place, tmp_path / "b")


@on_sqlite
def test_a_file_that_is_large_is_refused_though_only_its_end_is_cut(
    made: Bureau, place: Settings, tmp_path: Path
) -> None:
    """So that most of it stood in the database, and in the storage, before the fault was met."""
    with made.write() as tx:
        log.append(tx, made.now, [NewEntry("test.noted", str(number) * 8) for number in range(3000)])
    back_up(made.settings, tmp_path / "b", with_keys=True)
    whole = (tmp_path / "b").read_bytes()
    assert len(whole) > 3 * 64 * 1024
    with storage_address("folder", tmp_path) as documents:
        target = place.model_copy(update={"documents": documents})
        for data in (whole[:-1], whole[: -64 * 1024], whole[:-10] + bytes([whole[-10] ^ 1]) + whole[-9:]):
            (tmp_path / "bad").write_bytes(data)
            with pytest.raises(Refusal, match="backup_altered"):
                restore(target, tmp_path / "bad")
            assert left_in(place) == []
            assert list((tmp_path / "documents").iterdir()) == []
        assert restore(target, tmp_path / "b").faults == ()
        assert len(list((tmp_path / "documents").iterdir())) == 3


def sealed(path: Path, lines: bytes, passphrase: Passphrase) -> Path:
    """Write a file that is encrypted as it must be."""
    target = io.BytesIO()
    encryptor = Encryptor(target, passphrase, QUICK)
    encryptor.write(lines)
    encryptor.finish()
    path.write_bytes(target.getvalue())
    return path


def header(version: str) -> bytes:
    told = f'"version":"{version}","origin":"o","size":1,"made_at":"2026-11-23T02:16:04Z"'
    return f'{{"format":"qian/backup/v1",{told}}}\n'.encode()


NO_BACKUPS = {
    "nothing": (b"", "backup_malformed"),
    "no gzip": (b"no gzip", "backup_malformed"),
    "no header": (gzip.compress(b"{}\n"), "backup_malformed"),
    "half a gzip": (gzip.compress(header("0001"))[:-4], "backup_malformed"),
    "a later version": (gzip.compress(header("9999") + b'{"rows":{}}\n'), "backup_newer"),
    "a key file elsewhere": (
        gzip.compress(header("0001") + b'{"file":"../token.key","content":"AA=="}\n{"rows":{}}\n'),
        "backup_malformed",
    ),
    "no rows": (gzip.compress(header("0001") + b'{"rows":{}}\n'), "backup_malformed"),
}


@pytest.mark.parametrize("what", NO_BACKUPS)
def test_what_is_sealed_and_no_backup_is_refused(place: Settings, tmp_path: Path, passphrase: Path, what: str) -> None:
    lines, code = NO_BACKUPS[what]
    path = sealed(tmp_path / "b", lines, load_passphrase(passphrase))
    assert Console(place, tmp_path).json("restore", path).error == code
    assert left_in(place) == []


@pytest.fixture
def first_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bureaus are made as the first release made them."""
    monkeypatch.setattr(model_steps, "_store", store_model)


@from_one_into_the_other
def test_an_older_bureau_is_backed_up_before_its_migration_and_restored_after(
    first_release: None, made: Bureau, place: Settings, tmp_path: Path
) -> None:
    engine = "sqlite" if made.database.is_sqlite else "postgresql"
    (tmp_path / "older").mkdir()
    with fresh_database(engine, tmp_path / "older") as url, closing(Database(url)) as database:
        copy_at("0001", made.database, database)
        older = Settings(
            home=made.settings.home, database_url=SecretStr(url), backup_passphrase_file=tmp_path / "passphrase"
        )
        told = Console(older, tmp_path).done("backup", tmp_path / "b", "--keys")
        assert told["version"] == "0001"
        with database.write() as tx:
            assert version_of(tx) == "0001"
            tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert Console(older, tmp_path).json("backup", tmp_path / "c").error == "database_newer"
    assert restore(place, tmp_path / "b").faults == ()
    with closing(Bureau(place)) as bureau, bureau.read() as tx:
        assert version_of(tx) == newest_version()
        assert rows(bureau.database) == rows(made.database)


@on_sqlite
def test_documents_that_the_storage_lost_are_named(made: Bureau, tmp_path: Path, passphrase: Path) -> None:
    with storage_address("folder", tmp_path) as documents:
        settings = Settings(home=tmp_path / "stored", documents=documents, backup_passphrase_file=passphrase)
        create(settings, ORIGIN, NAME).close()
        (lost,) = (tmp_path / "documents").iterdir()
        lost.unlink()
        answer = Console(settings, tmp_path).run("backup", tmp_path / "b", "--json", QIAN_DOCUMENTS=documents)
        assert answer.code == 1
        assert answer.json["lost_documents"] == [lost.name]
        assert (tmp_path / "b").exists()


def test_without_a_bureau_there_is_no_backup(place: Settings, tmp_path: Path) -> None:
    assert Console(place, tmp_path).json("backup", tmp_path / "b").error == "bureau_missing"
