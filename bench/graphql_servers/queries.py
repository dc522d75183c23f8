"""How many real GraphQL queries a second a bureau answers, beside the same answers written by hand.

Three queries (real.py) on a bureau: a page of the register, a campaign with its findings, and a page of the ledger with
proofs. by_hand.py answers them by hand through the same use cases. Both must give the same data.
"""

import asyncio
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import httpx2
from measuring import records
from measuring.logs import postgresql, show_table, table
from measuring.targets import Target
from pydantic import SecretStr
from rich.table import Table
from sqlalchemy import event, text

import api.bureau
from api import logs, tokens
from api.bureau import Bureau, create
from api.settings import Settings
from graphql_servers.by_hand import HANDLERS, build
from graphql_servers.real import QUERIES
from graphql_servers.serving import CONNECTIONS, PROCESSES, PROTOCOL, Server, load, started
from graphql_servers.tails import LOAD, add_row, ask_steadily, can_measure, tails_table
from tests.sampling import bureau as steps

OF_HAND = 0.5
ORIGIN = "log.bench/qian"
PLENTY = 10**9
SAMPLE = steps.Size((360, 150, 120, 100), steps.LIMITS)
BUREAU = Server("a bureau", "by_hand", http=PROTOCOL, factory="served")
PATHS = {"public": "/graphql", "staff": "/staff/graphql"}


class _Then(datetime):
    """The clock as it was when the sample's first files came in: the log goes forward only."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return steps.IMPORTED_AT


def measure(engines: list[str], enterprises: int, seconds: int) -> list[Target]:
    """Measure and print the queries on bureaus of these engines; return what was to be reached."""
    rates = table(
        f"{enterprises:,} enterprises, {CONNECTIONS} connections, {seconds} s",
        *("", "statements", "KiB", "per s", "per s of processor", "by hand", "by hand", "ratio"),
    )
    tails = tails_table("Latency of the project") if can_measure() else None
    reached: list[Target] = []
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            if engine == "SQLite":
                reached += measure_bureau(engine, Path(folder), None, enterprises, seconds, rates, tails)
                continue
            with postgresql() as url:
                if url is not None:
                    reached += measure_bureau(engine, Path(folder), url, enterprises, seconds, rates, tails)
    show_table(rates)
    if tails is not None:
        show_table(tails)
    return reached


def measure_bureau(
    engine: str, home: Path, url: str | None, enterprises: int, seconds: int, rates: Table, tails: Table | None
) -> list[Target]:
    """Fill a bureau, and ask it each query by both ways; return what was to be reached."""
    reached = []
    told = {
        "QIAN_HOME": str(home),
        **dict.fromkeys(("QIAN_CALLER_COST", "QIAN_CALLER_COST_PER_SECOND"), str(PLENTY)),
        **({"QIAN_DATABASE_URL": url} if url else {}),
    }
    settings = Settings(
        home=home, database_url=SecretStr(url) if url else None, caller_cost=PLENTY, caller_cost_per_second=PLENTY
    )
    bureau = filled(settings, enterprises)
    try:
        token = tokens.issue(bureau.token_key, bureau.origin, steps.AUDITOR, bureau.now, timedelta(hours=12))
        counts = asyncio.run(compare(bureau, token))
    finally:
        bureau.close()
    for count in PROCESSES:
        with started(BUREAU, count, told) as processes:
            for name, query in QUERIES.items():
                audience, _ = HANDLERS[name]
                headers = {"Authorization": f"Bearer {token}"} if audience == "staff" else {}
                paths = PATHS[audience], f"/by-hand/{name}"
                for _ in range(2):  # the first time caches fill
                    ours, hand = (load(processes, query, seconds, path, headers) for path in paths)
                what, (statements, size) = f"{engine}, {count} process(es): {name}", counts[name]
                ratio = ours.by_processor / hand.by_processor
                found = [f"{each:,.0f}" for each in (ours.rate, ours.by_processor, hand.rate, hand.by_processor)]
                rates.add_row(what, statements, f"{size / 1024:.0f}", *found, f"{ratio:.2f}")
                reached.append(Target(f"{what} × by hand", ratio, OF_HAND))
                if tails is not None:
                    tail = ask_steadily(processes, query, LOAD * ours.rate, seconds, paths[0], headers)
                    reached.append(add_row(tails, what, what, tail))
    return reached


def filled(settings: Settings, enterprises: int) -> Bureau:
    """Create a bureau with a campaign whose findings are published, and so many other enterprises."""
    with patch.object(api.bureau, "datetime", _Then):
        bureau = create(settings, ORIGIN, "样例局")
    sample = steps.Bureau(bureau.database, SAMPLE)
    steps.take_in(sample, *steps.all_files(SAMPLE))
    for reached, step in list(steps.STEPS.items())[2:]:
        step(sample)
        if reached == "published":
            break
    records.fill(bureau.database, enterprises, datetime.now(UTC).replace(microsecond=0))
    bureau.sign()
    with bureau.database.write() as tx:
        tx.execute(text("ANALYZE"))  # as the server does by itself a little later
    return bureau


async def compare(bureau: Bureau, token: str) -> dict[str, tuple[str, int]]:
    """See that both ways give the same data; return how many statements each takes, and the bytes, by query."""
    told: list[str] = []
    logs.configure("json", "info", io.StringIO())
    event.listen(bureau.database.engine, "before_cursor_execute", lambda *given: told.append(given[2]))
    found = {}
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(build(bureau)),
        base_url="http://127.0.0.1",
        headers={"Accept": "application/json"},
    )
    async with client:
        for name, query in QUERIES.items():
            audience = HANDLERS[name][0]
            answers, counts = [], []
            for path in (PATHS[audience], f"/by-hand/{name}"):
                signed_in = {"Authorization": f"Bearer {token}"} if audience == "staff" or "hand" in path else {}
                told.clear()
                answer = await client.post(path, json={"query": query}, headers=signed_in)
                answers.append(answer.json())
                counts.append(str(len(told)))
            ours, hand = answers
            assert "errors" not in ours, ours["errors"]
            assert ours["data"] == hand["data"], (
                name,
                json.dumps(ours["data"])[:2000],
                json.dumps(hand["data"])[:2000],
            )
            found[name] = " / ".join(counts), len(answer.content)
    return found
