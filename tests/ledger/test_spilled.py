"""A mapping on disk does what a dict does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.spilled import Spilled

names = st.sampled_from(["a", "b", "", "\x00", "A"])
steps = st.lists(st.tuples(names, st.none() | st.integers(1, 9) | st.lists(st.text(max_size=3), min_size=1)))


@given(steps)
def test_what_is_set_is_popped_once_and_the_rest_stays_in_order(steps: list[tuple[str, Any]]) -> None:
    spilled, expected = Spilled(), dict[str, Any]()
    for name, value in steps:
        assert spilled.get(name) == expected.get(name)
        if value is None:
            assert spilled.pop(name) == expected.pop(name, None)
        else:
            spilled[name] = expected[name] = value
    assert list(spilled.items()) == list(expected.items())


def test_what_is_no_name_has_no_value() -> None:
    spilled = Spilled()
    spilled["1"] = "one"
    for other in (None, 1, 1.0, b"1", "2"):
        assert spilled.get(other) is None
        assert spilled.pop(other) is None
    assert spilled.pop("1") == "one"
