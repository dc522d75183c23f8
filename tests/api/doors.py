"""Doors of one bureau under other settings, asked in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.bureau import Bureau
from api.server import build_app
from api.settings import Settings
from api.sides import BOTH, Side
from api.tokens import issue
from ledger.actors import Actor
from tests.api.house import PLANNER

LIFETIME = timedelta(hours=1)
HELLO = {"query": "{ __typename }"}


@contextmanager
def opened(home: Path, sides: frozenset[Side] = BOTH, **settings: Any) -> Iterator[TestClient]:
    """Give a client of the bureau in a folder, which exists, under these settings."""
    bureau = Bureau(Settings(home=home, **settings))
    try:
        yield TestClient(build_app(bureau, sides), base_url="http://testserver", headers={"Accept-Language": "en"})
    finally:
        bureau.close()


def signed_in(home: Path, actor: Actor = PLANNER) -> dict[str, str]:
    """Return the header of an actor of the bureau in a folder."""
    bureau = Bureau(Settings(home=home))
    try:
        token = issue(bureau.token_key, bureau.origin, actor, bureau.now, LIFETIME)
    finally:
        bureau.close()
    return {"Authorization": f"Bearer {token}"}


def code_of(answer: Any) -> str:
    """Return the code of an answer's only error."""
    (error,) = answer.json()["errors"]
    return str(error["extensions"]["code"])
