"""Long work: values made ahead come in their order, and nothing of it stays behind."""

import gc
import threading
from collections.abc import Iterator

import pytest

from ledger.long_work import ahead, long_work


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


def test_the_collector_is_as_it_was_also_after_an_error() -> None:
    def failing() -> None:
        with long_work():
            assert gc.get_freeze_count() > 0
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()
