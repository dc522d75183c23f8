"""A bureau whose log is signed in a hardware security module, against SoftHSM 2."""

import pytest

from api.auditing import audit_bureau
from api.bureau import Bureau, create
from api.settings import Settings
from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Invalid, Missing
from ledger.log import NewEntry
from ledger.note import Verifier, open_checkpoint
from tests.api.conftest import ORIGIN
from tests.softhsm import SoftHsm, softhsm

__all__ = ["softhsm"]

# The library is finalised under open sessions on purpose, and its objects complain when they are collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
AUDITOR = Actor("auditor", Role.AUDITOR)


@pytest.fixture
def in_hsm(settings: Settings, softhsm: SoftHsm) -> Settings:
    """Settings under which new keys are made in the token."""
    return settings.model_copy(
        update={
            "signer": "pkcs11",
            "pkcs11_module": softhsm.module,
            "pkcs11_token": softhsm.token,
            "pkcs11_pin_file": softhsm.pin_file,
        }
    )


def note_down(bureau: Bureau) -> Verifier:
    """Append an entry and return the key that signed the checkpoint of it."""
    with bureau.write() as tx:
        log.append(tx, bureau.now, [NewEntry("test.noted", "a")])
    with bureau.read() as tx:
        opened = open_checkpoint(log.checkpoint(tx), bureau.verifiers)
        assert opened.checkpoint.size == log.size(tx)
    return opened.signatures[0].verifier


def key_files(settings: Settings) -> list[str]:
    return sorted(file.name for file in (settings.home / "keys").glob("log-*.key"))


def test_a_bureau_begins_with_a_key_in_the_token(in_hsm: Settings) -> None:
    bureau = create(in_hsm, ORIGIN, "测试单位")
    assert key_files(in_hsm) == []
    assert note_down(bureau) == bureau.verifier
    bureau.close()
    reopened = Bureau(in_hsm)
    assert note_down(reopened) == bureau.verifier
    assert audit_bureau(reopened, AUDITOR) == []
    reopened.close()


def test_a_log_is_handed_over_from_a_file_to_the_token_and_back(settings: Settings, in_hsm: Settings) -> None:
    create(settings, ORIGIN, "测试单位").close()
    bureau = Bureau(in_hsm)
    (in_file,) = bureau.verifiers
    assert note_down(bureau) == in_file
    bureau.rotate_key(ADMINISTRATOR)
    in_token = note_down(bureau)
    assert in_token == bureau.verifier != in_file
    assert key_files(in_hsm) == [f"log-{in_file.key_id.hex()}.key"]

    back = Bureau(in_hsm.model_copy(update={"signer": "file"}))
    back.rotate_key(ADMINISTRATOR)
    assert note_down(back) == back.verifier
    assert back.verifiers[1:] == [in_token, in_file]
    assert len(key_files(in_hsm)) == 2
    for each in (bureau, back):
        assert audit_bureau(each, AUDITOR) == []
        each.close()


def test_rotating_inside_the_token_makes_another_key_of_the_same_label(in_hsm: Settings) -> None:
    bureau = create(in_hsm, ORIGIN, "测试单位")
    bureau.rotate_key(ADMINISTRATOR)
    assert note_down(bureau) == bureau.verifier
    assert len(set(bureau.verifiers)) == 2
    bureau.close()


def test_while_the_token_is_away_work_stands_and_is_signed_later(in_hsm: Settings, softhsm: SoftHsm) -> None:
    bureau = create(in_hsm, ORIGIN, "测试单位")
    tokens = softhsm.pin_file.parent / "tokens"
    tokens.rename(tokens.with_name("away"))
    tokens.mkdir()
    softhsm.restart()
    with bureau.write() as tx:
        size = log.append(tx, bureau.now, [NewEntry("test.noted", "a")])[-1].seq + 1
    with pytest.raises(Missing, match="hsm_token_missing"):
        bureau.sign()
    tokens.rmdir()
    tokens.with_name("away").rename(tokens)
    softhsm.restart()
    bureau.sign()
    with bureau.read() as tx:
        assert open_checkpoint(log.checkpoint(tx), [bureau.verifier]).checkpoint.size == size
    bureau.close()


@pytest.mark.parametrize("missing", ["pkcs11_module", "pkcs11_token", "pkcs11_pin_file"])
def test_settings_that_are_not_complete_are_refused(in_hsm: Settings, missing: str) -> None:
    with pytest.raises(Invalid, match="hsm_settings_missing"):
        create(in_hsm.model_copy(update={missing: None}), ORIGIN, "测试单位")
    assert list((in_hsm.home / "keys").iterdir()) == []
