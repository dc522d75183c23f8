"""What users do for themselves: another password, a second factor, an end to all their tokens."""

import dataclasses
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor
from ledger.errors import Conflict, Forbidden, Invalid
from sampling.users import one_time_codes, passwords, registry
from sampling.users.registry import Credential
from sampling.users.secret_texts import RECOVERY_CODES, UserKeys, new_recovery_code, recovery_digest
from sampling.users.signing_in import Proof, Session, Store, prove
from sampling.users.states import State, Step, User, Way


@dataclass(frozen=True)
class Authenticator:
    """A second factor that waits to be confirmed: its secret as it is typed, and as an otpauth:// address."""

    secret: str
    address: str


def change_password(
    store: Store, keys: UserKeys, now: datetime, actor: Actor, proof: Proof, password: str, address: str | None
) -> Session:
    """Choose another password; all tokens of before end, and the session is a new one.

    Raises Forbidden: sign_in_refused, Conflict("user_without_password"), and what is wrong with the password.
    """
    with store.read() as tx:
        _of(tx, actor)
    hashed = passwords.hashed(actor.subject, password)
    prove(store, keys, now, proof, address)
    with store.write() as tx:
        log.lock(tx)
        user, held = _of(tx, actor)
        held = dataclasses.replace(held, proof=hashed, sessions=held.sessions + 1)
        _record(tx, actor, now, Step.PASSWORD_CHANGED, user, held)
        return Session(user.actor, held.sessions)


def begin_second_factor(
    store: Store, keys: UserKeys, now: datetime, actor: Actor, proof: Proof, issuer: str, address: str | None
) -> Authenticator:
    """Make a second factor, which counts once it is confirmed; one of before counts until then.

    `issuer` is what an authenticator shows beside the user. Raises as `change_password`.
    """
    with store.read() as tx:
        _of(tx, actor)
    prove(store, keys, now, proof, address)
    secret = secrets.token_bytes(one_time_codes.SECRET_BYTES)
    with store.write() as tx:
        log.lock(tx)
        _, held = _of(tx, actor)
        pending = keys.encrypt(actor.subject, secret)
        registry.keep_credential(tx, actor.subject, dataclasses.replace(held, pending=pending))
    shown = address_of(secret, issuer, actor.subject)
    return Authenticator(one_time_codes.text_of(secret), shown)


def confirm_second_factor(tx: Connection, actor: Actor, now: datetime, keys: UserKeys, code: str) -> Sequence[str]:
    """Show that the authenticator has the secret; it counts from now on. Returns recovery codes, shown this once.

    Raises Conflict: user_without_password, second_factor_not_begun; Invalid("one_time_code_wrong").
    """
    log.lock(tx)
    user, held = _of(tx, actor)
    secret = keys.decrypt(actor.subject, held.pending) if held.pending else None
    if secret is None:
        raise Conflict("second_factor_not_begun")
    step = one_time_codes.step_of_code(secret, code, now, 0)
    if step is None:
        raise Invalid("one_time_code_wrong", field="code")
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    held = dataclasses.replace(
        held,
        second_factor=held.pending,
        pending=b"",
        used_step=step,
        recovery=[recovery_digest(each) for each in codes],
    )
    _record(tx, actor, now, Step.SECOND_FACTOR_SET, user, held)
    return codes


def sign_out(tx: Connection, actor: Actor) -> None:
    """End all tokens that a user has; raises Conflict("user_without_sessions") of who has none by signing in here."""
    actor.require_officer()
    log.lock(tx)  # so that nothing which changes meanwhile is written back
    found = registry.find(tx, actor.subject)
    if found is None or found.way is Way.PROVIDER:
        raise Conflict("user_without_sessions")
    held = registry.credential(tx, actor.subject)
    registry.keep_credential(tx, actor.subject, dataclasses.replace(held, sessions=held.sessions + 1))


def address_of(secret: bytes, issuer: str, subject: str) -> str:
    """Return the otpauth:// address that an authenticator takes in, mostly as a picture."""
    label = f"{quote(issuer)}:{quote(subject)}"
    return f"otpauth://totp/{label}?secret={one_time_codes.text_of(secret)}&issuer={quote(issuer, safe='')}"


def _of(tx: Connection, actor: Actor) -> tuple[User, Credential]:
    actor.require_officer()
    found = registry.find(tx, actor.subject)
    if found is None or found.way is not Way.PASSWORD:
        raise Conflict("user_without_password", subject=actor.subject)
    if found.state is not State.ACTIVE:
        raise Forbidden("user_disabled", subject=actor.subject)
    return found, registry.credential(tx, actor.subject)


def _record(tx: Connection, actor: Actor, now: datetime, step: Step, found: User, held: Credential) -> None:
    registry.record(tx, actor, now, step, dataclasses.replace(found, version=found.version + 1), held)
