"""Signing in: by a password and a code, by an invitation, by a client's secret; and whom a token stands for later.

Whoever is refused learns nothing but that: not whether there is such a user, nor what was wrong. A try is counted in a
transaction of its own, and the slow hash of a password is made in none, so that nobody waits for it.
"""

import dataclasses
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor
from ledger.errors import Forbidden
from sampling.users import attempts, one_time_codes, passwords, registry
from sampling.users.registry import Credential
from sampling.users.secret_texts import UserKeys, digest, is_secret, recovery_digest
from sampling.users.states import CLIENT_PREFIX, State, Step, User, Way, client_subject


class Store(Protocol):
    """Where transactions come from."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open a transaction that sees one snapshot."""

    def write(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes."""


@dataclass(frozen=True)
class Session:
    """Who signed in, and the number of the user's sessions that a token of it names."""

    actor: Actor
    sessions: int


@dataclass(frozen=True)
class Proof:
    """What somebody shows: who he says that he is, a password, and a one-time or recovery code where he has one."""

    subject: str
    password: str
    code: str = ""


def sign_in(store: Store, keys: UserKeys, now: datetime, proof: Proof, address: str | None) -> Session:
    """Sign a user in; raises Forbidden("sign_in_refused"), whatever is wrong."""
    user, held = prove(store, keys, now, proof, address)
    return Session(user.actor, held.sessions)


def prove(store: Store, keys: UserKeys, now: datetime, proof: Proof, address: str | None) -> tuple[User, Credential]:
    """Return an active user and what he proved himself by; raises Forbidden("sign_in_refused").

    A recovery code is used up by it, and so is a one-time code.
    """
    with store.write() as tx:
        attempt = attempts.begin(tx, now, keys, proof.subject, address)
    with store.read() as tx:
        found = registry.find(tx, proof.subject)
        hashed = registry.credential(tx, proof.subject).proof
    by_password = found is not None and found.way is Way.PASSWORD
    is_right = passwords.is_password(hashed if by_password else "", proof.password)
    with store.write() as tx:
        log.lock(tx)  # so that no code counts twice
        user, held = registry.find(tx, proof.subject), registry.credential(tx, proof.subject)
        is_right &= user is not None and user.state is State.ACTIVE and held.proof == hashed
        taken = _taken(keys, now, proof, held)
        if user is not None and taken is not None and is_right:
            attempts.succeed(tx, now, attempt)
            if taken.recovery != held.recovery:
                user = registry.record(tx, user.actor, now, Step.RECOVERY_USED, _next(user), taken)
            else:
                registry.keep_credential(tx, user.subject, taken)
            return user, taken
    raise Forbidden("sign_in_refused")


def accept(store: Store, keys: UserKeys, now: datetime, invitation: str, password: str, address: str | None) -> Session:
    """Let an invited user choose a password, and sign him in; the invitation is used up.

    Nothing that was tried under his name at his address locks him out there any more.

    Raises Forbidden("invitation_refused"), and what is wrong with the password.
    """
    with store.read() as tx:
        subject, _ = _invited(tx, now, invitation)
    hashed = passwords.hashed(subject, password)
    with store.write() as tx:
        log.lock(tx)
        subject, held = _invited(tx, now, invitation)
        user = registry.require(tx, subject)
        attempts.welcome(tx, now, keys, subject, address)
        held = dataclasses.replace(held, proof=hashed, invitation="", invited_until=None)
        accepted = dataclasses.replace(_next(user), state=State.ACTIVE)
        user = registry.record(tx, user.actor, now, Step.ACCEPTED, accepted, held)
        return Session(user.actor, held.sessions)


def sign_client_in(tx: Connection, client: str, secret: str) -> Session:
    """Sign a peer department's client in; raises Forbidden("client_refused").

    Its secret has too many bits to be guessed, so that nobody is locked out by tries of others.
    """
    subject = client_subject(client)
    found, held = registry.find(tx, subject), registry.credential(tx, subject)
    is_right = is_secret(held.proof, secret)
    if not is_right or found is None or found.way is not Way.CLIENT or found.state is not State.ACTIVE:
        raise Forbidden("client_refused")
    return Session(found.actor, held.sessions)


def of_session(tx: Connection, subject: str, sessions: int) -> Actor:
    """Return whom a token of a session stands for, as he is now; raises Forbidden("token_refused")."""
    found = registry.find(tx, subject)
    if found is None or found.state is not State.ACTIVE or registry.credential(tx, subject).sessions != sessions:
        raise Forbidden("token_refused")
    return found.actor


def of_provider(tx: Connection, subject: str) -> Actor:
    """Return the user whom the provider signed in under a subject; raises Forbidden: user_unknown, user_disabled."""
    found = registry.find(tx, subject)
    if found is None or found.way is not Way.PROVIDER:
        raise Forbidden("user_unknown", subject=subject)
    if found.state is not State.ACTIVE:
        raise Forbidden("user_disabled", subject=subject)
    return found.actor


def of_claims(tx: Connection, actor: Actor) -> Actor:
    """Return whom the provider signed in and gave his role, unless it is somebody who signs in otherwise, or disabled.

    Raises Forbidden: user_unknown, user_disabled.
    """
    found = registry.find(tx, actor.subject)
    if actor.subject.startswith(CLIENT_PREFIX) or (found is not None and found.way is not Way.PROVIDER):
        raise Forbidden("user_unknown", subject=actor.subject)
    if found is not None and found.state is not State.ACTIVE:
        raise Forbidden("user_disabled", subject=actor.subject)
    return actor


def require_not_disabled(tx: Connection, subject: str) -> None:
    """Refuse whoever was disabled, though his token tells his role itself; raises Forbidden("user_disabled")."""
    found = registry.find(tx, subject)
    if found is not None and found.state is State.DISABLED:
        raise Forbidden("user_disabled", subject=subject)


def _invited(tx: Connection, now: datetime, invitation: str) -> tuple[str, Credential]:
    subject = registry.invited(tx, digest(invitation))
    if subject is not None:
        user, held = registry.find(tx, subject), registry.credential(tx, subject)
        is_open = held.invited_until is not None and now < held.invited_until
        if is_open and user is not None and user.state is State.INVITED:
            return subject, held
    raise Forbidden("invitation_refused")


def _taken(keys: UserKeys, now: datetime, proof: Proof, held: Credential) -> Credential | None:
    """Return what is left after a code was used, None where a code is due that was not shown."""
    if not held.second_factor:
        return held
    secret = keys.decrypt(proof.subject, held.second_factor)
    step = None if secret is None else one_time_codes.step_of_code(secret, proof.code, now, held.used_step)
    if step is not None:
        return dataclasses.replace(held, used_step=step)
    code = recovery_digest(proof.code)
    if code not in held.recovery:
        return None
    return dataclasses.replace(held, recovery=[each for each in held.recovery if each != code])


def _next(user: User) -> User:
    return dataclasses.replace(user, version=user.version + 1)
