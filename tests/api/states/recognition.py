"""A bureau with a matched campaign, and another that is planned; another department has inspected its enterprises."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ledger.actors import Actor, Role
from scoring.drafts import identity_of
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import PLANNER, House, served_on

OTHER = "样例消防队"


@dataclass
class Matched:
    """The bureau, the matched campaign with its visits that no test has taken yet, and the planned one."""

    house: House
    campaign: str
    planned: str
    visits: list[dict[str, Any]] = field(default_factory=list)

    def visit(self) -> tuple[str, Actor, str]:
        """Return an enterprise to visit that no other test has, who leads its team, and the earlier inspection."""
        visit = self.visits.pop()
        code = visit["enterpriseCode"]
        return code, small_bureau.leader(visit), identity_of("inspection", code, OTHER, f"消检{code}")

    def stranger(self, code: str) -> Actor:
        """Return an inspector who is in no team of an enterprise."""
        [visit] = [each for each in small_bureau.visits(self.house, self.campaign) if each["enterpriseCode"] == code]
        team = {each["certificate"] for each in visit["team"]}
        return Actor(
            next(name for name in ("ZJ001", "ZJ002", "ZJ003", "ZJ004") if name not in team), Role.INSPECTOR, "ZJ"
        )


@contextmanager
def matched(folder: Path) -> Iterator[Matched]:
    """Serve such a bureau."""
    with served_on("sqlite", folder) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        campaign = small_bureau.plan(house)
        small_bureau.freeze(house, campaign)
        small_bureau.reveal(house, campaign)
        for name in ("drawCampaign", "matchCampaign"):
            house.do(small_bureau.step(name), PLANNER, campaign=campaign)
        visits = small_bureau.visits(house, campaign)
        day = (house.bureau.today - timedelta(days=20)).isoformat()
        inspected = [
            {
                **files.inspection(1, f"消检{each['enterpriseCode']}", day),
                "统一社会信用代码": each["enterpriseCode"],
                "机关": OTHER,
            }
            for each in visits
        ]
        assert house.import_file("inspection", files.csv_bytes(inspected), strict=True)["state"] == "DONE"
        planned = small_bureau.plan(house, items=["ZJ-03"])
        yield Matched(house, campaign, planned, visits)
