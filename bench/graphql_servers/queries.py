"""How many real GraphQL queries a second a bureau answers, beside the same answers written by hand.

Three queries (real.py) on a bureau: a page of the register, a campaign with its findings, and a page of the ledger with
proofs. by_hand.py answers them by hand through the same use cases. Both must give the same data.
"""

import asyncio
import io
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import httpx2
from measuring import records
from measuring.logs import postgresql, show_table, table
from measuring.steady import ask_steadily
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
from graphql_servers.serving import CONNECTIONS, LOAD, PROTOCOL, Answered, load, started, tail_target
from tests.sampling import bureau as steps

OF_HAND = 0.5
ORIGIN = "log.bench/qian"
PLENTY = 10**9
SAMPLE = steps.Size((360, 150, 120, 100), steps.LIMITS)
PATHS = {"public": "/graphql", "staff": "/staff/graphql"}


class _Then(datetime):
    """The clock as it was when the sample's first files came in: the log goes forward only."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return steps.IMPORTED_AT


def measure(engines: list[str], enterprises: int, seconds: int) -> list[Target]:
    """Measure and print the queries on bureaus of these engines; return what was to be reached."""
    rates = table(
        f"{enterprises:,} enterprises, 1 worker, {CONNECTIONS} connections, {seconds} s",
        *("", "statements", "KiB", "per s", "per s of processor", "by hand", "by hand", "ratio"),
    )
    tails = table(f"Latency of the project at {LOAD:.0%} of its rate, ms", "", "rate", "p50", "p99", "p99 / p50")
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
    show_table(tails)
    return reached


def measure_bureau(
    engine: str, home: Path, url: str | None, enterprises: int, seconds: int, rates: Table, tails: Table
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
    headers = {"Authorization": f"Bearer {token}"}
    command = [sys.executable, "-m", "uvicorn", "--factory", "graphql_servers.by_hand:served", "--log-level", "error"]
    command += ["--no-access-log", "--http", PROTOCOL]
    with started(lambda port: [*command, "--port", str(port)], told) as (pid, port):
        for name, query in QUERIES.items():
            path = PATHS[HANDLERS[name][0]]
            signed_in = headers if path == PATHS["staff"] else {}

            def asked(path: str, query: str = query, signed_in: dict[str, str] = signed_in) -> Answered:
                return load(pid, port, query, seconds, path, signed_in)

            asked(path), asked(f"/by-hand/{name}")
            ours, hand = asked(path), asked(f"/by-hand/{name}")
            statements, size = counts[name]
            rates.add_row(
                f"{engine}: {name}",
                statements,
                f"{size / 1024:.0f}",
                *(f"{ours.rate:,.0f}", f"{ours.by_processor:,.0f}", f"{hand.rate:,.0f}", f"{hand.by_processor:,.0f}"),
                f"{ours.by_processor / hand.by_processor:.2f}",
            )
            tail = ask_steadily(port, path, query, signed_in, LOAD * ours.rate, seconds, CONNECTIONS)
            tails.add_row(
                f"{engine}: {name}",
                *(f"{tail.rate:,.0f}", f"{tail.median:.2f}", f"{tail.p99:.2f}", f"{tail.tail:.1f}"),
            )
            ratio = ours.by_processor / hand.by_processor
            reached += [Target(f"{engine}: {name} × by hand", ratio, OF_HAND), tail_target(f"{engine}: {name}", tail)]
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
