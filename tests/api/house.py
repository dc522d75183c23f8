"""A bureau that is served: a real server on loopback in a thread, its worker, and clients for its doors."""

import io
import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from pydantic import SecretStr

from api import logs, tokens
from api.bureau import Bureau, create
from api.serving import server_config, working
from api.settings import Settings
from api.sides import BOTH, Side
from ledger import log
from ledger.actors import Actor, Role
from sampling.registers import OF_ADMINISTRATORS
from tests.engines import fresh_database

ORIGIN = "log.test/qian"
NAME = "测试单位"
PLENTY: dict[str, Any] = {
    "operation_cost": 10**9,
    "operation_nodes": 10**9,
    "caller_cost": 10**12,
    "caller_cost_per_second": 10**12,
}
"""What callers may ask for, so that no test waits for an allowance, or asks for less than all."""

ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
ANALYST = Actor("analyst", Role.ANALYST)
AUDITOR = Actor("auditor", Role.AUDITOR)
PLANNER = Actor("planner", Role.PLANNER, "ZJ")

JOB = "id kind state refusal { code message remedy } files { name size path } result { __typename }"


class House:
    """A served bureau."""

    def __init__(self, bureau: Bureau, url: str, logged: io.StringIO) -> None:
        self.bureau = bureau
        self.url = url
        self.logged = logged
        self.http = httpx2.Client(base_url=url, timeout=60)

    def token(self, actor: Actor) -> str:
        """Return a token of the actor."""
        return tokens.issue(self.bureau.token_key, self.bureau.origin, actor, self.bureau.now, timedelta(hours=1))

    def headers(self, actor: Actor | None, language: str) -> dict[str, str]:
        """Return the headers of a request."""
        signed_in = {} if actor is None else {"Authorization": f"Bearer {self.token(actor)}"}
        return {"Accept-Language": language, **signed_in}

    def post(
        self, query: str, variables: Mapping[str, Any] | None = None, actor: Actor | None = None, language: str = "en"
    ) -> httpx2.Response:
        """Ask a door: the public one without an actor."""
        path = "/graphql" if actor is None else "/staff/graphql"
        return self.http.post(
            path, json={"query": query, "variables": variables}, headers=self.headers(actor, language)
        )

    def ask(self, query: str, actor: Actor | None = None, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        answer = self.post(query, variables, actor).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def errors(
        self, query: str, actor: Actor | None = None, language: str = "en", **variables: Any
    ) -> list[dict[str, Any]]:
        """Return the errors of an answer."""
        errors: list[dict[str, Any]] = self.post(query, variables, actor, language).json()["errors"]
        return errors

    def do(self, mutation: str, actor: Actor, **variables: Any) -> dict[str, Any]:
        """Return the payload of an operation's only mutation, which is not refused."""
        (payload,) = self.ask(mutation, actor, **variables).values()
        assert payload["refusal"] is None, payload["refusal"]
        found: dict[str, Any] = payload
        return found

    def refused(self, mutation: str, actor: Actor, **variables: Any) -> str:
        """Return the code with which an operation's only mutation is refused, and see that the ledger stands still."""
        before = self._appended()
        (payload,) = self.ask(mutation, actor, **variables).values()
        assert all(value is None for name, value in payload.items() if name != "refusal"), payload
        assert self._appended() == before
        return str(payload["refusal"]["code"])

    def size(self) -> int:
        """Return the ledger's size."""
        return int(self.ask("{ ledger { size } }")["ledger"]["size"])

    def _appended(self) -> int:
        """Return how many entries there are, whether they are signed yet or not."""
        with self.bureau.read() as tx:
            return log.size(tx)

    def upload(
        self, mutation: str, actor: Actor, file: tuple[str, bytes], language: str = "en", **variables: Any
    ) -> dict[str, Any]:
        """Send a mutation whose variable $file is a file, by the multipart request specification."""
        operations = {"query": mutation, "variables": {**variables, "file": None}}
        answer = self.http.post(
            "/staff/graphql",
            data={"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.file"]})},
            files={"0": file},
            headers={**self.headers(actor, language), "Apollo-Require-Preflight": "true"},
        ).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def import_file(
        self, kind: str, content: bytes, name: str = "", strict: bool = False, actor: Actor | None = None
    ) -> dict[str, Any]:
        """Import a file of the own source of a kind, and return its job when it has ended."""
        actor = actor or (ADMINISTRATOR if kind in OF_ADMINISTRATORS else ANALYST)
        mutation = f"""
            mutation ($file: Upload!, $source: String!, $strict: Boolean!) {{
              importFile(file: $file, source: $source, strict: $strict) {{
                job {{ {JOB} }} refusal {{ code }}
              }}
            }}"""
        file = (name or f"{kind}.csv", content)
        payload = self.upload(mutation, actor, file, source=kind, strict=strict)["importFile"]
        assert payload["refusal"] is None, payload["refusal"]
        return self.ended(payload["job"]["id"], actor)

    def work(self, mutation: str, actor: Actor, **variables: Any) -> dict[str, Any]:
        """Ask for a job and return it when it is done."""
        job = self.ended(self.do(mutation, actor, **variables)["job"]["id"], actor)
        assert job["state"] == "DONE", job
        return job

    def ended(self, job: str, actor: Actor) -> dict[str, Any]:
        """Follow a job by its subscription over server-sent events, and return what it was at its end."""
        told = self.followed(job, actor)
        return told[-1]

    def followed(self, job: str, actor: Actor, fields: str = JOB) -> list[dict[str, Any]]:
        """Return all that a job's subscription tells, over server-sent events."""
        query = f"subscription ($id: ID!) {{ job(id: $id) {{ {fields} }} }}"
        headers = {**self.headers(actor, "en"), "Accept": "text/event-stream"}
        told = []
        with self.http.stream(
            "POST", "/staff/graphql", json={"query": query, "variables": {"id": job}}, headers=headers
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: {"):
                    event = json.loads(line.removeprefix("data: "))
                    assert "errors" not in event, event["errors"]
                    told.append(event["data"]["job"])
        return told

    def fetch(self, path: str, actor: Actor) -> httpx2.Response:
        """Fetch a file of staff."""
        return self.http.get(path, headers=self.headers(actor, "en"))


@contextmanager
def served(settings: Settings, worker: bool = True) -> Iterator[House]:
    """Create a bureau and serve it, with a worker or without."""
    with served_bureau(create(settings, ORIGIN, NAME), worker) as house:
        yield house


@contextmanager
def served_bureau(bureau: Bureau, worker: bool = True, sides: Collection[Side] = BOTH) -> Iterator[House]:
    """Serve a bureau, or one side of it, and end it with the block."""
    logged = io.StringIO()
    logs.configure("json", "info", logged)
    config = server_config(bureau, sides)
    config.port = 0
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.001)
        port = server.servers[0].sockets[0].getsockname()[1]
        with working(bureau) if worker else nullcontext():
            yield House(bureau, f"http://127.0.0.1:{port}", logged)
    finally:
        server.should_exit = True
        thread.join()
        bureau.close()


@contextmanager
def served_on(engine: str, folder: Path, worker: bool = True) -> Iterator[House]:
    """Serve a new bureau whose database is on an engine."""
    with fresh_database(engine, folder) as url:
        database_url = None if engine == "sqlite" else SecretStr(url)
        settings = Settings(home=folder / "home", database_url=database_url, **PLENTY)
        with served(settings, worker) as house:
            yield house
