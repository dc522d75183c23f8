"""A bureau's key: kept as the settings say, rotated at any time, and whole wherever a rotation is killed."""

import os
import signal
from datetime import timedelta
from itertools import count
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from api import tokens
from api.auditing import BINDINGS, CHECKS, audit_bureau
from api.bureau import Bureau, create
from api.command_line.app import run
from api.settings import Settings
from ledger import audit, key_rotation, log
from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Invalid, Missing
from ledger.keyring import KeyFiles, Keyring
from ledger.keys import is_encrypted
from ledger.log import NewEntry
from ledger.note import Verifier, open_note
from ledger.rotation import ROTATED
from ledger.tables import log_checkpoint
from tests.api.conftest import ORIGIN
from tests.forked import processes
from tests.ledger.stepwise import on_steps

ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
AUDITOR = Actor("auditor", Role.AUDITOR)
PASSPHRASE = SecretStr("correct horse battery staple")


def key_file(bureau: Bureau, verifier: Verifier) -> Path:
    return bureau.settings.home / "keys" / f"log-{verifier.key_id.hex()}.key"


def note_down(bureau: Bureau) -> None:
    with bureau.write() as tx:
        log.append(tx, bureau.now, [NewEntry("test.noted", "a")])


def newest_signer(bureau: Bureau) -> str:
    with bureau.read() as tx:
        (signature,) = open_note(log.checkpoint(tx), bureau.verifiers).signatures
    return signature.verifier.vkey


def test_a_bureau_s_key_is_a_file_of_its_id(bureau: Bureau) -> None:
    files = sorted(file.name for file in (bureau.settings.home / "keys").iterdir())
    assert files == sorted([key_file(bureau, bureau.verifier).name, "pseudonym.key", "token.key"])
    assert not is_encrypted(key_file(bureau, bureau.verifier))


def test_after_a_rotation_the_new_key_signs_and_the_old_one_is_kept(bureau: Bureau) -> None:
    old = bureau.verifier
    entry = bureau.rotate_key(ADMINISTRATOR)
    assert (entry.kind, entry.subject) == (ROTATED, ORIGIN)
    assert newest_signer(bureau) == old.vkey
    note_down(bureau)
    assert newest_signer(bureau) == bureau.verifier.vkey == entry.body["vkey"] != old.vkey
    assert bureau.verifiers == [bureau.verifier, old]
    assert all(key_file(bureau, verifier).stat().st_mode & 0o777 == 0o600 for verifier in bureau.verifiers)
    assert audit_bureau(bureau, AUDITOR) == []


def test_only_an_administrator_rotates_and_for_others_no_key_is_made(bureau: Bureau) -> None:
    before = sorted((bureau.settings.home / "keys").iterdir())
    with pytest.raises(Forbidden):
        bureau.rotate_key(AUDITOR)
    assert sorted((bureau.settings.home / "keys").iterdir()) == before


def test_another_process_signs_by_the_new_key_at_once(bureau: Bureau) -> None:
    other = Bureau(bureau.settings)
    new = str(other.rotate_key(ADMINISTRATOR).body["vkey"])
    note_down(bureau)
    assert newest_signer(bureau) == new
    assert audit_bureau(bureau, AUDITOR) == []
    other.close()


def test_a_bureau_that_was_rotated_opens_by_its_new_key(bureau: Bureau) -> None:
    bureau.rotate_key(ADMINISTRATOR)
    old = bureau.verifiers[1]
    note_down(bureau)
    key_file(bureau, old).unlink()
    opened = Bureau(bureau.settings)
    note_down(opened)
    assert audit_bureau(opened, AUDITOR) == []
    opened.close()


def test_without_its_current_key_a_bureau_does_not_open(bureau: Bureau) -> None:
    bureau.rotate_key(ADMINISTRATOR)
    key_file(bureau, bureau.verifier).unlink()
    with pytest.raises(Missing) as refused:
        Bureau(bureau.settings)
    assert (refused.value.code, refused.value.parameters) == ("log_key_missing", {"key": bureau.verifier.vkey})


def test_work_that_cannot_be_signed_now_stands_and_is_signed_later(bureau: Bureau) -> None:
    """Such as on a machine that has not got the new key's file yet."""
    elsewhere = Bureau(bureau.settings)
    elsewhere.keyring = Keyring([], KeyFiles(Path("/nowhere"), None))
    with bureau.read() as tx:
        size = log.size(tx)
    note_down(elsewhere)
    with bureau.read() as tx:
        assert log.size(tx) == size + 1
        assert tx.execute(select(func.max(log_checkpoint.c.size))).scalar() == size
    bureau.sign()
    with bureau.read() as tx:
        assert tx.execute(select(func.max(log_checkpoint.c.size))).scalar() == size + 1
    elsewhere.close()


def test_a_forged_log_that_hands_itself_over_to_the_bureau_s_key_does_not_pass_the_audit(
    bureau: Bureau, tmp_path: Path
) -> None:
    """Anybody can begin another log and name the bureau's key in it; but its checkpoint has a key that is not here."""
    forger = create(Settings(home=tmp_path / "forger"), ORIGIN, "测试单位")
    signer = forger.keyring.signer(forger.verifier)
    with forger.write() as tx:
        key_rotation.rotate_key(tx, ADMINISTRATOR, forger.now, signer, bureau.keyring.signer(bureau.verifier))
    forger.close()
    deceived = Bureau(bureau.settings.model_copy(update={"database_url": SecretStr(forger.settings.url)}))
    assert deceived.verifier == bureau.verifier
    with pytest.raises(Missing, match="log_key_missing"):
        audit_bureau(deceived, AUDITOR)
    deceived.close()


def test_with_a_passphrase_all_new_keys_are_encrypted(settings: Settings) -> None:
    locked = settings.model_copy(update={"key_passphrase": PASSPHRASE})
    bureau = create(locked, ORIGIN, "测试单位", encrypt_key=True)
    bureau.rotate_key(ADMINISTRATOR)
    note_down(bureau)
    assert all(is_encrypted(key_file(bureau, verifier)) for verifier in bureau.verifiers)
    assert audit_bureau(bureau, AUDITOR) == []
    bureau.close()
    with pytest.raises(Invalid, match="passphrase_missing"):
        Bureau(settings)
    with pytest.raises(Invalid, match="passphrase_wrong"):
        Bureau(settings.model_copy(update={"key_passphrase": SecretStr("another")}))


def test_the_passphrase_s_file_comes_before_the_passphrase_itself(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.touch(mode=0o600)
    file.write_text("from the file\n")
    both = settings.model_copy(update={"key_passphrase": PASSPHRASE, "key_passphrase_file": file})
    assert both.passphrase is not None
    assert both.passphrase.value == b"from the file"
    file.chmod(0o644)
    with pytest.raises(Invalid, match="key_file_readable_by_others"):
        create(both, ORIGIN, "测试单位")
    assert PASSPHRASE.get_secret_value() not in repr(both)


def test_an_encrypted_key_was_asked_for_and_without_a_passphrase_nothing_is_made(settings: Settings) -> None:
    with pytest.raises(Invalid, match="encryption_without_passphrase"):
        create(settings, ORIGIN, "测试单位", encrypt_key=True)
    assert not (settings.home / "keys").exists()


def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIAN_KEY_PASSPHRASE_FILE", "")
    assert Settings().passphrase is None


def rotate_killed_at(settings: Settings, place: int) -> None:
    """Rotate, and die at the step of that number."""
    steps = count()

    def step(_name: str) -> None:
        if next(steps) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    bureau = Bureau(settings)
    on_steps(bureau.database, step)
    bureau.rotate_key(ADMINISTRATOR)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_rotation_killed_at_any_step_leaves_a_log_that_goes_on(bureau: Bureau) -> None:
    """On one engine, since a rotation appends as any use case does, which tests/ledger kills on both."""
    first = bureau.verifier
    outcomes = set()
    for place in count():
        before = bureau.verifier
        rotating = processes.Process(target=rotate_killed_at, args=(bureau.settings, place))
        rotating.start()
        rotating.join()
        after = Bureau(bureau.settings)
        with after.read() as tx:
            unsigned = log.size(tx) - tx.execute(select(func.max(log_checkpoint.c.size))).scalar_one()
        outcomes.add((after.verifier != before, unsigned))
        note_down(after)
        assert newest_signer(after) == after.verifier.vkey
        with after.read() as tx:
            assert audit.audit(tx, first, BINDINGS, CHECKS) == []
        after.close()
        if rotating.exitcode == 0:
            break
        assert rotating.exitcode == -signal.SIGKILL
    assert outcomes == {(False, 0), (True, 1), (True, 0)}
    with bureau.read() as tx:
        ends = [key.since - 1 for key in key_rotation.log_keys(tx)[1:]]
        assert set(ends) <= set(tx.execute(select(log_checkpoint.c.size)).scalars())
    assert audit_bureau(bureau, AUDITOR) == []


@pytest.fixture
def at_the_console(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """A bureau that the command line's settings name, under an administrator's token."""
    token = tokens.issue(bureau.token_key, ORIGIN, ADMINISTRATOR, bureau.now, timedelta(days=1))
    monkeypatch.setenv("QIAN_HOME", str(bureau.settings.home))
    monkeypatch.setenv("QIAN_DATABASE_URL", bureau.settings.url)
    monkeypatch.setenv("QIAN_TOKEN", token)
    return bureau


def test_the_command_line_rotates_and_shows_the_keys(
    at_the_console: Bureau, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    old = at_the_console.verifier.vkey
    assert run(["key", "rotate", "--json"]) == 0
    rotated = orjson.loads(capfdbinary.readouterr().out)
    with at_the_console.read() as tx:
        size = log.size(tx)
    assert rotated == {"vkey": at_the_console.verifier.vkey, "before": old, "entry": size - 1}
    assert run(["key", "show", "--json"]) == 0
    assert orjson.loads(capfdbinary.readouterr().out) == {
        "keys": [
            {"vkey": at_the_console.verifier.vkey, "since": size + 1, "here": True},
            {"vkey": old, "since": 1, "here": True},
        ]
    }
    assert run(["key", "show"]) == 0
    shown = capfdbinary.readouterr().out.decode()
    places = [shown.index(verifier.key_id.hex()) for verifier in at_the_console.verifiers]
    assert places == sorted(places)
