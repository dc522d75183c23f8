"""How long nobody is let in after failures in a row."""

from datetime import timedelta

import pytest

from sampling.users.lock_out import OF_USER


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (10_000_000, 3600)]
)
def test_each_failure_more_locks_for_twice_as_long_up_to_an_hour(failures: int, seconds: int) -> None:
    assert OF_USER.after(failures) == timedelta(seconds=seconds)
