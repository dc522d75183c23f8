"""Queries and mutations that schemathesis makes of both schemas' definitions: none of them meets a fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis.graphql as graphql
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.result import Ok

from api.bureau import create
from api.settings import Settings
from ledger.actors import Actor
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, NAME, ORIGIN, PLANNER, PLENTY, House, served_bureau

Made = Case[Any]
SCHEMAS = Path(__file__).parents[2] / "schema"
bounded = settings(
    max_examples=60,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

for scalar, examples in {
    "BigInt": st.integers().map(str) | st.text(max_size=20),
    "Date": st.dates().map(str) | st.text(max_size=20),
    "DateTime": st.datetimes().map(lambda at: at.isoformat() + "Z") | st.text(max_size=20),
    "Digest": st.binary(min_size=32, max_size=32).map(bytes.hex) | st.text(max_size=20),
    "FormerCode": st.text(max_size=20),
    "JSON": st.text(max_size=20),
    "USCC": st.just("91130304PDY00001XL") | st.text(max_size=20),
    "Upload": st.text(max_size=20),
}.items():
    graphql.scalar(scalar, examples.map(graphql.nodes.String))


def cases(side: str) -> st.SearchStrategy[Made]:
    """Return cases of any query or mutation of a schema."""
    schema = graphql.from_path(SCHEMAS / f"{side}.graphql")
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert len(operations) > 10
    return st.one_of([operation.as_strategy() for operation in operations])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without enterprises."""
    settings = Settings(home=tmp_path_factory.mktemp("made"), **PLENTY)
    with served_bureau(create(settings, ORIGIN, NAME), worker=False) as house:
        yield house


def met(house: House, case: Made, door: str, headers: dict[str, str]) -> None:
    """See that a case is answered, and by no fault."""
    answer = house.http.post(door, json={"query": case.body}, headers=headers)
    told = answer.json()
    assert answer.status_code < 500
    assert "data" in told or told["errors"]
    unexpected = [
        error for error in told.get("errors", ()) if (error.get("extensions") or {}).get("code") == "unexpected"
    ]
    assert unexpected == [], (case.body, house.logged.getvalue()[-2000:])


@bounded
@given(case=st.deferred(lambda: cases("public")))
def test_anything_that_the_public_may_ask(house: House, case: Made) -> None:
    met(house, case, "/graphql", house.headers(None, "en"))


@bounded
@given(case=st.deferred(lambda: cases("staff")), actor=st.sampled_from([PLANNER, ANALYST, AUDITOR, ADMINISTRATOR]))
def test_anything_that_staff_may_ask(house: House, case: Made, actor: Actor) -> None:
    met(house, case, "/staff/graphql", house.headers(actor, "en"))
