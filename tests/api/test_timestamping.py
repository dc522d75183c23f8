"""Time-stamps on checkpoints: asked for over HTTP, stored when they verify, and verified offline ever after."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.auditing import audit_bureau
from api.bureau import Bureau, create
from api.settings import Settings
from api.timestamping import ANSWER_SECONDS, FIRST_PAUSE, NotStamped, Timestamping, ask, keep_timestamped
from ledger import log, timestamps
from ledger.errors import Invalid
from ledger.log import NewEntry
from ledger.timestamp_tokens import LARGEST_TOKEN, TimestampError, verify_token
from tests.api.conftest import ORIGIN
from tests.api.console import AUDITOR, Console
from tests.tsa import Authority, authority, served

__all__ = ["authority"]

INTERVAL = timedelta(hours=1)
URL = "https://tsa.example/stamp"


@pytest.fixture
def stamped_settings(settings: Settings, authority: Authority) -> Settings:
    """Settings that pin the authority."""
    return settings.model_copy(update={"timestamp_certificates": authority.folder / "root.pem"})


@pytest.fixture
def bureau(stamped_settings: Settings) -> Iterator[Bureau]:
    """A bureau whose checkpoints can be stamped."""
    opened = Bureau(stamped_settings)
    yield opened
    opened.close()


class Clock:
    """A wall clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


class Net:
    """The authority behind an address; `answer` stands in for it, and `asked` counts."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.answer: Callable[[bytes], httpx2.Response] | None = None
        self.asked = 0
        self.client = httpx2.Client(transport=httpx2.MockTransport(self.handle))

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        assert (request.method, str(request.url)) == ("POST", URL)
        assert request.headers["Content-Type"] == "application/timestamp-query"
        self.asked += 1
        query = request.read()
        if self.answer is not None:
            return self.answer(query)
        return httpx2.Response(200, content=self.authority.answer(query))


@pytest.fixture
def net(authority: Authority) -> Iterator[Net]:
    made = Net(authority)
    yield made
    made.client.close()


def stamping(bureau: Bureau, net: Net, clock: Clock) -> Timestamping:
    return Timestamping(bureau.database, URL, bureau.timestamp_certificates, INTERVAL, net.client, clock)


def note_down(bureau: Bureau) -> int:
    with bureau.write() as tx:
        return log.append(tx, bureau.now, [NewEntry("test.noted", "a")])[-1].seq + 1


def sizes(bureau: Bureau) -> list[int]:
    with bureau.read() as tx:
        return [each.size for each in timestamps.all_stamped(tx)]


def test_the_newest_checkpoint_is_stamped_over_http_as_the_log_signed_it(bureau: Bureau, authority: Authority) -> None:
    size = note_down(bureau)
    with served(authority) as url, httpx2.Client() as client:
        pinned = bureau.timestamp_certificates
        assert Timestamping(bureau.database, url, pinned, INTERVAL, client, Clock()).step()
    with bureau.read() as tx:
        newest = timestamps.newest(tx)
        assert newest is not None
        assert (newest.size, newest.note) == (size, log.checkpoint(tx))
    verify_token(newest.token, newest.note, authority.certificates)
    assert authority.verifies(newest.note, newest.token)


def test_what_is_stamped_is_not_stamped_again(bureau: Bureau, net: Net) -> None:
    clock = Clock()
    step = stamping(bureau, net, clock).step
    assert step()
    clock.now += 2 * INTERVAL
    assert not step()
    assert net.asked == 1


def test_a_log_that_grows_is_stamped_once_in_an_interval_whoever_does_it(bureau: Bureau, net: Net) -> None:
    clock = Clock()
    steps = [stamping(bureau, net, clock).step, stamping(bureau, net, clock).step]
    assert steps[0]()
    size = note_down(bureau)
    for _ in range(2):
        assert [step() for step in steps] == [False, False]
    clock.now += INTERVAL + timedelta(seconds=5)
    assert [step() for step in steps] == [True, False]
    assert sizes(bureau)[0] == size
    assert net.asked == 2


def test_where_the_authority_fails_the_pauses_double_up_to_the_interval(bureau: Bureau, net: Net) -> None:
    net.answer = lambda _: httpx2.Response(503)
    clock = Clock()
    step = stamping(bureau, net, clock).step
    begun, asked_at = clock.now, []
    while clock.now < begun + 4 * INTERVAL:
        before = net.asked
        assert not step()
        if net.asked > before:
            asked_at.append(clock.now)
        clock.now += FIRST_PAUSE
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    doubled = [FIRST_PAUSE * 2**place for place in range(10)]
    assert pauses[:10] == doubled
    assert set(pauses[10:]) == {INTERVAL}
    net.answer = None
    clock.now += INTERVAL
    assert step()


def refusing(net: Net, answer: Callable[[bytes], httpx2.Response], reason: str) -> None:
    net.answer = answer
    with pytest.raises(NotStamped, match=reason):
        ask(net.client, URL, "note", net.authority.certificates)


def test_an_answer_that_is_no_token_over_the_note_is_not_taken(net: Net, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    stale = net.authority.answer(request_over_another_note(net))
    refusing(net, lambda _: httpx2.Response(200, content=b"<html>"), "unreadable")
    refusing(net, lambda _: httpx2.Response(200, content=bytes.fromhex("30053003020102")), "not granted: status 2")
    refusing(net, lambda _: httpx2.Response(200, content=stale), "Nonce|Mismatch")
    refusing(net, lambda query: httpx2.Response(200, content=other.answer(query)), "certificate")
    refusing(net, lambda _: httpx2.Response(200, content=bytes(LARGEST_TOKEN + 1)), "takes no end")
    refusing(net, lambda query: httpx2.Response(404, content=net.authority.answer(query)), "HTTP 404")
    refusing(net, lambda _: httpx2.Response(302, headers={"Location": "https://elsewhere.example"}), "HTTP 302")


def request_over_another_note(net: Net) -> bytes:
    kept: list[bytes] = []

    def keep(query: bytes) -> httpx2.Response:
        kept.append(query)
        return httpx2.Response(503)

    refusing(net, keep, "HTTP 503")
    return kept[0]


def test_an_authority_that_is_away_is_told(net: Net) -> None:
    def away(_: bytes) -> httpx2.Response:
        raise httpx2.ConnectError("nobody answers")

    refusing(net, away, "ConnectError nobody answers")
    with pytest.raises(NotStamped), httpx2.Client(timeout=ANSWER_SECONDS) as client:
        ask(client, "no address", "note", net.authority.certificates)


def test_only_a_token_over_the_stored_checkpoint_is_stored(bureau: Bureau, net: Net) -> None:
    size = note_down(bureau)
    token = ask(net.client, URL, "another note", bureau.timestamp_certificates)
    with pytest.raises(TimestampError), bureau.write() as tx:
        timestamps.store(tx, size, token, bureau.timestamp_certificates)
    assert sizes(bureau) == []


def test_a_time_stamp_stays_as_it_was_stored(bureau: Bureau, net: Net) -> None:
    assert stamping(bureau, net, Clock()).step()
    for statement in ("UPDATE log_timestamp SET size = 1", "DELETE FROM log_timestamp"):
        with pytest.raises(DBAPIError, match="append-only"), bureau.database.write() as tx:
            tx.execute(text(statement))


def test_the_audit_names_a_time_stamp_that_is_not_over_its_checkpoint(bureau: Bureau, net: Net) -> None:
    assert stamping(bureau, net, Clock()).step()
    assert audit_bureau(bureau, AUDITOR) == []
    size = note_down(bureau)
    with bureau.database.write() as tx:
        tx.execute(
            text("INSERT INTO log_timestamp (size, token) SELECT :size, token FROM log_timestamp"), {"size": size}
        )
    faults = [(fault.table, fault.row, fault.code) for fault in audit_bureau(bureau, AUDITOR)]
    assert faults == [("log_timestamp", f"size={size}", "timestamp_bad")]


def test_in_the_background_checkpoints_are_stamped_until_it_is_stopped(
    stamped_settings: Settings, authority: Authority
) -> None:
    stop = Event()
    with served(authority) as url:
        bureau = create(stamped_settings.model_copy(update={"timestamp_url": url}), ORIGIN, "测试单位")
        stamping = Thread(target=keep_timestamped, args=(bureau, stop), daemon=True)
        stamping.start()
        try:
            while not sizes(bureau):
                assert stamping.is_alive()
        finally:
            stop.set()
            stamping.join()
    bureau.close()


def test_without_an_address_nobody_is_asked(bureau: Bureau) -> None:
    keep_timestamped(bureau, Event())
    assert sizes(bureau) == []


def test_the_command_line_verifies_the_time_stamps_and_hands_them_out(
    bureau: Bureau, net: Net, authority: Authority, tmp_path: Path
) -> None:
    size = note_down(bureau)
    assert stamping(bureau, net, Clock()).step()
    console = Console(bureau.settings, tmp_path)
    folder = tmp_path / "exported"
    pinned = str(authority.folder / "root.pem")
    shown = console.run("log", "timestamps", "--export", folder, "--json", QIAN_TIMESTAMP_CERTIFICATES=pinned)
    assert shown.code == 0
    (told,) = shown.json["timestamps"]
    assert (told["size"], told["fault"]) == (size, None)
    assert datetime.fromisoformat(told["time"]) <= datetime.now(UTC)
    note, token = (folder / f"{size}.checkpoint").read_text(), (folder / f"{size}.tsr").read_bytes()
    assert authority.verifies(note, token)

    other = Authority(tmp_path / "other")
    shown = console.run("log", "timestamps", "--json", QIAN_TIMESTAMP_CERTIFICATES=str(other.folder / "root.pem"))
    assert shown.code == 1
    assert shown.json["timestamps"][0]["time"] is None
    assert console.run("log", "timestamps", "--json").error == "timestamp_certificates_missing"


def test_an_authority_without_pinned_certificates_is_refused(settings: Settings, tmp_path: Path) -> None:
    create(settings, ORIGIN, "测试单位").close()
    with pytest.raises(Invalid, match="timestamp_certificates_missing"):
        Bureau(settings.model_copy(update={"timestamp_url": URL}))
    nothing = tmp_path / "nothing.pem"
    for content in (None, "no certificate"):
        if content is not None:
            nothing.write_text(content)
        with pytest.raises(Invalid, match="timestamp_certificates_unusable"):
            Bureau(settings.model_copy(update={"timestamp_certificates": nothing}))
