"""What was left unsigned is signed in the background, once its key is here."""

from threading import Event, Thread

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from api.bureau import Bureau
from api.keyrings import keyring_of
from api.signing import keep_signed
from ledger import log, signed
from ledger.keyring import KeyFiles, Keyring
from ledger.log import NewEntry


def left_unsigned(bureau: Bureau) -> int:
    """Append as a process does that dies before it signs."""
    with bureau.database.write() as tx:
        return log.append(tx, bureau.now, [NewEntry("test.noted", "a")])[-1].seq + 1


def signed_size(bureau: Bureau) -> int:
    with bureau.read() as tx:
        return signed.size(tx)


def test_what_is_unsigned_is_signed_once(bureau: Bureau) -> None:
    size = left_unsigned(bureau)
    assert bureau.sign()
    assert signed_size(bureau) == size
    assert not bureau.sign()


def test_where_nothing_is_unsigned_nobody_waits_for_who_appends(bureau: Bureau) -> None:
    signing = Thread(target=bureau.sign, daemon=True)
    with bureau.database.write() as tx:
        log.lock(tx)
        signing.start()
        signing.join(10)
        assert not signing.is_alive()


def test_a_write_stands_while_others_keep_its_signature_waiting(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(tx: Connection, signer: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("api.bureau.key_rotation.sign_checkpoints", busy)
    with bureau.write() as tx:
        log.append(tx, bureau.now, [NewEntry("test.noted", "a")])
    with bureau.read() as tx:
        assert log.size(tx) > signed.size(tx)


def test_it_is_signed_in_the_background_until_stopped(bureau: Bureau) -> None:
    size, stop = left_unsigned(bureau), Event()
    signing = Thread(target=keep_signed, args=(bureau, stop), daemon=True)
    signing.start()
    try:
        while signed_size(bureau) < size:
            assert signing.is_alive()
    finally:
        stop.set()
        signing.join()


class Ticks(Event):
    """Ends after so many pauses, and keeps how long they were."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Do not wait."""
        self.pauses.append(timeout)
        if len(self.pauses) == self.count:
            self.set()
        return self.is_set()


def test_while_the_key_is_away_the_pauses_double_up_to_five_minutes(bureau: Bureau) -> None:
    left_unsigned(bureau)
    bureau.keyring = Keyring([], KeyFiles(bureau.settings.home, None))
    ticks = Ticks(8)
    keep_signed(bureau, ticks)
    assert ticks.pauses == [10, 20, 40, 80, 160, 300, 300, 300]
    bureau.keyring = keyring_of(bureau.settings)
    ticks = Ticks(2)
    keep_signed(bureau, ticks)
    assert ticks.pauses == [5, 5]
    assert not bureau.sign()
