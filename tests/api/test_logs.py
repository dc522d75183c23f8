"""Log lines: one form for people, one for machines, and no secret in either."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from api import logs

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(form: Literal["console", "json"], level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(form, level, stream)
    return stream


def test_a_json_line_has_time_level_event_and_fields() -> None:
    stream = lines("json")
    structlog.get_logger("qian").info("job_done", job="ab12")
    line = json.loads(stream.getvalue())
    assert (line["level"], line["event"], line["job"]) == ("info", "job_done", "ab12")
    assert line["timestamp"].endswith("Z")


def test_libraries_log_in_the_same_form() -> None:
    stream = lines("json")
    logging.getLogger("uvicorn.error").info('%s - "%s"', "127.0.0.1", "GET /healthz")
    assert json.loads(stream.getvalue())["event"] == '127.0.0.1 - "GET /healthz"'


def test_work_goes_on_where_nobody_takes_its_lines() -> None:
    stream = lines("json")
    stream.close()
    structlog.get_logger("qian").error("unheard")
    logs.bound("qian.access").info("unheard")


def test_lines_below_the_level_are_left_out() -> None:
    stream = lines("json", "warning")
    structlog.get_logger("qian").info("quiet")
    logging.getLogger("uvicorn").info("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("library", ["alembic.runtime.migration", "fontTools.subset"])
def test_libraries_that_tell_every_step_are_heard_only_when_they_warn(library: str) -> None:
    stream = lines("json")
    logging.getLogger(library).info("Running upgrade")
    assert stream.getvalue() == ""
    logging.getLogger(library).warning("careful")
    assert json.loads(stream.getvalue())["event"] == "careful"


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    "name",
    ["token", "Authorization", "password", "identity_salt", "ticket_key", "match-key", "grade", "stratum", "score"],
)
def test_a_field_named_after_a_secret_is_dropped(form: Literal["console", "json"], name: str) -> None:
    stream = lines(form)
    structlog.get_logger("qian").info("event", **{name: "hidden-value"}, shown="seen")
    assert "hidden-value" not in stream.getvalue()
    assert "seen" in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_secret_is_dropped_deep_inside_and_from_texts(form: Literal["console", "json"]) -> None:
    stream = lines(form)
    structlog.get_logger("qian").info(
        f"asked with Bearer {JWT}",
        headers=[{"authorization": "hidden-value"}],
        database="postgresql+psycopg://qian:hidden-value@db.example/qian",
    )
    logging.getLogger("uvicorn").info("token %s", JWT)
    assert "hidden-value" not in stream.getvalue()
    assert "eyJ" not in stream.getvalue()
    assert "db.example" in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_trace_shows_no_token_and_no_password(form: Literal["console", "json"]) -> None:
    stream = lines(form)
    try:
        raise RuntimeError(f"bad {JWT} at postgresql://qian:hidden-value@db/qian")
    except RuntimeError as error:
        logs.unexpected(error, with_trace=True)
    assert "Traceback" in stream.getvalue()
    assert "hidden-value" not in stream.getvalue()
    assert "eyJ" not in stream.getvalue()


@pytest.mark.parametrize(
    "field", [{"path": f"/x/{JWT}"}, {"path": "/postgresql://a:hunter2@b/c"}, {"token": "hunter2"}, {"codes": [JWT]}]
)
def test_a_request_s_line_is_a_logger_s_line_and_shows_no_secret(field: dict[str, object]) -> None:
    fields: dict[str, object] = {"method": "POST", "status": 200, "codes": [], "name": None, **field}
    before = logs.request.set("ab12")
    try:
        told = lines("json")
        logs.tell("qian.access", "request", {"request_id": "ab12", **fields})
        logged = lines("json")
        logs.bound("qian.access").info("request", **fields)
    finally:
        logs.request.reset(before)
    line, same = json.loads(told.getvalue()), json.loads(logged.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert same.pop("timestamp").endswith("Z")
    assert line == same
    assert JWT not in told.getvalue()
    assert "hunter2" not in told.getvalue()


def test_an_unexpected_failure_has_an_id_and_a_place_and_does_not_repeat_what_it_said() -> None:
    stream = lines("json")
    try:
        raise RuntimeError("the grade is D")
    except RuntimeError as error:
        identifier = logs.unexpected(error, with_trace=False)
    line = json.loads(stream.getvalue())
    assert (line["id"], line["error"], line["level"]) == (identifier, "RuntimeError", "error")
    assert line["place"].startswith("tests.api.test_logs:")
    assert "the grade is D" not in stream.getvalue()
