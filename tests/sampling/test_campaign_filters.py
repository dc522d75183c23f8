"""Which campaigns are asked for, by state, type, department, period and title."""

from dataclasses import replace
from datetime import date

import pytest

from sampling.campaign_filters import EVERY, CampaignFilter
from sampling.listings import CampaignType
from tests.sampling import bureau as steps

PLAN = replace(steps.PLAN, title="2026年建筑工地（Ａ）抽查", starts=date(2026, 3, 1), ends=date(2026, 5, 31))


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (EVERY, True),
        (CampaignFilter(states=("drawn", "closed")), True),
        (CampaignFilter(states=("frozen",)), False),
        (CampaignFilter(types=(PLAN.type,)), True),
        (CampaignFilter(types=(CampaignType.SPECIAL,)), False),
        (CampaignFilter(department=PLAN.departments[-1]), True),
        (CampaignFilter(department="XX"), False),
        (CampaignFilter(since=date(2026, 5, 31)), True),
        (CampaignFilter(since=date(2026, 6, 1)), False),
        (CampaignFilter(until=date(2026, 3, 1)), True),
        (CampaignFilter(until=date(2026, 2, 28)), False),
        (CampaignFilter(text="建筑 (a)"), True),
        (CampaignFilter(text="建筑 物业"), False),
        (CampaignFilter(states=("drawn",), text="物业"), False),
    ],
)
def test_all_that_is_asked_must_hold(asked: CampaignFilter, holds: bool) -> None:
    assert asked.holds("drawn", PLAN) is holds
