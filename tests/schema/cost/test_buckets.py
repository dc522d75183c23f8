"""Buckets of callers, on a clock that the test turns."""

import pytest

from schema.cost.buckets import Allowance, Buckets, caller_of

ALLOWANCE = Allowance(most=100, per_second=10)


def test_a_caller_may_spend_all_at_once_and_then_waits() -> None:
    buckets = Buckets(ALLOWANCE)
    assert buckets.spend("a", 100, 0.0)
    assert not buckets.spend("a", 25, 0.0)
    assert buckets.wait(buckets.held("a", 0.0), 25) == 3
    assert not buckets.spend("a", 25, 2.4)
    assert buckets.wait(buckets.held("a", 2.4), 25) == 1
    assert buckets.spend("a", 25, 2.5)
    assert buckets.wait(buckets.held("a", 2.5), 100) == 10


def test_a_bucket_never_holds_more_than_its_most() -> None:
    buckets = Buckets(ALLOWANCE)
    buckets.spend("a", 100, 0.0)
    assert buckets.held("a", 1e9) == 100
    assert buckets.wait(buckets.held("a", 1e9), 100) == 0


def test_what_is_not_granted_costs_nothing() -> None:
    buckets = Buckets(ALLOWANCE)
    buckets.spend("a", 60, 0.0)
    for _ in range(5):
        assert not buckets.spend("a", 50, 0.0)
    assert buckets.spend("a", 40, 0.0)


def test_callers_do_not_spend_each_others() -> None:
    buckets = Buckets(ALLOWANCE)
    buckets.spend("a", 100, 0.0)
    assert buckets.spend("b", 100, 0.0)


def test_a_charge_takes_what_is_there() -> None:
    buckets = Buckets(ALLOWANCE)
    buckets.spend("a", 90, 0.0)
    buckets.charge("a", 50, 0.0)
    assert buckets.held("a", 0.0) == 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    buckets = Buckets(ALLOWANCE)
    buckets.spend("a", 100, 10.0)
    assert buckets.held("a", 5.0) == 0


def test_the_one_heard_of_longest_ago_is_forgotten() -> None:
    buckets = Buckets(ALLOWANCE, callers=3)
    for caller in ("a", "b", "c"):
        buckets.spend(caller, 100, 0.0)
    buckets.spend("a", 0, 0.0)
    buckets.spend("d", 100, 0.0)
    assert len(buckets) == 3
    assert buckets.held("a", 0.0) == 0
    assert buckets.held("b", 0.0) == 100


def test_looking_remembers_nobody() -> None:
    buckets = Buckets(ALLOWANCE)
    for number in range(1000):
        buckets.held(f"{number}", 0.0)
    assert len(buckets) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("no address", None, True),
    ],
)
def test_an_address_is_one_caller_and_so_is_a_network_of_ipv6(one: str, other: str, same: bool) -> None:
    assert (caller_of(None, one) == caller_of(None, other)) is same


def test_who_signed_in_is_the_same_from_everywhere() -> None:
    assert caller_of("admin", "203.0.113.7") == caller_of("admin", "2001:db8::1")
    assert caller_of("203.0.113.7", None) != caller_of(None, "203.0.113.7")
