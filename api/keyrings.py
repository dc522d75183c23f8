"""The log's keys, put together from the settings."""

from pathlib import Path

from api.settings import Settings
from ledger.errors import Invalid, Missing
from ledger.keyring import KeyFiles, Keyring, KeyStore
from ledger.keys import load_passphrase


def key_folder(settings: Settings) -> Path:
    """Return where the key files are."""
    return settings.home / "keys"


def keyring_of(settings: Settings) -> Keyring:
    """Return the log's keys, in files and in the HSM if there is one; new files are encrypted if a passphrase is set.

    Raises Invalid("hsm_settings_missing"), Missing("hsm_library_missing").
    """
    files = KeyFiles(key_folder(settings), settings.passphrase)
    if settings.pkcs11_module is None and settings.signer == "file":
        return Keyring([files], files)
    hsm = _hsm_keys(settings)
    return Keyring([files, hsm], files if settings.signer == "file" else hsm)


def _hsm_keys(settings: Settings) -> KeyStore:
    module, token, pin_file = settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file
    if module is None or token is None or pin_file is None:
        raise Invalid("hsm_settings_missing")
    try:
        from ledger.hsm import HsmKeys
    except ModuleNotFoundError:
        raise Missing("hsm_library_missing") from None
    return HsmKeys(module, token, settings.pkcs11_label, load_passphrase(pin_file))
