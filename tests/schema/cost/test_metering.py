"""Whether a caller may spend, and what it is told."""

from datetime import UTC, datetime

import pytest

from ledger.errors import Invalid
from schema.cost.buckets import Allowance
from schema.cost.metering import FAULT, CostLimits, Meter, Spent
from schema.cost.pricing import Cost

NOW = datetime(2026, 11, 27, 8, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(CostLimits(cost=100, nodes=50, allowance=Allowance(150, 10)), clock)


@pytest.mark.parametrize(("cost", "code"), [(Cost(101, 1), "operation_too_costly"), (Cost(60, 51), "answer_too_large")])
def test_what_is_too_large_for_anybody_is_refused_and_costs_nothing(meter: Meter, cost: Cost, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        meter.spend("admin", None, cost)
    assert meter.told("admin", None, cost, NOW)["throttleStatus"]["currentlyAvailable"] == 150


def test_who_has_spent_waits(meter: Meter, clock: Clock) -> None:
    meter.spend("admin", None, Cost(100, 1))
    with pytest.raises(Spent) as spent:
        meter.spend("admin", None, Cost(100, 1))
    assert spent.value.wait == 5
    clock.now = 5.0
    meter.spend("admin", None, Cost(100, 1))


def test_the_answer_tells_what_is_left_and_when_all_is_there_again(meter: Meter) -> None:
    cost = Cost(95, 3)
    meter.spend(None, "203.0.113.7", cost)
    assert meter.told(None, "203.0.113.7", cost, NOW) == {
        "requestedQueryCost": 95,
        "requestedNodes": 3,
        "throttleStatus": {
            "maximumAvailable": 150,
            "currentlyAvailable": 55,
            "restoreRate": 10,
            "resetAt": "2026-11-27T08:00:10Z",
        },
    }


def test_refused_documents_cost_as_well_until_nothing_is_read_any_more(meter: Meter) -> None:
    for _ in range(-(-150 // FAULT)):
        meter.admit(None, "203.0.113.7")
        meter.fault(None, "203.0.113.7")
    with pytest.raises(Spent):
        meter.admit(None, "203.0.113.7")
    meter.admit(None, "203.0.113.8")
