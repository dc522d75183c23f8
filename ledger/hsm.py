"""Keys in a hardware security module, through PKCS #11: Ed25519 as EdDSA on edwards25519 (OASIS PKCS #11 3.0, 2.3).

A log's keys are pairs of one label, told apart by their public keys; the private ones never leave the module. This is
the one module that needs python-pkcs11, which the extra `hsm` installs.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, Session
from pkcs11.exceptions import NoSuchToken, PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn

from ledger.errors import Conflict, Invalid, Missing
from ledger.keys import Passphrase
from ledger.note import ED25519, Verifier

_EDWARDS25519: Final = bytes.fromhex("06032b6570")  # the object identifier id-Ed25519 (RFC 8410), in DER
_PUBLIC_KEY_BYTES: Final = 32
_ID_BYTES: Final = 16

Result = TypeVar("Result")


class HsmSigner:
    """Signs notes with a private key inside a token; a `ledger.note.Signer`."""

    def __init__(self, keys: "HsmKeys", verifier: Verifier) -> None:
        """Sign for a verifier whose key the token holds."""
        self.name = verifier.name
        self.verifier_key = verifier.vkey
        self._keys = keys
        self._verifier = verifier

    def __repr__(self) -> str:
        return f"HsmSigner({self.verifier_key})"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature (RFC 8032); raises Conflict("hsm_failed")."""
        return self._keys.sign(self._verifier, message)


class HsmKeys:
    """A `ledger.keyring.KeyStore`: the key pairs of one label in a token."""

    def __init__(self, module: Path, token: str, label: str, pin: Passphrase) -> None:
        """Name the PKCS #11 library, the token, the keys' label and the user PIN; nothing is opened before its need."""
        self._module = module
        self._token = token
        self._label = label
        self._pin = pin
        self._pin_refused = False
        self._session: Session | None = None
        self._lock = RLock()

    def create(self, name: str) -> HsmSigner:
        """Make a key pair in the token, which keeps the private one to itself; raises as `find` does."""

        def generate(session: Session) -> bytes:
            curve = session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _EDWARDS25519}, local=True
            )
            public, _ = curve.generate_keypair(
                id=secrets.token_bytes(_ID_BYTES),
                label=self._label,
                store=True,
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.SIGN: True},
            )
            return _point(public)

        return HsmSigner(self, Verifier(name, ED25519, self._run(generate)))

    def find(self, verifier: Verifier) -> HsmSigner | None:
        """Return the signer of a key that the token holds.

        Raises Invalid: hsm_module_unusable, hsm_pin_wrong; Missing("hsm_token_missing"); Conflict("hsm_failed").
        """
        held = self._run(lambda session: self._private_key(session, verifier) is not None)
        return HsmSigner(self, verifier) if held else None

    def sign(self, verifier: Verifier, message: bytes) -> bytes:
        """Return the signature by the key of a verifier; raises as `find` does, and Missing("log_key_missing")."""

        def sign(session: Session) -> bytes:
            key = self._private_key(session, verifier)
            if key is None:
                raise Missing("log_key_missing", key=verifier.vkey)
            return bytes(key.sign(message, mechanism=Mechanism.EDDSA))

        return self._run(sign)

    def _private_key(self, session: Session, verifier: Verifier) -> Any:
        wanted = {Attribute.LABEL: self._label, Attribute.KEY_TYPE: KeyType.EC_EDWARDS}
        for public in list(session.get_objects({**wanted, Attribute.CLASS: ObjectClass.PUBLIC_KEY})):
            if _point(public) == verifier.public_key:
                pair = {**wanted, Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: public[Attribute.ID]}
                return next(iter(list(session.get_objects(pair))), None)
        return None

    def _run(self, work: Callable[[Session], Result]) -> Result:
        """Work in the open session; where that has ended, such as by a restart of the token, in a new one."""
        with self._lock, self._refusing():
            if self._session is not None:
                try:
                    return work(self._session)
                except PKCS11Error:
                    with suppress(PKCS11Error):
                        self._session.close()
            self._session = None
            self._session = self._open()
            return work(self._session)

    def _open(self) -> Session:
        if self._pin_refused:
            raise PinIncorrect  # a token is locked after a few wrong PINs
        try:
            library = pkcs11.lib(str(self._module))
        except (PKCS11Error, RuntimeError, OSError):
            raise Invalid("hsm_module_unusable", path=str(self._module)) from None
        token = library.get_token(token_label=self._token)
        try:
            return token.open(rw=True, user_pin=self._pin.value.decode("utf-8", "replace"))
        except UserAlreadyLoggedIn:  # this process is, by another session
            return token.open(rw=True)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except NoSuchToken:
            raise Missing("hsm_token_missing", token=self._token) from None
        except (PinIncorrect, PinLocked):
            self._pin_refused = True
            raise Invalid("hsm_pin_wrong", token=self._token) from None
        except PKCS11Error as error:
            raise Conflict("hsm_failed", token=self._token, reason=type(error).__name__) from None


def _point(public: Any) -> bytes:
    """Return the 32 bytes of a public key; most modules wrap them in a DER OCTET STRING."""
    return bytes(public[Attribute.EC_POINT])[-_PUBLIC_KEY_BYTES:]
