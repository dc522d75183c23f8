"""A bureau whose findings are recorded and approved, served under a clock of the tests, and both ways to it.

Each test takes a finding that no other one has. The clock stands still but where a test moves it on, for good.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from api import serving
from api.bureau import Bureau as Served
from api.migrating import newest_version
from api.settings import Settings
from api.worker import Worker
from ledger import keys
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.note import Verifier
from sampling import findings, inbox
from sampling.assigning import Visit
from tests.api.console import Console
from tests.api.house import PLENTY, House, served_bureau
from tests.engines import fresh_database
from tests.sampling import bureau as steps
from tests.sampling.bureau import CAMPAIGN, CLOSED_AT, PLANNER, SIGNER, Bureau, leader, visits

SECOND = Actor("planner-zj-2", Role.PLANNER, "ZJ")
RECEIVER = Actor("planner-yj", Role.PLANNER, "YJ")
ELSEWHERE = Actor("planner-sc", Role.PLANNER, "SC")
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)


class Clock:
    """What the service takes for the present."""

    def __init__(self, now: datetime = CLOSED_AT + timedelta(hours=1)) -> None:
        self.now = now


@dataclass
class Desk:
    """The bureau, its doors, and the findings that no test has taken yet, by what follows them."""

    house: House
    console: Console
    clock: Clock
    bureau: Bureau
    approved: list[Visit] = field(default_factory=list)
    published: dict[str, list[Visit]] = field(default_factory=dict)

    def take_approved(self) -> Visit:
        """Return an approved finding's visit."""
        return self.approved.pop()

    def take(self, follow_up: str = "correction") -> Visit:
        """Return a published finding's visit."""
        return self.published[follow_up].pop()

    def move_on(self, to: datetime) -> None:
        """Let time pass."""
        assert to >= self.clock.now
        self.clock.now = to

    def messages(self, actor: Actor) -> list[str]:
        """Return the codes of what an actor was told, newest first."""
        return [each.code for each in self.bureau.ask(lambda tx: inbox.messages(tx, actor))]

    def state(self, visit: Visit) -> str:
        """Return the state of a finding."""
        return self.bureau.ask(lambda tx: findings.of_enterprise(tx, CAMPAIGN, visit.enterprise)).state

    def shows(self, visit: Visit) -> bool:
        """Tell whether any public door shows an enterprise."""
        answers = [self.house.http.get(path).text for path in ("/feed.json", "/feed.atom", "/feed-ended.json", "/")]
        answers.append(str(self.house.ask(FINDINGS, code=visit.enterprise)))
        answers.append(self.house.post(FINDING, {"campaign": CAMPAIGN, "position": visit.position}).text)
        return any(word in answer for answer in answers for word in (visit.enterprise, visit.name))


FINDINGS = """query ($code: USCC!) {
  findings(first: 100) { nodes { number enterpriseCode enterpriseName } }
  of: findings(first: 100, filter: { enterpriseCode: $code }) {
    nodes { enterpriseName version correctedAt results { code } } }
}"""
FINDING = """query ($campaign: String!, $position: Int!) {
  finding(campaign: $campaign, position: $position) { enterpriseName version opening { salt } }
}"""


@contextmanager
def desk_on(template: str, folder: Path) -> Iterator[Desk]:
    """Serve a copy of a bureau in the state "reviewed", with most of its findings published."""
    with _copied(template, folder) as (settings, bureau):
        every = visits(bureau)
        steps.publish_of(bureau, [visit.enterprise for visit in every[2:]])
        with _served(settings, bureau, Clock()) as desk:
            desk.approved = every[:2]
            for each in bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, CAMPAIGN)):
                if each.state == "published":
                    visit = next(visit for visit in every if visit.position == each.position)
                    desk.published.setdefault(each.follow_up, []).append(visit)
            yield desk


@contextmanager
def desk_at(template: str, folder: Path, now: datetime, worker: bool = False, **more: Any) -> Iterator[Desk]:
    """Serve a copy of a bureau in any state from an instant on, with a worker or without; `more` are settings."""
    with _copied(template, folder, **more) as (settings, bureau), _served(settings, bureau, Clock(now), worker) as desk:
        yield desk


@contextmanager
def _copied(template: str, folder: Path, **more: Any) -> Iterator[tuple[Settings, Bureau]]:
    settings = _settings(folder, **more)
    with fresh_database("sqlite", settings.home, template) as address, steps.opened(address) as bureau:
        _stamp(bureau)
        yield settings, bureau


@contextmanager
def _served(settings: Settings, bureau: Bureau, clock: Clock, worker: bool = False) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Served, "now", property(lambda _: clock.now))
        patched.setattr(serving, "Worker", lambda bureau: Worker(bureau, lambda: clock.now))
        with served_bureau(Served(settings), worker) as house:
            yield Desk(house, Console(settings, settings.home.parent), clock, bureau)


def leader_of(visit: Visit) -> Actor:
    """Return who leads a visit."""
    return leader(visit)


def today(desk: Desk) -> str:
    """Return the civil day by the desk's clock."""
    return civil_date(desk.clock.now).isoformat()


def variables(visit: Visit, **more: Any) -> dict[str, Any]:
    """Return the variables that name a finding."""
    return {"campaign": CAMPAIGN, "enterprise": visit.enterprise, **more}


def _settings(folder: Path, **more: Any) -> Settings:
    home = folder / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"log of the tests").digest())
    name = f"log-{Verifier.from_vkey(SIGNER.verifier_key).key_id.hex()}.key"
    keys.save_private_key(home / "keys" / name, private)
    for secret in ("token", "pseudonym"):
        keys.create_secret(home / "keys" / f"{secret}.key")
    return Settings(home=home, **PLENTY, **more)


def _stamp(bureau: Bureau) -> None:
    """Say that the tables are the newest ones, as the migrations do."""
    with bureau.database.write() as tx:
        tx.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        tx.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": newest_version()})
