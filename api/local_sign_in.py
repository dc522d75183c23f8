"""Signing in here, whichever door asks: hashed in turn beside others, and counted and logged where it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from anyio.to_thread import run_sync

from api import tokens
from api.bureau import Bureau
from ledger.actors import Actor
from ledger.errors import Forbidden
from sampling.users import signing_in
from sampling.users.signing_in import Proof, Session
from schema.context import Serving


@dataclass(frozen=True)
class SignIn:
    """A way to sign in that somebody asks for, and how long its token is good."""

    session: Callable[[], Session]
    lifetime: timedelta


@dataclass(frozen=True)
class Issued:
    """A token, and whom it stands for."""

    token: str
    actor: Actor


def by_password(bureau: Bureau, proof: Proof, address: str | None) -> SignIn:
    """Sign in by a password, and a code where the user has a second factor."""
    session = partial(signing_in.sign_in, bureau, bureau.user_keys, bureau.now, proof, address)
    return SignIn(session, bureau.session_lifetime)


def by_invitation(bureau: Bureau, invitation: str, password: str, address: str | None) -> SignIn:
    """Choose a password, and sign in."""
    session = partial(signing_in.accept, bureau, bureau.user_keys, bureau.now, invitation, password, address)
    return SignIn(session, bureau.session_lifetime)


async def issue(bureau: Bureau, serving: Serving, wanted: SignIn, address: str | None) -> Issued:
    """Return a token for whoever signs in; raises what the way to do so raises."""
    try:
        session = await run_sync(wanted.session, limiter=serving.hashing)
    except Forbidden as refusal:
        serving.observer.sign_in_failed(refusal.code, address)
        raise
    token = tokens.issue(bureau.token_key, bureau.origin, session.actor, bureau.now, wanted.lifetime, session.sessions)
    return Issued(token, session.actor)
