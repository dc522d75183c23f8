"""What operators are told: metrics, one span and one log line for each operation, and nothing secret in any of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from starlette.testclient import TestClient
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from api import server, telemetry
from api.metrics import DOORS, Metrics
from api.settings import Settings
from api.sides import Side
from ledger.actors import Actor, Role
from ledger.operating import Standing
from sampling.users import managing, signing_in
from schema.observing import Told
from schema.words import all_words
from tests import bureau_files as files
from tests.api.house import ADMINISTRATOR, ANALYST, PLANNER, House, served

HIDDEN = "walnut-hidden-value"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, spans: InMemorySpanExporter) -> Iterator[House]:
    """A bureau that this machine may read the metrics of, and whose spans stay here."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    folder = tmp_path_factory.mktemp("observed")
    settings = Settings(home=folder / "home", metrics_readers="127.0.0.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telemetry, "tracer", lambda: provider.get_tracer("qian"))
        with served(settings) as house:
            yield house


def samples(house: House) -> Samples:
    answer = house.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(of: Samples, name: str, **labels: str) -> float:
    return of.get((name, tuple(sorted(labels.items()))), 0.0)


def lines(house: House, event: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, house.logged.getvalue().splitlines()) if line["event"] == event]


def test_requests_and_operations_are_counted(house: House) -> None:
    before = samples(house)
    house.ask("{ bureau { name } }")
    house.ask("{ me { role } }", ANALYST)
    house.post("{")
    after = samples(house)

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("qian_http_requests_total", door="graphql", status="2xx") == 2
    assert more("qian_http_requests_total", door="staff_graphql", status="2xx") == 1
    assert more("qian_http_request_seconds_count", door="graphql") == 2
    assert more("qian_operations_total", caller="public", kind="query") == 1
    assert more("qian_operations_total", caller="public", kind="none") == 1
    assert more("qian_operations_total", caller="analyst", kind="query") == 1
    assert more("qian_operation_seconds_count", caller="analyst", kind="query") == 1
    assert more("qian_operation_cost_sum", caller="analyst") == 11
    assert more("qian_refusals_total", code="GRAPHQL_PARSE_FAILED") == 1


def test_refusals_are_counted_wherever_they_are_told(house: House) -> None:
    before = samples(house)
    house.errors('{ campaign(code: "2026-0001") { code } }', PLANNER)  # in the errors
    house.refused('mutation { cancelJob(id: "x") { refusal { code } } }', PLANNER)  # in a payload
    house.http.get("/staff/files/x/y", headers=house.headers(PLANNER, "en"))  # not by GraphQL at all
    after = samples(house)
    counted = {
        dict(labels)["code"]: value - before.get((name, labels), 0.0)
        for (name, labels), value in after.items()
        if name == "qian_refusals_total"
    }
    assert counted["campaign_missing"] == 1
    assert sum(counted.values()) >= 3
    assert counted["job_missing"] >= 1


@pytest.mark.parametrize("authorization", [None, "Basic abc", f"Bearer {HIDDEN}"])
def test_a_failed_sign_in_is_counted_and_logged_without_what_was_shown(house: House, authorization: str | None) -> None:
    code = "token_refused" if authorization and authorization.startswith("Bearer") else "token_missing"
    before, logged = samples(house), len(lines(house, "sign_in_failed"))
    headers = {} if authorization is None else {"Authorization": authorization}
    assert house.http.post("/staff/graphql", json={"query": "{ me { role } }"}, headers=headers).status_code == 401
    after = samples(house)
    assert value(after, "qian_failed_sign_ins_total", code=code) == 1 + value(
        before, "qian_failed_sign_ins_total", code=code
    )
    (line,) = lines(house, "sign_in_failed")[logged:]
    assert (line["code"], line["address"], line["level"]) == (code, "127.0.0.1", "warning")
    assert HIDDEN not in house.logged.getvalue()


def test_a_failed_sign_in_on_a_web_socket_is_counted_too(house: House) -> None:
    before = samples(house)
    with connect(
        house.url.replace("http", "ws") + "/staff/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
    ) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {HIDDEN}"}}))
        with pytest.raises(Exception, match="Forbidden"):
            socket.recv()
    name, labels = "qian_failed_sign_ins_total", {"code": "token_refused"}
    assert value(samples(house), name, **labels) == value(before, name, **labels) + 1


def test_a_wrong_password_in_a_mutation_is_a_failed_sign_in(house: House) -> None:
    officer = Actor("officer", Role.PLANNER, None)
    with house.bureau.write() as tx:
        secret = managing.invite(tx, ADMINISTRATOR, house.bureau.now, officer.subject, officer.role, None).secret
    signing_in.accept(
        house.bureau, house.bureau.user_keys, house.bureau.now, secret, "a password of sixteen words", None
    )
    before, logged = samples(house), len(lines(house, "sign_in_failed"))
    change = "mutation($old: String!) { changePassword(password: $old, newPassword: $old) { done refusal { code } } }"
    payload = house.ask(change, officer, old=HIDDEN)["changePassword"]
    assert (payload["done"], payload["refusal"]["code"]) == (False, "sign_in_refused")
    name, labels = "qian_failed_sign_ins_total", {"code": "sign_in_refused"}
    assert value(samples(house), name, **labels) == value(before, name, **labels) + 1
    (line,) = lines(house, "sign_in_failed")[logged:]
    assert (line["code"], line["address"]) == ("sign_in_refused", "127.0.0.1")
    assert HIDDEN not in house.logged.getvalue()


def test_jobs_the_log_and_the_pool_are_told(house: House) -> None:
    house.import_file("registration", files.csv_bytes([files.registration(1)]))
    told = samples(house)
    assert value(told, "qian_jobs", kind="import_file", state="done") == 1
    assert value(told, "qian_jobs_waiting_seconds") == 0
    assert value(told, "qian_log_entries") == house.size()
    assert value(told, "qian_log_unsigned_entries") == 0
    assert value(told, "qian_database_connections", state="in_use") >= 0
    assert value(told, "process_cpu_seconds_total") > 0


def test_no_label_has_a_caller_s_text(house: House) -> None:
    """Neither the name of an operation, nor a path, nor a subject."""
    house.ask(f"query {HIDDEN.replace('-', '_')} {{ me {{ role }} }}", ANALYST)
    house.http.get(f"/{HIDDEN}")
    house.http.post("/graphql", json={"query": "{ bureau { name } }", "operationName": HIDDEN})
    text = house.http.get("/metrics").text
    assert HIDDEN not in text
    assert HIDDEN.replace("-", "_") not in text
    assert ANALYST.subject + '"' not in text.replace('caller="analyst"', "")
    doors = {*DOORS.values(), "other"}
    allowed = {
        "door": doors,
        "code": {*all_words(), "other"},
        "caller": {"public", "analyst", "planner", "administrator"},
    }
    for _, labels in samples(house):
        for name, found in labels:
            assert found in allowed.get(name, {found})


def test_a_code_without_words_is_no_label() -> None:
    metrics = Metrics()
    metrics.operation(Told(codes={HIDDEN}))
    metrics.refusal(HIDDEN)
    assert HIDDEN not in str(list(metrics.registry.collect()))
    assert metrics.registry.get_sample_value("qian_refusals_total", {"code": "other"}) == 2


def test_an_operation_has_one_span_and_one_line(house: House, spans: InMemorySpanExporter) -> None:
    spans.clear()
    before = len(lines(house, "request"))
    query = "query Names { enterprises(first: 100) { nodes { name code } } departments { code } }"
    house.ask(query, PLANNER)
    (span,) = finished(spans)
    assert span.name == "query"
    assert span.attributes is not None
    told = {name: span.attributes[name] for name in span.attributes}
    cost = told.pop("qian.cost")
    assert told == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Names",
        "qian.caller": "planner",
        "qian.codes": (),
    }
    (line,) = lines(house, "request")[before:]
    assert not lines(house, "operation")
    assert (line["method"], line["path"], line["status"]) == ("POST", "/staff/graphql", 200)
    assert (line["kind"], line["name"], line["caller"], line["codes"]) == ("query", "Names", "planner", [])
    assert line["cost"] == cost
    assert isinstance(line["milliseconds"], int)
    assert line["request_id"]


@pytest.mark.parametrize(("name", "told"), [("N" * 500, "N" * 60), ("a b", None), ("\u202e", None), ("<script>", None)])
def test_a_name_in_the_log_is_a_short_name(house: House, name: str, told: str | None) -> None:
    before = len(lines(house, "request"))
    query = f"query {name} {{ bureau {{ name }} }}" if name.isalpha() and name.isascii() else "{ bureau { name } }"
    house.http.post("/graphql", json={"query": query, "operationName": name})
    assert [line.get("name") for line in lines(house, "request")[before:]] in ([told], [None])


def test_staff_continue_their_trace_and_strangers_do_not(house: House, spans: InMemorySpanExporter) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    given = {"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
    spans.clear()
    body = {"query": "{ __typename }"}
    house.http.post("/staff/graphql", json=body, headers={**given, **house.headers(ANALYST, "en")})
    house.http.post("/graphql", json=body, headers=given)
    staff, public = finished(spans)
    assert trace.format_trace_id(staff.context.trace_id) == trace_id
    assert trace.format_trace_id(public.context.trace_id) != trace_id


def test_a_grade_is_in_neither_metrics_nor_spans_nor_log(house: House, spans: InMemorySpanExporter) -> None:
    spans.clear()
    query = "query ($code: FormerCode!) { grade(enterprise: $code, purpose: $purpose) { label } }"
    query = query.replace("($code: FormerCode!)", "($code: FormerCode!, $purpose: String!)")
    house.post(query, {"code": files.code(1), "purpose": "pistachio"}, ANALYST)
    text = house.http.get("/metrics").text + house.logged.getvalue() + "".join(s.to_json() for s in finished(spans))
    assert "pistachio" not in text
    assert files.code(1) not in text


def finished(spans: InMemorySpanExporter) -> tuple[ReadableSpan, ...]:
    return spans.get_finished_spans()


@pytest.mark.parametrize(
    ("readers", "forwarded", "status"),
    [
        ("", None, 404),
        ("10.0.0.0/8", None, 404),
        ("10.0.0.0/8, 127.0.0.0/8", None, 200),
        ("127.0.0.1", "203.0.113.7", 404),  # somebody behind the proxy of this machine
        ("203.0.113.0/24,2001:db8::/32", "2001:db8::7", 200),
    ],
)
def test_only_readers_that_a_setting_names_are_answered(
    tmp_path: Path, readers: str, forwarded: str | None, status: int
) -> None:
    with served(Settings(home=tmp_path / "home", metrics_readers=readers), worker=False) as house:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        assert house.http.get("/metrics", headers=headers).status_code == status
        signed_in = {**headers, **house.headers(ADMINISTRATOR, "en")}
        assert house.http.get("/metrics", headers=signed_in).status_code == status
        public = TestClient(server.build_app(house.bureau, {Side.PUBLIC}), client=("127.0.0.1", 1))
        assert public.get("/metrics").status_code == 404


def test_readers_that_are_no_networks_are_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(metrics_readers="everybody")


def test_what_stands_no_more_is_told_no_more(house: House) -> None:
    metrics = Metrics()
    metrics.text(Standing({("import", "waiting"): 2}, None, 1, 0), 0.0, house.bureau.database)
    metrics.text(Standing({("import", "done"): 2}, None, 1, 0), 0.0, house.bureau.database)
    assert metrics.registry.get_sample_value("qian_jobs", {"kind": "import", "state": "waiting"}) is None
