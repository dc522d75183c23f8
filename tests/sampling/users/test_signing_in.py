"""Signing in: who is let in, that nobody learns why he is not, and whom a token stands for later."""

import time
from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Invalid
from ledger.keys import Secret
from sampling.users import managing, own, registry, signing_in
from sampling.users.lock_out import KNOWN_FOR, OF_ADDRESS, OF_NAME, OF_USER
from sampling.users.one_time_codes import code_at, step_of
from sampling.users.secret_texts import UserKeys
from sampling.users.signing_in import Proof
from tests.sampling.users.office import ADDRESS, ADMINISTRATOR, DAY, KEYS, MINUTE, NOW, PASSWORD, SECOND, Office

OTHER_PASSWORD = "another horse, another staple"  # noqa: S105
PLANNER = Actor("计划员", Role.PLANNER, "ZJ")


def refused(code: str, step: Callable[[], object]) -> None:
    with pytest.raises(Forbidden, match=code):
        step()


def authenticator(office: Office, actor: Actor) -> tuple[bytes, list[str]]:
    """Give a user a second factor; returns its secret and the recovery codes."""
    shown = own.begin_second_factor(office, KEYS, NOW, actor, Proof(actor.subject, PASSWORD), "样例局", ADDRESS)
    secret = b32decode(shown.secret)
    code = code_at(secret, step_of(NOW))
    return secret, list(office.do(lambda tx: own.confirm_second_factor(tx, actor, NOW, KEYS, code)))


def test_who_was_invited_chooses_a_password_and_signs_in_by_it(office: Office) -> None:
    assert office.accepted("计划员").actor == PLANNER
    session = office.sign_in("计划员")
    assert session.actor == PLANNER
    assert office.ask(lambda tx: signing_in.of_session(tx, "计划员", session.sessions)) == PLANNER


def test_an_invitation_is_good_once_and_for_a_week(office: Office) -> None:
    invitation = office.invite("计划员")
    refused("invitation_refused", lambda: signing_in.accept(office, KEYS, NOW + 7 * DAY, invitation, PASSWORD, None))
    signing_in.accept(office, KEYS, NOW + 7 * DAY - SECOND, invitation, PASSWORD, None)
    refused("invitation_refused", lambda: signing_in.accept(office, KEYS, NOW, invitation, PASSWORD, None))
    refused("invitation_refused", lambda: signing_in.accept(office, KEYS, NOW, "", PASSWORD, None))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("a" * 40, "password_plain"),
        ("计划员 计划员 2026 ok!", "password_plain"),
        ("0123456789" * 13, "password_long"),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(office: Office, password: str, code: str) -> None:
    invitation = office.invite("计划员")
    with pytest.raises(Invalid, match=code):
        signing_in.accept(office, KEYS, NOW, invitation, password, None)
    signing_in.accept(office, KEYS, NOW, invitation, PASSWORD, None)


def test_whatever_is_wrong_is_answered_the_same(office: Office) -> None:
    office.accepted("planner")
    office.invite("invited")
    office.accepted("disabled")
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "disabled"))
    office.do(lambda tx: managing.add(tx, ADMINISTRATOR, NOW, "elsewhere", Role.PLANNER, "ZJ"))
    for subject in ("nobody", "invited", "disabled", "elsewhere", "planner", ""):
        refused("sign_in_refused", partial(office.sign_in, subject, "a wrong password"))
    for subject in ("disabled", "invited", "elsewhere"):
        refused("sign_in_refused", partial(office.sign_in, subject))
    refused("sign_in_refused", lambda: office.sign_in("elsewhere", ""))


@pytest.mark.parametrize("subject", ["计划员", "nobody"])
def test_a_name_is_locked_at_an_address_after_failures_whether_it_exists_or_not(office: Office, subject: str) -> None:
    office.accepted("计划员")
    for _ in range(OF_USER.free):
        refused("sign_in_refused", lambda: office.sign_in(subject, "wrong"))
    refused("sign_in_refused", lambda: office.sign_in(subject, now=NOW + 29 * SECOND))
    if subject == "nobody":
        refused("sign_in_refused", lambda: office.sign_in(subject, now=NOW + 30 * SECOND))
        refused("sign_in_refused", lambda: office.sign_in(subject, now=NOW + 59 * SECOND))
    else:
        assert office.sign_in(subject, address="192.0.2.8").actor == PLANNER
        assert office.sign_in(subject, now=NOW + 30 * SECOND).actor == PLANNER


def test_a_name_is_locked_wherever_it_is_tried_from_but_not_at_the_users_own_address(office: Office) -> None:
    office.accepted("计划员")
    office.sign_in("计划员")
    for count in range(OF_NAME.free):
        refused("sign_in_refused", partial(office.sign_in, "计划员", "wrong", address=f"198.51.100.{count}"))
    refused("sign_in_refused", lambda: office.sign_in("计划员", address="192.0.2.8"))
    assert office.sign_in("计划员").actor == PLANNER
    assert office.sign_in("计划员", address="192.0.2.8", now=NOW + MINUTE).actor == PLANNER


def test_an_address_is_the_users_own_for_a_while_after_the_last_sign_in(office: Office) -> None:
    office.accepted("计划员")
    office.sign_in("计划员")
    late = NOW + KNOWN_FOR + SECOND
    for count in range(OF_NAME.free):
        refused("sign_in_refused", partial(office.sign_in, "计划员", "wrong", now=late, address=f"198.51.100.{count}"))
    refused("sign_in_refused", lambda: office.sign_in("计划员", now=late))


def test_failures_are_forgotten_with_a_success_and_after_a_day(office: Office) -> None:
    office.accepted("计划员")
    for _ in range(2):
        for _ in range(OF_USER.free - 1):
            refused("sign_in_refused", lambda: office.sign_in("计划员", "wrong"))
        office.sign_in("计划员")
    for _ in range(OF_USER.free):
        refused("sign_in_refused", lambda: office.sign_in("计划员", "wrong"))
    for _ in range(OF_USER.free - 1):
        refused("sign_in_refused", lambda: office.sign_in("计划员", "wrong", now=NOW + DAY + SECOND))
    office.sign_in("计划员", now=NOW + DAY + SECOND)


def test_an_address_is_locked_whatever_names_it_tries(office: Office) -> None:
    office.accepted("计划员")
    for count in range(OF_ADDRESS.free):
        refused("sign_in_refused", partial(office.sign_in, f"name-{count}", "wrong"))
    refused("sign_in_refused", lambda: office.sign_in("计划员"))
    assert office.sign_in("计划员", address="2001:db8::1").actor == PLANNER
    assert office.sign_in("计划员", now=NOW + MINUTE).actor == PLANNER
    for count in range(OF_ADDRESS.free):
        with suppress(Forbidden):  # who waits out a lock has one try less
            office.sign_in(f"other-{count}", "wrong", now=NOW + MINUTE)
    assert office.sign_in("计划员", now=NOW + MINUTE).actor == PLANNER


def test_tries_at_once_count_as_those_one_after_another(office_on_each: Office) -> None:
    office = office_on_each
    office.accepted("计划员")

    def guess(number: int) -> str:
        try:
            office.sign_in("计划员", f"wrong password {number}")
        except Forbidden as refusal:
            return refusal.code
        return ""

    with ThreadPoolExecutor(4) as guessing:
        assert set(guessing.map(guess, range(OF_USER.free))) == {"sign_in_refused"}
    refused("sign_in_refused", lambda: office.sign_in("计划员"))


def test_with_a_second_factor_a_password_alone_is_not_enough(office: Office) -> None:
    office.accepted("计划员")
    secret, _ = authenticator(office, PLANNER)
    refused("sign_in_refused", lambda: office.sign_in("计划员"))
    refused("sign_in_refused", lambda: office.sign_in("计划员", code="000000"))
    used = code_at(secret, step_of(NOW))
    refused("sign_in_refused", lambda: office.sign_in("计划员", code=used))
    later = NOW + MINUTE
    fresh = code_at(secret, step_of(later))
    refused("sign_in_refused", lambda: office.sign_in("计划员", "wrong", fresh, later))
    assert office.sign_in("计划员", code=fresh, now=later).actor == PLANNER
    refused("sign_in_refused", lambda: office.sign_in("计划员", code=fresh, now=later))


def test_a_recovery_code_stands_for_one_sign_in(office_on_each: Office) -> None:
    office = office_on_each
    office.accepted("计划员")
    _, codes = authenticator(office, PLANNER)
    assert len(set(codes)) == 10
    office.sign_in("计划员", code=codes[3].upper().replace("-", " "))
    refused("sign_in_refused", lambda: office.sign_in("计划员", code=codes[3]))
    office.sign_in("计划员", code=codes[4])


def test_another_password_ends_all_tokens_of_before(office: Office) -> None:
    before = office.accepted("计划员")
    proof = Proof("计划员", PASSWORD)
    after = own.change_password(office, KEYS, NOW, PLANNER, proof, OTHER_PASSWORD, ADDRESS)
    refused("token_refused", lambda: office.ask(lambda tx: signing_in.of_session(tx, "计划员", before.sessions)))
    assert office.ask(lambda tx: signing_in.of_session(tx, "计划员", after.sessions)) == PLANNER
    refused("sign_in_refused", lambda: office.sign_in("计划员"))
    assert office.sign_in("计划员", OTHER_PASSWORD).actor == PLANNER
    refused(
        "sign_in_refused",
        lambda: own.change_password(office, KEYS, NOW, PLANNER, proof, "yet another password", ADDRESS),
    )


def test_signing_out_ends_all_tokens(office: Office) -> None:
    before = office.accepted("计划员")
    office.do(lambda tx: own.sign_out(tx, PLANNER))
    refused("token_refused", lambda: office.ask(lambda tx: signing_in.of_session(tx, "计划员", before.sessions)))
    office.refuse("user_without_sessions", lambda tx: own.sign_out(tx, ADMINISTRATOR))


@pytest.mark.parametrize("ends", [managing.invite_again, managing.disable])
def test_signing_out_brings_nothing_back_that_is_taken_meanwhile(
    office_on_each: Office, ends: Callable[..., object]
) -> None:
    office = office_on_each
    office.accepted("计划员")
    before = office.ask(lambda tx: registry.credential(tx, "计划员"))
    with ThreadPoolExecutor(1) as beside:
        with office.write() as tx:
            ends(tx, ADMINISTRATOR, NOW, "计划员")
            taken = registry.credential(tx, "计划员")
            signed_out = beside.submit(office.do, lambda tx: own.sign_out(tx, PLANNER))
            time.sleep(0.3)  # so that it reads before this is committed, where nothing keeps it from that
        signed_out.result()
    after = office.ask(lambda tx: registry.credential(tx, "计划员"))
    assert after.sessions == taken.sessions + 1 == before.sessions + 2
    assert replace(after, sessions=0) == replace(taken, sessions=0)


def test_who_accepts_an_invitation_is_locked_out_no_more_where_he_did(office: Office) -> None:
    office.accepted("计划员")
    for _ in range(OF_USER.free):
        refused("sign_in_refused", lambda: office.sign_in("计划员", "forgotten"))
    refused("sign_in_refused", lambda: office.sign_in("计划员"))
    again = office.do(lambda tx: managing.invite_again(tx, ADMINISTRATOR, NOW, "计划员")).secret
    signing_in.accept(office, KEYS, NOW, again, OTHER_PASSWORD, ADDRESS)
    assert office.sign_in("计划员", OTHER_PASSWORD).actor == PLANNER


def test_a_client_signs_in_by_its_secret_until_it_is_another_one_or_disabled(office: Office) -> None:
    peer = Actor("client:sc", Role.PEER, "SC")
    first = office.do(lambda tx: managing.add_client(tx, ADMINISTRATOR, NOW, "sc", "SC")).secret
    session = office.ask(lambda tx: signing_in.sign_client_in(tx, "sc", first))
    assert session.actor == peer
    second = office.do(lambda tx: managing.rotate_secret(tx, ADMINISTRATOR, NOW, "client:sc")).secret
    refused("token_refused", lambda: office.ask(lambda tx: signing_in.of_session(tx, "client:sc", session.sessions)))
    for name, secret in (("sc", first), ("sc", ""), ("zj", second), ("client:sc", second)):
        sign_in = partial(signing_in.sign_client_in, client=name, secret=secret)
        refused("client_refused", partial(office.ask, sign_in))
    assert office.ask(lambda tx: signing_in.sign_client_in(tx, "sc", second)).actor == peer
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "client:sc"))
    refused("client_refused", lambda: office.ask(lambda tx: signing_in.sign_client_in(tx, "sc", second)))
    refused("sign_in_refused", lambda: office.sign_in("client:sc", second))


def test_the_provider_signs_in_only_users_who_are_to_sign_in_there(office: Office) -> None:
    office.accepted("here")
    office.do(lambda tx: managing.add(tx, ADMINISTRATOR, NOW, "there", Role.ANALYST, None))
    assert office.ask(lambda tx: signing_in.of_provider(tx, "there")) == Actor("there", Role.ANALYST)
    for subject in ("here", "nobody"):
        refused("user_unknown", partial(office.ask, partial(signing_in.of_provider, subject=subject)))
    office.do(lambda tx: managing.disable(tx, ADMINISTRATOR, NOW, "there"))
    refused("user_disabled", lambda: office.ask(lambda tx: signing_in.of_provider(tx, "there")))


def test_a_second_factor_of_another_bureaus_key_opens_nothing(office: Office) -> None:
    office.accepted("计划员")
    secret, codes = authenticator(office, PLANNER)
    later = NOW + MINUTE
    other = UserKeys(Secret(bytes(32)))
    shown = Proof("计划员", PASSWORD, code_at(secret, step_of(later)))
    refused("sign_in_refused", lambda: signing_in.sign_in(office, other, later, shown, ADDRESS))
    assert signing_in.sign_in(office, other, later, Proof("计划员", PASSWORD, codes[0]), ADDRESS).actor == PLANNER
