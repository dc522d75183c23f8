"""Keys in a hardware security module, against SoftHSM 2: made there, found by their public key, never outside."""

from pathlib import Path

import pkcs11
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pkcs11 import Attribute, ObjectClass

from ledger.errors import Conflict, Invalid, Missing
from ledger.hsm import HsmKeys
from ledger.keyring import KeyFiles, Keyring
from ledger.keys import Passphrase
from ledger.note import Checkpoint, Signer, Verifier, open_checkpoint, sign_note
from tests.softhsm import PIN, SoftHsm, softhsm

__all__ = ["softhsm"]

# The library is finalised under open sessions on purpose, and its objects complain when they are collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ORIGIN = "log.example/qian"
NOBODY = Verifier(ORIGIN, 1, bytes(32))


def keys_in(hsm: SoftHsm, label: str = "qian", pin: str = PIN, within: str | None = None) -> HsmKeys:
    return HsmKeys(hsm.module, within or hsm.token, label, Passphrase(pin.encode()))


def verifier_of(signer: Signer) -> Verifier:
    return Verifier.from_vkey(signer.verifier_key)


def test_a_key_is_made_in_the_token_and_signs_checkpoints(softhsm: SoftHsm) -> None:
    signer = keys_in(softhsm).create(ORIGIN)
    note = sign_note(Checkpoint(ORIGIN, 7, bytes(32)).body(), [signer])
    assert open_checkpoint(note, [verifier_of(signer)]).checkpoint.size == 7


def test_signatures_are_plain_ed25519(softhsm: SoftHsm) -> None:
    signer = keys_in(softhsm).create(ORIGIN)
    public = Ed25519PublicKey.from_public_bytes(verifier_of(signer).public_key)
    for message in (b"", b"text", bytes(100_000)):
        public.verify(signer.sign(message), message)
    assert signer.sign(b"text") == signer.sign(b"text")
    with pytest.raises(InvalidSignature):
        public.verify(signer.sign(b"text"), b"other text")


def test_the_private_key_stays_in_the_token(softhsm: SoftHsm) -> None:
    keys_in(softhsm).create(ORIGIN)
    token = pkcs11.lib(str(softhsm.module)).get_token(token_label=softhsm.token)
    with token.open() as session:
        (private,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        assert private[Attribute.LABEL] == "qian"
        assert private[Attribute.SENSITIVE] is private[Attribute.ALWAYS_SENSITIVE] is True
        assert private[Attribute.EXTRACTABLE] is False
        assert private[Attribute.NEVER_EXTRACTABLE] is True


def test_a_key_is_found_again_by_its_verifier_in_another_process_s_place(softhsm: SoftHsm) -> None:
    verifiers = [verifier_of(keys_in(softhsm).create(ORIGIN)) for _ in range(3)]
    softhsm.restart()
    keys = keys_in(softhsm)
    for verifier in verifiers:
        found = keys.find(verifier)
        assert found is not None
        verifier.verify(b"text", found.sign(b"text"))
    assert keys.find(NOBODY) is None


def test_keys_of_another_label_are_not_the_log_s(softhsm: SoftHsm) -> None:
    verifier = verifier_of(keys_in(softhsm, "other").create(ORIGIN))
    assert keys_in(softhsm).find(verifier) is None


def test_a_token_that_was_restarted_signs_again(softhsm: SoftHsm) -> None:
    signer = keys_in(softhsm).create(ORIGIN)
    softhsm.restart()
    verifier_of(signer).verify(b"text", signer.sign(b"text"))


def test_two_users_of_one_token_in_a_process_do_not_disturb_each_other(softhsm: SoftHsm) -> None:
    one, two = keys_in(softhsm).create(ORIGIN), keys_in(softhsm).create(ORIGIN)
    for signer in (one, two, one, two):
        verifier_of(signer).verify(b"text", signer.sign(b"text"))


def test_a_key_that_has_left_the_token_is_said_to_be_missing(softhsm: SoftHsm) -> None:
    signer = keys_in(softhsm).create(ORIGIN)
    token = pkcs11.lib(str(softhsm.module)).get_token(token_label=softhsm.token)
    with token.open(rw=True) as session:
        for key in list(session.get_objects({Attribute.LABEL: "qian"})):
            key.destroy()
    with pytest.raises(Missing, match="log_key_missing"):
        signer.sign(b"text")


def test_a_wrong_pin_is_tried_once_since_a_token_counts_them(softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keys_in(softhsm, pin="wrong")
    with pytest.raises(Invalid) as refused:
        keys.find(NOBODY)
    assert (refused.value.code, refused.value.parameters) == ("hsm_pin_wrong", {"token": softhsm.token})
    with monkeypatch.context() as patched:
        patched.setattr(pkcs11, "lib", lambda _: pytest.fail("the token was asked again"))
        with pytest.raises(Invalid, match="hsm_pin_wrong"):
            keys.find(NOBODY)


def test_a_token_that_is_away_and_a_library_that_is_none_are_told(softhsm: SoftHsm, tmp_path: Path) -> None:
    with pytest.raises(Missing) as refused:
        keys_in(softhsm, within="elsewhere").find(NOBODY)
    assert (refused.value.code, refused.value.parameters) == ("hsm_token_missing", {"token": "elsewhere"})
    nothing = tmp_path / "nothing.so"
    for content in (None, b"no library"):
        if content is not None:
            nothing.write_bytes(content)
        with pytest.raises(Invalid, match="hsm_module_unusable"):
            HsmKeys(nothing, "token", "qian", Passphrase(b"pin")).find(NOBODY)


def test_a_token_that_fails_is_told_without_its_secrets(softhsm: SoftHsm) -> None:
    keys = keys_in(softhsm)
    signer = keys.create(ORIGIN)
    for file in softhsm.pin_file.parent.glob("tokens/*/*.object"):
        file.write_bytes(b"damaged")
    softhsm.restart()
    with pytest.raises((Conflict, Missing)) as refused:
        signer.sign(b"text")
    assert PIN not in f"{refused.value}{refused.value.parameters}{keys!r}{signer!r}{vars(keys)}"


def test_one_keyring_holds_keys_in_files_and_in_the_token(softhsm: SoftHsm, tmp_path: Path) -> None:
    files, hsm = KeyFiles(tmp_path, None), keys_in(softhsm)
    in_file = verifier_of(files.create(ORIGIN))
    keyring = Keyring([files, hsm], hsm)
    in_token = verifier_of(keyring.create(ORIGIN))
    softhsm.restart()
    for verifier in (in_file, in_token):
        verifier.verify(b"text", keyring.signer(verifier).sign(b"text"))
    assert files.find(in_token) is None
