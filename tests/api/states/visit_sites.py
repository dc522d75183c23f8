"""Visits of one drawn and matched campaign, each for one test, and both ways to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import PLANNER, House, served_on

POINTS = ("是否亮照经营", "是否公示价格")


@dataclass(frozen=True)
class Site:
    """One visit of the campaign that no other test has, and both ways to it."""

    house: House
    console: Console
    campaign: str
    visit: dict[str, Any]

    @property
    def code(self) -> str:
        """The enterprise."""
        return str(self.visit["enterpriseCode"])

    @property
    def leader(self) -> Actor:
        """Who records."""
        return small_bureau.leader(self.visit)

    @property
    def second(self) -> Actor:
        """Who confirms."""
        return small_bureau.second(self.visit)

    @property
    def stranger(self) -> Actor:
        """An inspector of another team."""
        team = {member["certificate"] for member in self.visit["team"]}
        other = next(each for each in (f"ZJ{number:03d}" for number in range(1, 5)) if each not in team)
        return Actor(other, Role.INSPECTOR, "ZJ")

    @property
    def today(self) -> str:
        """The civil day."""
        return self.house.bureau.today.isoformat()

    @property
    def at(self) -> dict[str, str]:
        """The visit, as GraphQL is told of it."""
        return {"campaign": self.campaign, "enterprise": self.code}

    @property
    def told(self) -> tuple[str, ...]:
        """The visit, as the command line is told of it."""
        return (self.campaign, "--enterprise", self.code)

    def answers(self, reply: str = "YES") -> list[dict[str, str]]:
        """Return the answers to the checklist."""
        return [{"item": "ZJ-01", "point": point, "reply": reply, "remark": ""} for point in POINTS]

    def found(self, **changes: Any) -> dict[str, Any]:
        """Return what a team tells of the visit, as GraphQL takes it."""
        plain = {"on": self.today, "results": ["NO_PROBLEM"], "next": "NONE", "answers": self.answers()}
        return {**self.at, **plain, **changes}

    def record(self, **changes: Any) -> dict[str, Any]:
        """Record it as its leader."""
        return self.house.do(small_bureau.RECORD, self.leader, **self.found(**changes))

    def confirm(self) -> None:
        """Confirm it as the other inspector."""
        self.house.do(small_bureau.CONFIRM, self.second, **self.at)

    def state(self) -> str | None:
        """Return the state of the finding; None where nothing is recorded."""
        query = """query ($campaign: String!) { findings(campaign: $campaign, first: 100) {
          nodes { enterpriseCode state } } }"""
        nodes = self.house.ask(query, PLANNER, campaign=self.campaign)["findings"]["nodes"]
        return next((each["state"] for each in nodes if each["enterpriseCode"] == self.code), None)


@contextmanager
def visited_campaign(folder: Path) -> Iterator[Iterator[Site]]:
    """Serve a bureau with a campaign whose first item has a checklist, and give its visits one after another."""
    with served_on("sqlite", folder) as house:
        small_bureau.import_all(house)
        item = files.item("ZJ", "ZJ-01", "样例事项1")
        job = house.import_file("item", files.csv_bytes([{**item, "检查要点": "；".join(POINTS)}]), strict=True)
        assert job["state"] == "DONE", job
        small_bureau.grade_all(house)
        rates = [{"grade": grade, "basisPoints": 4500} for grade in small_bureau.RATES]
        campaign = small_bureau.plan(house, rates=rates, flatReason="首次抽查")
        small_bureau.freeze(house, campaign)
        small_bureau.reveal(house, campaign)
        house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=campaign)
        house.do(small_bureau.step("matchCampaign"), PLANNER, campaign=campaign)
        console = Console(house.bureau.settings, folder)
        left = (Site(house, console, campaign, visit) for visit in small_bureau.visits(house, campaign))
        yield left
