"""Sessions of browsers as the database has them: who finds one, until when, and who has its token renewed."""

import pytest

from ledger.keys import Secret
from sampling.users import desk_sessions
from sampling.users.desk_sessions import RENEWING, DeskSession, Found, Renewal
from sampling.users.secret_texts import Sealer, UserKeys
from sampling.users.tables import desk_session
from tests.sampling.users.office import KEYS, MINUTE, NOW, SECOND, Office

UNTIL = NOW + 60 * MINUTE
SESSION = DeskSession("a token", UNTIL)
RENEWAL = Renewal("a refresh token", NOW + MINUTE, NOW + 2 * MINUTE, "王某")


def begun(office: Office, session: DeskSession = SESSION) -> str:
    return office.do(lambda tx: desk_sessions.begin(tx, NOW, KEYS, session))


def found(office: Office, identifier: str, keys: UserKeys = KEYS) -> Found | None:
    return office.ask(lambda tx: desk_sessions.find(tx, NOW, keys, identifier))


@pytest.mark.parametrize("session", [SESSION, DeskSession("a token", UNTIL, RENEWAL)])
def test_whoever_has_the_id_finds_what_was_kept(office: Office, session: DeskSession) -> None:
    identifier = begun(office, session)
    held = found(office, identifier)
    assert held is not None
    assert held.session == session
    for other in ("", "x", identifier[:-1], identifier + "x"):
        assert found(office, other) is None
    [row] = office.ask(lambda tx: tx.execute(desk_session.select()).all())
    assert identifier not in str(row)
    assert b"token" not in row.sealed


def test_under_another_key_or_in_another_row_it_opens_nothing(office: Office) -> None:
    one, other = begun(office), begun(office, DeskSession("another", UNTIL))
    assert found(office, one, UserKeys(Secret(bytes(32)))) is None
    held = found(office, other)
    assert held is not None
    office.do(lambda tx: tx.execute(desk_session.update().values(sealed=held.sealed)))
    assert found(office, one) is None
    office.do(lambda tx: tx.execute(desk_session.update().values(sealed=b"")))
    assert found(office, other) is None


def test_it_ends_at_its_time_whatever_the_row_says_and_is_forgotten_at_the_next(office: Office) -> None:
    identifier = begun(office)
    office.do(lambda tx: tx.execute(desk_session.update().values(until=UNTIL + 60 * MINUTE)))
    assert office.ask(lambda tx: desk_sessions.find(tx, UNTIL - SECOND, KEYS, identifier)) is not None
    assert office.ask(lambda tx: desk_sessions.find(tx, UNTIL, KEYS, identifier)) is None
    later = DeskSession("later", UNTIL + 120 * MINUTE)
    office.do(lambda tx: desk_sessions.begin(tx, UNTIL + 60 * MINUTE, KEYS, later))
    assert len(office.ask(lambda tx: tx.execute(desk_session.select()).all())) == 1


def test_one_alone_renews_and_whoever_read_before_does_not_renew_again(office: Office) -> None:
    identifier = begun(office, DeskSession("a token", UNTIL, RENEWAL))
    held = found(office, identifier)
    assert held is not None

    def claims(seconds: int) -> bool:
        now = NOW + seconds * SECOND
        return office.do(lambda tx: desk_sessions.claim_renewal(tx, now, identifier, held))

    assert [claims(0), claims(0), claims(44)] == [True, False, False]
    assert claims(int(RENEWING.total_seconds()))  # whoever began has gone away
    following = DeskSession("the next token", UNTIL, RENEWAL)
    office.do(lambda tx: desk_sessions.renew(tx, KEYS, identifier, following))
    assert not claims(1000)
    renewed = found(office, identifier)
    assert renewed is not None
    assert renewed.session == following
    office.do(lambda tx: desk_sessions.put_off_renewal(tx, identifier, NOW + MINUTE))
    assert not office.do(lambda tx: desk_sessions.claim_renewal(tx, NOW, identifier, renewed))
    assert office.do(lambda tx: desk_sessions.claim_renewal(tx, NOW + MINUTE, identifier, renewed))


def test_what_was_ended_meanwhile_is_not_brought_back_by_a_renewal(office: Office) -> None:
    identifier = begun(office)
    office.do(lambda tx: desk_sessions.end(tx, identifier))
    office.do(lambda tx: desk_sessions.renew(tx, KEYS, identifier, SESSION))
    assert found(office, identifier) is None


def test_what_is_sealed_opens_in_its_place_alone() -> None:
    sealer = Sealer(bytes(32))
    sealed = sealer.seal("here", b"content")
    assert sealer.open("here", sealed) == b"content"
    assert sealer.seal("here", b"content") != sealed
    for place, given in (("there", sealed), ("here", sealed[:-1]), ("here", sealed[:12]), ("here", b"")):
        assert sealer.open(place, given) is None
