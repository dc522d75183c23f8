"""Long work: values made ahead come in their order, and nothing of it stays behind."""

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from ledger import long_work as long_work_module
from ledger.long_work import Pile, ahead, behind, beside, read_whole, uncollected
from ledger.time_limits import waiting_seconds


def test_values_come_in_their_order_the_next_one_being_made_meanwhile() -> None:
    made: list[int] = []
    wanted = threading.Event()

    def values() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            if number == 1:
                wanted.set()
            yield number

    given = ahead(values())
    assert next(given) == 0
    assert wanted.wait(10), "the next one is made while the caller is busy"
    assert list(given) == [1, 2]
    assert made == [0, 1, 2]


def test_an_error_comes_where_its_value_would() -> None:
    def values() -> Iterator[int]:
        yield 0
        raise KeyError

    given = ahead(values())
    assert next(given) == 0
    with pytest.raises(KeyError):
        next(given)


def test_what_is_handed_over_is_done_in_its_order_while_the_caller_goes_on() -> None:
    done: list[int] = []
    may_go_on = threading.Event()
    with behind() as hand_over:
        first = hand_over(lambda: may_go_on.wait(10))
        for number in range(1, 5):
            if number == 2:
                assert done == [], "two pieces wait for nobody"
                may_go_on.set()
            hand_over(partial(done.append, number))
    assert first.result()
    assert done == [1, 2, 3, 4]


def test_no_more_than_two_pieces_are_under_way() -> None:
    started: list[int] = []
    with behind() as hand_over:
        for number in range(4):
            hand_over(partial(started.append, number))
            assert len(started) >= number - 1


def test_what_is_handed_over_keeps_to_what_the_caller_keeps_to() -> None:
    token = waiting_seconds.set(2.5)
    with behind() as hand_over:
        found = hand_over(waiting_seconds.get)
    waiting_seconds.reset(token)
    assert found.result() == 2.5


def test_what_a_piece_raised_is_raised_by_the_end() -> None:
    def failing() -> None:
        raise KeyError

    with pytest.raises(KeyError), behind() as hand_over:
        hand_over(failing)


def test_work_that_makes_no_cycles_is_not_searched_for_them() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_work_is_done_beside_by_a_process_of_its_own_if_that_is_wanted() -> None:
    with beside(os.getpid, wanted=True) as result:
        assert result() != os.getpid()
    with beside(os.getpid, wanted=False) as result:
        assert result() == os.getpid()


def test_what_the_process_beside_does_not_finish_is_done_here() -> None:
    here = os.getpid()

    def dies_elsewhere() -> str:
        if os.getpid() != here:
            os._exit(1)
        return "done here"

    def fails() -> str:
        raise ValueError(os.getpid())

    with beside(dies_elsewhere, wanted=True) as result:
        assert result() == "done here"
    with beside(fails, wanted=True) as result, pytest.raises(ValueError, match=str(here)):
        result()


def test_the_process_beside_ends_with_the_context() -> None:
    before = set(multiprocessing.active_children())
    with beside(threading.Event().wait, wanted=True):
        assert set(multiprocessing.active_children()) - before
    assert not set(multiprocessing.active_children()) - before


def test_each_number_of_a_pile_is_taken_once_by_one_process_or_the_other() -> None:
    with closing(Pile(300)) as pile, beside(lambda: list(pile), wanted=True) as result:
        here = list(pile)
        there = result()
    assert sorted([*here, *there]) == list(range(300))
    assert here == sorted(here)


def test_a_pile_that_nobody_shares_is_taken_in_order() -> None:
    with closing(Pile(3)) as pile:
        assert list(pile) == [0, 1, 2]
        assert list(pile) == []


@pytest.mark.parametrize("large", [0, 1 << 24])
@pytest.mark.parametrize("size", [1, 2, 1000, 100_001])
def test_a_file_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, large: int) -> None:
    monkeypatch.setattr(long_work_module, "LARGE_FILE", large)
    monkeypatch.setattr(long_work_module, "READ_AT_ONCE", 64)
    held = bytes(number % 251 for number in range(size))
    (tmp_path / "file").write_bytes(held)
    assert read_whole(tmp_path / "file")[:] == held


def test_a_file_that_has_become_shorter_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work_module, "LARGE_FILE", 0)
    monkeypatch.setattr(os, "preadv", lambda *_: 0)
    (tmp_path / "file").write_bytes(b"1234")
    assert read_whole(tmp_path / "file") == b"1234"


def test_a_file_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"")
    assert read_whole(tmp_path / "file") == b""
