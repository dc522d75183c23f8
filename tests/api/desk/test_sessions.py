"""Sessions of the desk: who gets one and by what, where its cookie counts, and when it ends."""

import io
import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from api import logs
from api.bureau import Bureau, create
from api.server import build_app
from api.settings import Settings
from api.tokens import issue
from ledger.actors import Actor, Role
from sampling.users import desk_sessions, managing, signing_in
from sampling.users.tables import desk_session
from tests.api.house import ADMINISTRATOR, NAME, ORIGIN, PLANNER
from tests.engines import ENGINES, fresh_database

PASSWORD = "correct horse battery staple"  # noqa: S105
ME = {"query": "{ me { subject role departmentCode } }"}
SITE = "https://front.example"
OWN = "http://testserver"
ANOTHER_SITE = ({"Origin": SITE}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})
PATH = "/desk/session"


@pytest.fixture(scope="module", params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a bureau with a user who has a password."""
    folder = tmp_path_factory.mktemp("desk")
    with fresh_database(request.param, folder) as url:
        database_url = None if request.param == "sqlite" else SecretStr(url)
        settings = Settings(home=folder / "home", database_url=database_url)
        bureau = create(settings, ORIGIN, NAME)
        invitation = invited(bureau, "wang")
        signing_in.accept(bureau, bureau.user_keys, bureau.now, invitation, PASSWORD, None)
        bureau.close()
        yield settings


@pytest.fixture(scope="module")
def bureau(settings: Settings) -> Iterator[Bureau]:
    """That bureau, opened."""
    bureau = Bureau(settings)
    yield bureau
    bureau.close()


@pytest.fixture
def browser(bureau: Bureau) -> TestClient:
    """A browser at that bureau."""
    return browser_of(bureau)


@cache
def app_of(bureau: Bureau) -> ASGIApp:
    return build_app(bureau)


def browser_of(bureau: Bureau, address: str = OWN) -> TestClient:
    return TestClient(app_of(bureau), base_url=address, headers={"Accept-Language": "en"})


def invited(bureau: Bureau, subject: str, role: Role = Role.ANALYST) -> str:
    """Invite a user and return the invitation."""
    with bureau.write() as tx:
        secret = managing.invite(tx, ADMINISTRATOR, bureau.now, subject, role, None).secret
    assert secret is not None
    return secret


def token(bureau: Bureau, actor: Actor = PLANNER, lifetime: timedelta = timedelta(hours=1)) -> str:
    return issue(bureau.token_key, bureau.origin, actor, bureau.now, lifetime)


def entered(browser: TestClient, **fields: str) -> dict[str, Any]:
    """Sign in, and return what is told."""
    answer = browser.post(PATH, json=fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def refused(answer: Any) -> tuple[int, str]:
    """Return how the desk refuses."""
    told = answer.json()
    assert set(told) == {"code", "message", "remedy"}
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    return answer.status_code, told["code"]


def me(browser: TestClient, **headers: str) -> Any:
    """Return who asks, or the code with which nobody is let in."""
    told = browser.post("/staff/graphql", json=ME, headers=headers).json()
    return told["data"]["me"]["subject"] if "data" in told else told["errors"][0]["extensions"]["code"]


def show(browser: TestClient, held: str) -> None:
    """Have a browser show a session's id, and no other."""
    browser.cookies.clear()
    browser.cookies.set("qian-desk", held)


def rows(bureau: Bureau) -> list[Any]:
    with bureau.read() as tx:
        return list(tx.execute(desk_session.select()))


def test_nobody_is_signed_in_at_first(browser: TestClient) -> None:
    answer = browser.get(PATH)
    ways = {"provider": False, "password": True, "token": True}
    assert answer.json() == {"signedIn": False, "ways": ways}
    assert answer.headers["cache-control"] == "no-store"
    assert me(browser) == "token_missing"


def test_where_nobody_has_a_password_none_is_asked_for(tmp_path: Path) -> None:
    bureau = create(Settings(home=tmp_path / "home"), ORIGIN, NAME)
    assert browser_of(bureau).get(PATH).json()["ways"] == {"provider": False, "password": False, "token": True}
    bureau.close()


def test_the_desk_is_told_where_the_public_s_pages_are(tmp_path: Path) -> None:
    site = "https://gs.example.gov.cn"
    bureau = create(Settings(home=tmp_path / "home", public_site=site), ORIGIN, NAME)
    token = issue(bureau.token_key, bureau.origin, ADMINISTRATOR, bureau.now, timedelta(hours=1))
    assert entered(browser_of(bureau), token=token)["publicSite"] == site
    bureau.close()


def test_a_password_opens_a_session_that_every_door_takes(bureau: Bureau, browser: TestClient) -> None:
    told = entered(browser, username="wang", password=PASSWORD)
    assert {**told, "expires": None} == {
        "signedIn": True,
        "subject": "wang",
        "role": "analyst",
        "department": None,
        "departmentName": None,
        "expires": None,
        "ways": {"provider": False, "password": True, "token": True},
        "publicSite": None,
    }
    assert told["expires"] <= (bureau.now + timedelta(hours=8)).isoformat().replace("+00:00", "Z")
    assert browser.get(PATH).json() == told
    assert me(browser) == "wang"
    assert browser.get("/staff/registers/item.csv").status_code == 200
    missing = browser.get("/staff/files/x/y")
    assert missing.json()["errors"][0]["extensions"]["code"] == "job_missing"
    form = {"operations": json.dumps({"query": "{ me { subject } }"}), "map": "{}"}
    sent = browser.post("/staff/graphql", data=form, files={"0": b""}, headers={"X-Requested-With": "desk"})
    assert sent.json()["data"] == {"me": {"subject": "wang"}}
    unasked = browser.post("/staff/graphql", data=form, files={"0": b""})
    assert unasked.json()["errors"][0]["extensions"]["code"] == "preflight_missing"


def test_an_invitation_and_a_token_open_one_too(bureau: Bureau, browser: TestClient) -> None:
    subject = f"lee-{time.monotonic_ns()}"
    assert entered(browser, invitation=invited(bureau, subject), password=PASSWORD)["subject"] == subject
    told = entered(browser, token=token(bureau))
    assert (told["subject"], told["role"], told["department"]) == ("planner", "planner", "ZJ")
    assert told["departmentName"] is None  # since the register has no department yet
    assert me(browser) == "planner"
    assert len(rows(bureau)) == len({row.key for row in rows(bureau)})


def test_the_cookie_is_out_of_reach_of_scripts_and_holds_an_id_alone(bureau: Bureau, browser: TestClient) -> None:
    shown = token(bureau)
    answer = browser.post(PATH, json={"token": shown})
    cookie = answer.headers["set-cookie"]
    held = re.fullmatch(r"qian-desk=([\w-]{43}); HttpOnly; Max-Age=(\d+); Path=/; SameSite=lax", cookie)
    assert held is not None, cookie
    assert 3590 <= int(held[2]) <= 3600
    assert held[1] not in answer.text
    assert shown not in answer.text
    for row in rows(bureau):
        assert held[1] not in row.key
        assert shown.encode() not in row.sealed


def test_over_https_no_other_host_can_set_the_cookie(bureau: Bureau) -> None:
    browser = browser_of(bureau, "https://testserver")
    cookie = browser.post(PATH, json={"token": token(bureau)}).headers["set-cookie"]
    assert cookie.startswith("__Host-qian-desk=")
    assert "; Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Domain" not in cookie
    assert me(browser) == "planner"
    assert me(browser, Origin="https://testserver") == "planner"
    assert me(browser, Origin="https://testserver:443") == "planner"
    assert me(browser, Origin="http://testserver") == "token_missing"
    planted = browser_of(bureau, "https://testserver")
    show(planted, browser.cookies["__Host-qian-desk"])
    assert me(planted) == "token_missing"


@pytest.mark.parametrize("headers", ANOTHER_SITE)
def test_a_page_of_another_site_uses_nobodys_session(
    bureau: Bureau, browser: TestClient, headers: dict[str, str]
) -> None:
    entered(browser, token=token(bureau))
    assert me(browser, **headers) == "token_missing"
    for path in ("/staff/registers/item.csv", "/staff/files/x/y", "/staff/files/x"):
        assert browser.get(path, headers=headers).status_code == 401
    assert browser.get(PATH, headers=headers).json()["signedIn"] is False
    for method in ("POST", "DELETE"):
        answer = browser.request(method, PATH, json={"token": token(bureau)}, headers=headers)
        assert refused(answer) == (403, "page_of_another_site")
    assert me(browser) == "planner"


def test_a_page_does_nothing_for_whoever_another_tab_signed_in_since(bureau: Bureau, browser: TestClient) -> None:
    entered(browser, token=token(bureau))
    own = {"Qian-Page-Of": f"{PLANNER.subject}/planner/{PLANNER.department}"}
    assert me(browser, **own) == "planner"
    entered(browser, token=token(bureau, Actor("规划 员/2", Role.ADMINISTRATOR)))
    assert me(browser, **own) == "page_of_another_person"
    assert me(browser, **{"Qian-Page-Of": "%E8%A7%84%E5%88%92%20%E5%91%98%2F2/administrator/"}) == "规划 员/2"


def test_a_page_of_this_host_and_a_download_by_its_address_use_it(bureau: Bureau, browser: TestClient) -> None:
    entered(browser, token=token(bureau))
    assert me(browser, Origin=OWN, **{"Sec-Fetch-Site": "same-origin"}) == "planner"
    assert browser.get("/staff/registers/item.csv", headers={"Sec-Fetch-Site": "none"}).status_code == 200
    assert me(browser, **{"Sec-Fetch-Site": "none"}) == "token_missing"
    assert me(browser, Origin=OWN + ":80") == "planner"
    assert me(browser, Origin=OWN + ":8000") == "token_missing"


def test_a_page_of_a_site_that_staff_may_ask_from_uses_no_session(bureau: Bureau) -> None:
    settings = bureau.settings.model_copy(update={"staff_origins": SITE, "public_origins": "*"})
    other = Bureau(settings)
    browser = browser_of(other)
    entered(browser, token=token(other))
    assert me(browser, Origin=SITE) == "token_missing"
    answer = browser.get(PATH, headers={"Origin": "https://any.example"})
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-credentials" not in browser.get(PATH, headers={"Origin": SITE}).headers
    other.close()


def test_a_token_in_the_header_always_wins(bureau: Bureau, browser: TestClient) -> None:
    entered(browser, token=token(bureau))
    other = f"Bearer {token(bureau, ADMINISTRATOR)}"
    assert me(browser, Authorization=other) == "admin"
    assert me(browser, Authorization="Bearer a.b.c") == "token_refused"
    assert me(browser, Authorization="Basic abc") == "token_missing"
    show(browser, "x" * 43)
    assert me(browser, Authorization=other) == "admin"
    twice = [("Authorization", other), ("Authorization", other)]
    answer = browser.post("/staff/graphql", json=ME, headers=twice)
    assert answer.json()["errors"][0]["extensions"]["code"] == "token_missing"


@pytest.mark.parametrize("held", ["x", "x" * 43, '"quoted"', "Bearer a.b.c"])
def test_an_unknown_session_is_refused_as_a_bad_token_is(browser: TestClient, held: str) -> None:
    show(browser, held)
    answer = browser.post("/staff/graphql", json=ME)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert me(browser) == "token_refused"
    assert browser.get(PATH).json()["signedIn"] is False


def test_signing_out_ends_this_session_alone(bureau: Bureau, browser: TestClient) -> None:
    other = browser_of(bureau)
    for each in (browser, other):
        entered(each, username="wang", password=PASSWORD)
    held = browser.cookies["qian-desk"]
    answer = browser.delete(PATH)
    assert answer.status_code == 204
    assert 'qian-desk=""; HttpOnly; Max-Age=0' in answer.headers["set-cookie"]
    assert "qian-desk" not in browser.cookies
    assert (me(browser), me(other)) == ("token_missing", "wang")
    show(browser, held)
    assert me(browser) == "token_refused"
    browser.cookies.clear()
    assert browser.delete(PATH).status_code == 204


def test_signing_in_again_ends_what_the_browser_had(bureau: Bureau, browser: TestClient) -> None:
    entered(browser, token=token(bureau))
    before = browser.cookies["qian-desk"]
    entered(browser, token=token(bureau, ADMINISTRATOR))
    assert browser.cookies["qian-desk"] != before
    show(browser, before)
    assert me(browser) == "token_refused"


def test_a_session_ends_with_its_token_and_is_then_forgotten(bureau: Bureau, browser: TestClient) -> None:
    told = entered(browser, token=token(bureau, lifetime=timedelta(seconds=2)))
    count = len(rows(bureau))
    assert me(browser) == "planner"
    held = browser.cookies["qian-desk"]
    time.sleep(2.5)
    show(browser, held)  # though a browser has forgotten it by then
    assert me(browser) == "token_refused"
    assert browser.get(PATH).json()["signedIn"] is False
    browser.cookies.clear()
    entered(browser, token=token(bureau))
    assert len(rows(bureau)) == count
    assert all(row.until > bureau.now for row in rows(bureau)), told


def test_a_session_is_no_longer_than_the_setting_says(bureau: Bureau, browser: TestClient) -> None:
    told = entered(browser, token=token(bureau, lifetime=timedelta(days=300)))
    assert told["expires"] <= (bureau.now + timedelta(hours=8)).isoformat().replace("+00:00", "Z")


def test_a_user_who_is_disabled_is_out_at_once(bureau: Bureau, browser: TestClient) -> None:
    subject = f"zhao-{time.monotonic_ns()}"
    entered(browser, invitation=invited(bureau, subject), password=PASSWORD)
    by_token = browser_of(bureau)
    entered(by_token, token=token(bureau, Actor(subject, Role.PLANNER, "ZJ")))
    assert (me(browser), me(by_token)) == (subject, subject)
    with bureau.write() as tx:
        managing.disable(tx, ADMINISTRATOR, bureau.now, subject)
    assert (me(browser), me(by_token)) == ("token_refused", "user_disabled")
    assert [each.get(PATH).json()["signedIn"] for each in (browser, by_token)] == [False, False]
    assert refused(by_token.post(PATH, json={"token": token(bureau, Actor(subject, Role.ANALYST))})) == (
        403,
        "user_disabled",
    )


def test_two_machines_over_one_database_share_sessions(settings: Settings, bureau: Bureau, browser: TestClient) -> None:
    entered(browser, username="wang", password=PASSWORD)
    second = Bureau(settings)
    elsewhere = browser_of(second)
    show(elsewhere, browser.cookies["qian-desk"])
    assert me(elsewhere) == "wang"
    assert elsewhere.delete(PATH).status_code == 204
    assert me(browser) == "token_refused"
    second.close()


def test_a_web_socket_of_our_own_pages_is_signed_in_by_the_session(bureau: Bureau, browser: TestClient) -> None:
    entered(browser, token=token(bureau))
    assert socket_subject(browser, {"Origin": OWN}, {}) == "planner"
    given = {"Authorization": f"Bearer {token(bureau, ADMINISTRATOR)}"}
    assert socket_subject(browser, {"Origin": OWN}, given) == "admin"
    for headers, params in (
        ({}, {}),  # no browser
        ({"Origin": OWN}, {"Authorization": "Bearer a.b.c"}),
        ({"Origin": OWN}, {"authorization": None}),
    ):
        with pytest.raises(WebSocketDisconnect):
            socket_subject(browser, headers, params)
    with pytest.raises(WebSocketDisconnect):
        socket_subject(browser_of(bureau), {"Origin": OWN}, {})


@pytest.mark.parametrize("origin", [SITE, "null", "http://testserver:81", "https://testserver", "//testserver"])
def test_a_web_socket_of_another_origin_is_not(bureau: Bureau, browser: TestClient, origin: str) -> None:
    entered(browser, token=token(bureau))
    with pytest.raises(WebSocketDisconnect):
        socket_subject(browser, {"Origin": origin}, {})


def test_a_web_socket_of_an_origin_that_is_set_is(bureau: Bureau) -> None:
    other = Bureau(bureau.settings.model_copy(update={"staff_origins": SITE}))
    browser = browser_of(other)
    entered(browser, token=token(other))
    assert socket_subject(browser, {"Origin": SITE}, {}) == "planner"
    other.close()


def socket_subject(browser: TestClient, headers: dict[str, str], given: dict[str, Any]) -> str:
    """Return who asks on a web socket."""
    with browser.websocket_connect(
        "/staff/graphql", subprotocols=["graphql-transport-ws"], headers={**browser.headers, **headers}
    ) as socket:
        socket.send_json({"type": "connection_init", "payload": given})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"id": "1", "type": "subscribe", "payload": ME})
        return str(socket.receive_json()["payload"]["data"]["me"]["subject"])


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b'{"token": "x"}', "text/plain", (415, "content_type_refused")),
        (b'{"token": "x"}', "", (415, "content_type_refused")),
        (b'{"token": "x"}', "application/x-www-form-urlencoded", (415, "content_type_refused")),
        (b'{"token": "x"}', "application/json; charset=gbk", (415, "content_type_refused")),
        (b"{", "application/json", (400, "request_no_json")),
        (b"\xff", "application/json", (400, "request_no_json")),
        (b"[]", "application/json", (400, "sign_in_malformed")),
        (b"{}", "application/json", (400, "sign_in_malformed")),
        (b'{"token": ""}', "application/json", (400, "sign_in_malformed")),
        (b'{"token": 1}', "application/json", (400, "sign_in_malformed")),
        (b'{"token": "x", "username": "y"}', "application/json", (400, "sign_in_malformed")),
        (b'{"username": "wang"}', "application/json", (400, "sign_in_malformed")),
        (b'{"username": "wang", "password": null}', "application/json", (400, "sign_in_malformed")),
        (b'{"username": "wang\\u0000", "password": "x"}', "application/json", (400, "text_with_nul")),
        (b'{"token": "%s"}' % (b"x" * 20_000), "application/json", (413, "body_too_long")),
        (b'{"token": "x"}', "application/json", (401, "token_refused")),
        (b'{"username": "wang", "password": "x"}', "application/json", (403, "sign_in_refused")),
        (b'{"username": "nobody", "password": "x", "otp": ""}', "application/json", (403, "sign_in_refused")),
        (b'{"invitation": "x", "password": "y"}', "application/json", (403, "invitation_refused")),
    ],
)
def test_what_is_no_sign_in_is_refused(
    browser: TestClient, body: bytes, media_type: str, expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    assert refused(browser.post(PATH, content=body, headers=headers)) == expected


def test_a_password_that_may_not_be_chosen_is_refused_and_the_invitation_stays(
    bureau: Bureau, browser: TestClient
) -> None:
    subject = f"short-{time.monotonic_ns()}"
    invitation = invited(bureau, subject)
    answer = browser.post(PATH, json={"invitation": invitation, "password": "short"})
    assert refused(answer) == (400, "password_short")
    assert entered(browser, invitation=invitation, password=PASSWORD)["subject"] == subject


def test_failures_lock_as_they_do_at_the_token_endpoint(bureau: Bureau, browser: TestClient) -> None:
    subject = f"locked-{time.monotonic_ns()}"
    signing_in.accept(bureau, bureau.user_keys, bureau.now, invited(bureau, subject), PASSWORD, None)
    for _ in range(5):
        wrong = browser.post(PATH, json={"username": subject, "password": "wrong"})
        assert refused(wrong) == (403, "sign_in_refused")
    right = {"username": subject, "password": PASSWORD}
    assert refused(browser.post(PATH, json=right)) == (403, "sign_in_refused")
    form = {"grant_type": "password", **right}
    assert browser.post("/oauth/token", data=form).json()["code"] == "sign_in_refused"


def test_refusals_are_told_in_the_callers_language(browser: TestClient) -> None:
    told = [
        browser.post(PATH, json={"token": "x"}, headers={"Accept-Language": language}).json()["message"]
        for language in ("zh", "en")
    ]
    assert told == ["令牌在此无效，或已过期。", "The token is not valid here, or no longer."]


def test_nothing_that_lets_anybody_in_is_logged(bureau: Bureau, browser: TestClient) -> None:
    logged = io.StringIO()
    logs.configure("json", "debug", logged)
    shown = token(bureau)
    entered(browser, token=shown)
    entered(browser, username="wang", password=PASSWORD)
    held = browser.cookies["qian-desk"]
    me(browser)
    browser.post(PATH, json={"username": "a-secret-in-the-wrong-field", "password": "another secret"})
    browser.delete(PATH)
    lines = logged.getvalue()
    assert lines.count(PATH) == 4
    assert '"sign_in_failed"' in lines
    for secret in (shown, held, PASSWORD, "a-secret-in-the-wrong-field", "another secret"):
        assert secret not in lines


def test_a_row_that_was_moved_or_made_lets_nobody_in(bureau: Bureau, browser: TestClient) -> None:
    other = browser_of(bureau)
    entered(browser, token=token(bureau))
    entered(other, token=token(bureau, ADMINISTRATOR))
    with bureau.read() as tx:
        theirs = desk_sessions.find(tx, bureau.now, bureau.user_keys, other.cookies["qian-desk"])
        mine = desk_sessions.find(tx, bureau.now, bureau.user_keys, browser.cookies["qian-desk"])
    assert theirs is not None
    assert mine is not None
    with bureau.write() as tx:
        moved = desk_session.update().where(desk_session.c.sealed == mine.sealed)
        tx.execute(moved.values(sealed=theirs.sealed))
    assert (me(browser), me(other)) == ("token_refused", "admin")
