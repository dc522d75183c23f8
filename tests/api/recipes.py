"""The recipes of docs/api.md: read from the page, and asked of a served bureau as the page says."""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

import httpx2
from graphql import OperationDefinitionNode, OperationType, parse

from api.serving import working
from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from sampling.judging import judge
from sampling.verdicts import sign_verdict
from sampling.verification import Trust
from tests.api import small_bureau
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, House
from tests.sampling.auditing import ZHANG as AUDITOR_S_KEY

PAGE = Path(__file__).parents[2] / "docs/api.md"
STAFF = {
    "planner": PLANNER,
    "reviewer": Actor("reviewer", Role.PLANNER, "ZJ"),
    "partner": Actor("partner", Role.PLANNER, "SC"),
    "analyst": ANALYST,
    "auditor": AUDITOR,
    "administrator": ADMINISTRATOR,
    "deputy": Actor("deputy", Role.ADMINISTRATOR),
}
INSPECTORS = ("inspector", "colleague", "leader")
FETCHED = ("invited", "peer")
AUDIENCES = ("public", *STAFF, *INSPECTORS, *FETCHED)
PATIENCE_SECONDS = 30

PART = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
KEEP = re.compile(r"Keep `(\w+)`\s+from\s+(?:`([\w.]+)`|its body)")
COLUMN = re.compile(r"Keep `(\w+)`\s+from\s+the\s+column\s+`(\w+)`")
ATTESTED = "Keep `verdict` from what `qian attest` signs"
LATER = re.compile(r"(\d+) years later:")
REFUSED = re.compile(r"Refused: `(\w+)`")
OTHERS = "The other visits go the same way"
PLACE = re.compile(r"<(\w+)([+-]\d+)?>")
REQUEST = re.compile(r"(GET|POST) (\S+)")


@dataclass
class Step:
    """What is asked once: a document, or a request of its own."""

    heading: str
    who: str
    document: str = ""
    request: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    file: str = ""
    file_name: str = "file.csv"
    answer: dict[str, Any] | None = None
    refused: str | None = None
    others_follow: bool = False
    keeps: dict[str, str] = field(default_factory=dict)
    keeps_columns: dict[str, str] = field(default_factory=dict)
    is_attested: bool = False
    years_later: int = 0

    @property
    def operation(self) -> OperationType:
        """What kind of operation its document is."""
        (found,) = (node for node in parse(self.document).definitions if isinstance(node, OperationDefinitionNode))
        return found.operation


def read(text: str) -> list[Step]:
    """Return the recipes' steps in their order."""
    recipes = text[text.index("\n## Recipes") :]
    return [step for section in recipes.split("\n#### ")[1:] for step in _section(section)]


def _section(section: str) -> Iterator[Step]:
    heading, _, rest = section.partition("\n")
    step: Step | None = None
    end = 0
    for part in PART.finditer(rest):
        words = rest[end : part.start()]
        end = part.end()
        language, who, content = part[1], part[2] or "", part[3]
        if step is not None:
            _told(step, words)
        if language == "graphql" or (language == "http" and REQUEST.match(content)):
            if step is not None:
                yield step
            step = Step(heading, who, is_attested=ATTESTED in words)
            if later := LATER.search(words):
                step.years_later = int(later[1])
            if language == "graphql":
                step.document = content
            else:
                step.request = content
            continue
        assert step is not None, heading
        if language == "http":
            step.headers = dict(line.split(": ", 1) for line in content.splitlines())
        elif language in ("csv", "pdf"):
            step.file, step.file_name = content, f"file.{language}"
        elif words.rstrip().endswith("Answer:"):
            step.answer = json.loads(content)
        else:
            assert language == "json", language
            step.variables = json.loads(content)
    assert step is not None, f"{heading}: a recipe without a run"
    _told(step, rest[end:])
    yield step


def _told(step: Step, words: str) -> None:
    """Take in what the words behind a step's block say of it."""
    step.keeps |= dict(KEEP.findall(words))
    step.keeps_columns |= dict(COLUMN.findall(words))
    if refused := REFUSED.search(words):
        step.refused = refused[1]
    step.others_follow |= OTHERS in words


def holds(answer: Any, told: Any) -> bool:
    """Whether an answer says what is told of it; an object may say more, a list has as many places."""
    if isinstance(told, dict):
        return isinstance(answer, dict) and all(name in answer and holds(answer[name], told[name]) for name in told)
    if isinstance(told, list):
        return isinstance(answer, list) and len(answer) == len(told) and all(map(holds, answer, told))
    return bool(answer == told)


class Kitchen:
    """One bureau in which the recipes are done, and what their answers gave so far."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.kept: dict[str, Any] = {}
        self.streams: list[Stream] = []
        self.ahead = timedelta(0)
        """By how much the bureau's clock is ahead."""
        self._jobs: list[tuple[str, dict[str, str]]] = []
        self._worker = ExitStack()
        self._worker.enter_context(working(house.bureau))

    def do(self, steps: list[Step]) -> None:
        """Do one recipe; where it cancels a job no worker is there, so that the job waits."""
        cancels = any("cancelJob" in step.document for step in steps)
        if cancels:
            self._settle()
            self._worker.close()
        for step in steps:
            self.ahead += timedelta(days=366 * step.years_later)
            if step.is_attested:
                self.kept["verdict"] = self._attest()
            if step.request:
                self._keep(step, self._request(step))
                continue
            is_followed = step.operation is OperationType.SUBSCRIPTION
            if not cancels and not (is_followed and "job(" in step.document):
                self._settle()
            if is_followed:
                self._follow(step)
            else:
                self._ask_and_see(step)
            if step.others_follow:
                self._do_other_visits()
        if cancels:
            self._jobs.clear()
            self._worker.enter_context(working(self.house.bureau))

    def close(self) -> None:
        """Wait for the jobs and end the worker."""
        self._settle()
        self._worker.close()

    def _ask_and_see(self, step: Step) -> None:
        answer = self._ask(step)
        if "Idempotency-Key" in step.headers:
            assert self._ask(step)["data"] == answer["data"]
        expected = self._filled(step.answer or {})
        assert ("errors" in answer) == ("errors" in expected), answer
        assert holds(answer, expected), answer
        if step.operation is OperationType.MUTATION:
            (payload,) = answer["data"].values()
            refusal = payload["refusal"]
            assert (refusal and refusal["code"]) == step.refused, refusal
            if payload.get("job") is not None and "id" in payload["job"]:
                self._jobs.append((payload["job"]["id"], self._headers(step)))
        self._keep(step, answer.get("data"))

    def _do_other_visits(self) -> None:
        """Have all visits recorded, confirmed, approved and published but for the one that the recipes were about."""
        campaign = self.kept["campaign"]
        others = [
            visit
            for visit in small_bureau.visits(self.house, campaign)
            if visit["enterpriseCode"] != self.kept["enterprise"]
        ]
        for visit in others:
            if visit["enterpriseCode"] != self.kept["inspected"]:
                small_bureau.record(self.house, campaign, visit)
            small_bureau.confirm(self.house, campaign, visit)
            small_bureau.approve(self.house, campaign, visit)
        self.house.do(small_bureau.PUBLISH, PLANNER, campaign=campaign)

    def _attest(self) -> str:
        """Do what `qian attest` does with the bundle that was fetched."""
        bureau = self.house.bureau
        _, verdict = judge(self.kept["bundle"], Trust((bureau.verifier,)), [], bureau.today)
        return sign_verdict(verdict, AUDITOR_S_KEY)

    def _settle(self) -> None:
        """Wait until the jobs that were asked for are done."""
        for job, headers in self._jobs:
            stream = Stream(self.house, "subscription ($id: ID!) { job(id: $id) { state } }", {"id": job}, headers)
            assert stream.ended()[-1]["job"]["state"] == "DONE", stream.told
        self._jobs.clear()

    def _follow(self, step: Step) -> None:
        """Follow a subscription from now on, and see that it tells something at once."""
        stream = Stream(self.house, step.document, self._filled(step.variables), self._headers(step))
        self.streams.append(stream)
        assert stream.first(), step.heading

    def _ask(self, step: Step) -> dict[str, Any]:
        """Ask a step's document, with its file where it has one."""
        asked = {"query": step.document, "variables": self._filled(step.variables)}
        headers = self._headers(step)
        if "$file: Upload" in step.document:
            content = asked["variables"]["file"] or step.file.encode()
            asked["variables"]["file"] = None
            form = {"operations": json.dumps(asked), "map": json.dumps({"0": ["variables.file"]})}
            answer = self.house.http.post(
                _path(step),
                data=form,
                files={"0": (step.file_name, content)},
                headers={**headers, "GraphQL-Require-Preflight": "1"},
            )
        else:
            answer = self.house.http.post(_path(step), json=asked, headers=headers)
        told: dict[str, Any] = answer.json()
        return told

    def _request(self, step: Step) -> Any:
        """Send a request of its own, and return its JSON or its bytes."""
        head, _, body = step.request.partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split(" ")
        answer = self.house.http.request(
            method,
            self._filled(path),
            content=PLACE.sub(lambda place: quote(str(self._filled(place[0]))), body).encode(),
            headers={**self._headers(step), **dict(line.split(": ", 1) for line in lines)},
        )
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer.content

    def _headers(self, step: Step) -> dict[str, str]:
        """Return a step's headers, with the token of who asks."""
        if step.who in ("", "public"):
            return dict(step.headers)
        if step.who in FETCHED:
            token = self.kept[step.who]
        elif step.who in INSPECTORS:
            token = self.house.token(Actor(self.kept[step.who], Role.INSPECTOR, "ZJ"))
        else:
            token = self.house.token(STAFF[step.who])
        return {**step.headers, "Authorization": f"Bearer {token}"}

    def _filled(self, told: Any) -> Any:
        """Return what a page tells, with what its places stand for."""
        if isinstance(told, dict):
            return {name: self._filled(value) for name, value in told.items()}
        if isinstance(told, list):
            return [self._filled(value) for value in told]
        if not isinstance(told, str) or not (place := PLACE.fullmatch(told)):
            return told
        today = self.house.bureau.today
        return {
            "today": (today + timedelta(days=int(place[2] or 0))).isoformat(),
            "month": today.isoformat()[:7],
            "year": today.year,
            "now": instant_text(self.house.bureau.now),
            "hour": instant_text(self.house.bureau.now + timedelta(hours=1 + int(place[2] or 0))),
            **self.kept,
        }[place[1]]

    def _keep(self, step: Step, answer: Any) -> None:
        """Keep of an answer what the page says is kept."""
        for name, path in step.keeps.items():
            found = answer
            for part in path.split(".") if path else ():
                found = found[int(part)] if isinstance(found, list) else found[part]
            assert found is not None, (step.heading, name)
            self.kept[name] = found
        for name, column in step.keeps_columns.items():
            self.kept[name] = next(csv.DictReader(answer.decode("utf-8-sig").splitlines()))[column]


def _path(step: Step) -> str:
    return "/graphql" if step.who == "public" else "/staff/graphql"


class Stream:
    """A subscription over server-sent events, followed in a thread."""

    def __init__(self, house: House, document: str, variables: Any, headers: dict[str, str]) -> None:
        self.told: list[dict[str, Any]] = []
        self.faults: list[Any] = []
        self._heard = Event()
        path = "/staff/graphql" if "Authorization" in headers else "/graphql"
        asked = {"query": document, "variables": variables}
        given = {**headers, "Accept": "text/event-stream"}
        self._thread = Thread(target=self._listen, args=(house.url + path, asked, given), daemon=True)
        self._thread.start()

    def first(self) -> bool:
        """Wait for the first event; whether one came, and none was an error."""
        heard = self._heard.wait(PATIENCE_SECONDS)
        assert not self.faults, self.faults
        return heard

    def ended(self) -> list[dict[str, Any]]:
        """Wait for the end of the stream and return what it told."""
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()
        assert not self.faults, self.faults
        return self.told

    def _listen(self, url: str, asked: dict[str, Any], headers: dict[str, str]) -> None:
        with (
            suppress(httpx2.TransportError),  # what nobody waits for ends with the server
            httpx2.Client(timeout=PATIENCE_SECONDS) as client,
            client.stream("POST", url, json=asked, headers=headers) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("data: {"):
                    event = json.loads(line.removeprefix("data: "))
                    self.faults += event.get("errors", [])
                    self.told.append(event.get("data") or {})
                    self._heard.set()
