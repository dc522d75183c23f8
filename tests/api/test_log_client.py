"""Reading a log's parts from a folder and over HTTP."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2
import pytest

from api import log_client
from api.log_client import HttpLog, opened_log
from ledger.errors import Conflict, Missing
from ledger.log_reader import LogFault

PREFIX = "https://log.example/qian/log"


def log_at(answer: Callable[[httpx2.Request], httpx2.Response], pauses: Sequence[float] = (0, 0)) -> HttpLog:
    return HttpLog(PREFIX + "/", httpx2.Client(transport=httpx2.MockTransport(answer)), pauses)


def test_a_part_is_asked_for_below_the_prefix() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, content=b"hashes")

    assert log_at(answer).read("tile/0/x001/000.p/7") == b"hashes"
    assert asked == [PREFIX + "/tile/0/x001/000.p/7"]


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_log_does_not_have_is_none(status: int) -> None:
    assert log_at(lambda _: httpx2.Response(status)).read("tile/0/000") is None


def test_a_compressed_answer_is_unpacked() -> None:
    packed = httpx2.Response(200, content=gzip.compress(b"entries"), headers={"Content-Encoding": "gzip"})
    assert log_at(lambda _: packed).read("tile/entries/000") == b"entries"


@pytest.mark.parametrize("failure", [500, 503, 429, httpx2.ConnectError("down"), httpx2.ReadTimeout("slow")])
def test_what_fails_in_passing_is_tried_again(failure: int | Exception) -> None:
    answers: list[int | Exception] = [failure, failure, 200]

    def answer(_: httpx2.Request) -> httpx2.Response:
        match answers.pop(0):
            case int(status):
                return httpx2.Response(status, content=b"a")
            case error:
                raise error

    assert log_at(answer).read("checkpoint") == b"a"


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (403, 1), (400, 1)])
def test_a_server_that_gives_no_answer_is_unreachable(status: int, tries: int) -> None:
    asked: list[int] = []

    def answer(_: httpx2.Request) -> httpx2.Response:
        asked.append(status)
        return httpx2.Response(status)

    with pytest.raises(Conflict) as refused:
        log_at(answer).read("checkpoint")
    assert (refused.value.code, refused.value.parameters["reason"]) == ("log_unreachable", f"HTTP {status}")
    assert len(asked) == tries


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_client, "LARGEST_PART", 1000)
    assert log_at(lambda _: httpx2.Response(200, content=bytes(1000))).read("data/a") == bytes(1000)
    bomb = httpx2.Response(200, content=gzip.compress(bytes(1001)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(LogFault) as refused:
        log_at(lambda _: bomb).read("data/a")
    assert refused.value.code == "log_part_too_large"


def test_a_folder_is_read_as_the_log_that_it_holds(tmp_path: Path) -> None:
    (tmp_path / "tile/0").mkdir(parents=True)
    (tmp_path / "tile/0/000").write_bytes(b"hashes")
    with opened_log(str(tmp_path)) as read:
        assert read("tile/0/000") == b"hashes"
        assert read("tile/0/001") is None
        assert read("tile/0/000/000") is None
        with pytest.raises(Conflict, match="log_unreachable"):
            read("tile/0")


def test_a_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="log_folder_missing"), opened_log(str(tmp_path / "nowhere")):
        pass


def test_an_address_where_nobody_listens_is_unreachable() -> None:
    with httpx2.Client() as client, pytest.raises(Conflict, match="log_unreachable"):
        HttpLog("http://127.0.0.1:1/log", client, [0]).read("checkpoint")


def test_an_http_address_is_read_over_http() -> None:
    with opened_log(PREFIX) as read:
        assert isinstance(getattr(read, "__self__", None), HttpLog)
