"""Signing in to the desk at a real provider, by its own forms; and renewing what it gave."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from api import logs
from api.bureau import Bureau, create
from api.desk import attempts, renewing
from api.server import build_app
from api.settings import Settings
from ledger.actors import Role
from ledger.calendar import instant_text
from sampling.users import desk_sessions, managing
from sampling.users.tables import desk_session
from tests.api.house import ADMINISTRATOR, NAME, ORIGIN, served_bureau
from tests.api.oidc.providers import AUDIENCE, MISSING, TOKEN_SECONDS, WHY_MISSING, Provider, rsa

pytestmark = pytest.mark.skipif(MISSING, reason=WHY_MISSING)

OWN = "http://testserver"
BACK = f"{OWN}/desk/signed-in"
ME = {"query": "{ me { subject role } }"}
PUBLIC, CONFIDENTIAL = "desk none", "desk client_secret_basic"
DUE_SECONDS = TOKEN_SECONDS - 60
"""So long after a token was given it is to be renewed."""


@dataclass
class Clock:
    """How far ahead of the present a bureau is."""

    ahead: timedelta = timedelta()


class Later(Bureau):
    """A bureau for which time passes when a test says so."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings)
        self.clock = clock

    @property
    def now(self) -> datetime:
        return super().now + self.clock.ahead


class Desk:
    """A bureau whose desk is a client of a provider, and browsers at it."""

    def __init__(self, bureau: Later, provider: Provider) -> None:
        self.bureau = bureau
        self.provider = provider
        self.app = build_app(bureau)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=OWN, headers={"Accept-Language": "en"}, follow_redirects=False)

    def there(self, browser: TestClient, to: str | None = "/desk/campaigns?state=open") -> str:
        """Return where a browser is led."""
        answer = browser.get("/desk/sign-in", params={} if to is None else {"to": to})
        assert answer.status_code == 302
        assert answer.headers["cache-control"] == "no-store"
        return answer.headers["location"]

    def back(self, browser: TestClient, subject: str = "wang", to: str | None = "/desk/campaigns?state=open") -> str:
        """Return where the provider leads a browser back to, once somebody signed in."""
        return self.provider.signed_in(self.there(browser, to), subject, BACK)

    def signed_in(self, subject: str = "wang") -> TestClient:
        """Return a browser in which somebody signed in."""
        browser = self.browser()
        answer = browser.get(self.back(browser, subject))
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/campaigns?state=open")
        return browser


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider."""
    provider = Provider()
    with provider.running(rsa()):
        yield provider


@pytest.fixture(scope="module")
def settings(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a bureau with users of the provider, as a public client that renews."""
    settings = Settings(
        home=tmp_path_factory.mktemp("desk") / "home",
        oidc_issuer=provider.issuer,
        oidc_audience=AUDIENCE,
        oidc_client_id=PUBLIC,
        oidc_scopes="openid offline_access",
        oidc_skew=0,
    )
    bureau = create(settings, ORIGIN, NAME)
    with bureau.write() as tx:
        for subject in ("wang", "li", "zhao"):
            managing.add(tx, ADMINISTRATOR, bureau.now, subject, Role.ANALYST, None)
    bureau.close()
    return settings


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of that bureau, with which the provider's goes."""
    return Clock()


@contextmanager
def desk_with(settings: Settings, provider: Provider, clock: Clock, **changed: Any) -> Iterator[Desk]:
    """Open that bureau under other settings."""
    bureau = Later(Settings(**{**settings.model_dump(), **changed}), clock)
    try:
        yield Desk(bureau, provider)
    finally:
        bureau.close()


@pytest.fixture(scope="module")
def desk(settings: Settings, provider: Provider, clock: Clock) -> Iterator[Desk]:
    """That bureau's desk."""
    with desk_with(settings, provider, clock) as desk:
        yield desk


def me(browser: TestClient) -> str:
    told = browser.post("/staff/graphql", json=ME).json()
    return str(told["data"]["me"]["subject"] if "data" in told else told["errors"][0]["extensions"]["code"])


def fault(answer: Any) -> str:
    """Return why nobody was signed in."""
    assert answer.status_code == 303
    assert not any("qian-desk=" in each for each in answer.headers.get_list("set-cookie"))
    address, _, code = answer.headers["location"].partition("?fault=")
    assert address == "/desk/welcome"
    return str(code)


def rows(desk: Desk) -> list[Any]:
    with desk.bureau.read() as tx:
        return list(tx.execute(desk_session.select()))


def test_the_browser_is_led_to_the_provider_with_what_only_it_can_end(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get("/desk/session").json()["ways"]["provider"] is True
    first, second = (parse_qs(urlsplit(desk.there(browser)).query) for _ in range(2))
    assert {name: first[name] for name in ("response_type", "client_id", "redirect_uri", "scope", "resource")} == {
        "response_type": ["code"],
        "client_id": [PUBLIC],
        "redirect_uri": [BACK],
        "scope": ["openid offline_access"],
        "resource": [AUDIENCE],
    }
    assert (first["code_challenge_method"], first["prompt"]) == (["S256"], ["consent"])
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) == 43
        assert first[name] != second[name]
    cookie = browser.get("/desk/sign-in").headers["set-cookie"]
    assert cookie.startswith("qian-desk-sign-in=")
    assert "HttpOnly; Max-Age=600; Path=/; SameSite=lax" in cookie
    assert first["state"][0] not in cookie


def test_who_signs_in_there_is_signed_in_here_and_sees_the_page_that_he_wanted(desk: Desk) -> None:
    browser = desk.browser()
    back = desk.back(browser)
    logged = io.StringIO()
    logs.configure("json", "debug", logged)
    answer = browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/campaigns?state=open")
    kept = [each for each in answer.headers.get_list("set-cookie") if each.startswith("qian-desk=")]
    assert len(kept) == 1
    assert "HttpOnly" in kept[0]
    assert "SameSite=lax" in kept[0]
    assert "qian-desk-sign-in" not in browser.cookies  # what it began is over
    assert me(browser) == "wang"
    told = browser.get("/desk/session").json()
    assert (told["subject"], told["role"]) == ("wang", "analyst")
    asked = parse_qs(urlsplit(back).query)
    for secret in (asked["code"][0], asked["state"][0], browser.cookies["qian-desk"]):
        assert secret not in logged.getvalue()
    assert "eyJ" not in logged.getvalue()  # nor any token


def test_a_confidential_client_shows_its_secret(
    settings: Settings, provider: Provider, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("for tests: alone\n")
    file.chmod(0o600)
    given = {"oidc_client_id": CONFIDENTIAL, "oidc_client_secret_file": file, "oidc_scopes": "openid"}
    with desk_with(settings, provider, clock, **given) as desk:
        browser = desk.signed_in()
        assert me(browser) == "wang"
        expires = browser.get("/desk/session").json()["expires"]
        assert expires <= instant_text(desk.bureau.now + timedelta(seconds=TOKEN_SECONDS))
    file.write_text("another")
    with desk_with(settings, provider, clock, **given) as desk:
        browser = desk.browser()
        assert fault(browser.get(desk.back(browser))) == "provider_refused"


def test_a_code_is_good_once(desk: Desk) -> None:
    browser = desk.browser()
    back = desk.back(browser)
    began = browser.cookies["qian-desk-sign-in"]
    assert browser.get(back).headers["location"].startswith("/desk/campaigns")
    assert fault(browser.get(back)) == "sign_in_interrupted"
    browser.cookies.set("qian-desk-sign-in", began)  # somebody kept what the browser had forgotten
    assert fault(browser.get(back)) == "provider_refused"


def test_what_another_browser_began_is_not_ended_in_this_one(desk: Desk) -> None:
    browser, victim = desk.browser(), desk.browser()
    back = desk.back(browser, "li")
    assert fault(victim.get(back)) == "sign_in_interrupted"
    desk.there(victim)
    assert fault(victim.get(back)) == "sign_in_interrupted"
    assert me(victim) == "token_missing"


def test_a_code_of_another_sign_in_of_the_same_browser_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    first, second = desk.back(browser), parse_qs(urlsplit(desk.there(browser)).query)["state"][0]
    code = parse_qs(urlsplit(first).query)["code"][0]
    assert fault(browser.get("/desk/signed-in", params={"code": code, "state": second})) == "provider_refused"


def test_two_tabs_sign_in_at_once(desk: Desk) -> None:
    browser = desk.browser()
    first, second = desk.back(browser, to="/desk/a"), desk.back(browser, to="/desk/b")
    assert [browser.get(each).headers["location"] for each in (first, second)] == ["/desk/a", "/desk/b"]
    assert me(browser) == "wang"


@pytest.mark.parametrize("change", ["", "x", "é", "x" * 5000])
def test_another_state_is_none(desk: Desk, change: str) -> None:
    browser = desk.browser()
    desk.there(browser)
    assert fault(browser.get("/desk/signed-in", params={"code": "x", "state": change})) == "sign_in_interrupted"
    assert fault(browser.get("/desk/signed-in", params={"code": "x"})) == "sign_in_interrupted"


@pytest.mark.parametrize("position", [0, 20, -5])
def test_a_cookie_that_was_changed_is_none(desk: Desk, position: int) -> None:
    browser = desk.browser()
    state = parse_qs(urlsplit(desk.there(browser)).query)["state"][0]
    held = list(browser.cookies["qian-desk-sign-in"])
    held[position] = "A" if held[position] != "A" else "B"
    browser.cookies.clear()
    browser.cookies.set("qian-desk-sign-in", "".join(held))
    assert fault(browser.get("/desk/signed-in", params={"code": "x", "state": state})) == "sign_in_interrupted"


def test_a_sign_in_that_took_too_long_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk.browser()
    monkeypatch.setattr(attempts, "LIFETIME", attempts.LIFETIME * 0)
    state = parse_qs(urlsplit(desk.there(browser)).query)["state"][0]
    assert fault(browser.get("/desk/signed-in", params={"code": "x", "state": state})) == "sign_in_interrupted"


def test_what_the_provider_says_against_it_is_told(desk: Desk, provider: Provider) -> None:
    for given, expected in (
        ({"error": "access_denied"}, "sign_in_declined"),
        ({"error": "server_error"}, "provider_refused"),
        ({}, "provider_refused"),
        ({"code": "x" * 5000}, "provider_refused"),
        ({"code": "made-up"}, "provider_refused"),
        ({"code": "x", "iss": "https://another.example"}, "provider_refused"),
    ):
        browser = desk.browser()
        state = parse_qs(urlsplit(desk.there(browser)).query)["state"][0]
        assert fault(browser.get("/desk/signed-in", params={"state": state, **given})) == expected


def test_who_is_no_user_here_or_disabled_is_told_so(desk: Desk) -> None:
    browser = desk.browser()
    assert fault(browser.get(desk.back(browser, "stranger"))) == "user_unknown"
    signed_in = desk.signed_in("zhao")
    with desk.bureau.write() as tx:
        managing.disable(tx, ADMINISTRATOR, desk.bureau.now, "zhao")
    assert signed_in.post("/staff/graphql", json=ME).status_code == 403
    assert me(signed_in) == "user_disabled"
    assert signed_in.get("/desk/session").json()["signedIn"] is False
    assert fault(browser.get(desk.back(browser, "zhao"))) == "user_disabled"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        (None, "/desk"),
        ("/desk", "/desk"),
        ("/desk/campaigns/2026-0001?tab=visits#3", "/desk/campaigns/2026-0001?tab=visits#3"),
        ("/desk?x=//evil", "/desk?x=//evil"),
        ("/desk/%E6%8A%BD", "/desk/%E6%8A%BD"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example/desk", "/desk"),
        ("///evil.example/desk", "/desk"),
        ("/\\evil.example", "/desk"),
        ("/desk\\evil", "/desk"),
        ("/desk/\\evil", "/desk"),
        ("/desk/%5c..%5cevil", "/desk"),
        ("/desk/../evil", "/desk"),
        ("/desk/%2e%2E/evil", "/desk"),
        ("/desk/..", "/desk"),
        ("/desk//evil.example", "/desk"),
        ("/desk/%2f/evil", "/desk"),
        ("/deskevil", "/desk"),
        ("/desk@evil.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("/desk/\tx", "/desk"),
        ("\t//evil", "/desk"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk"),
        ("desk/x", "/desk"),
        ("/", "/desk"),
        ("/desk/抽查", "/desk"),
        ("/desk/" + "x" * 600, "/desk"),
        ("/desk/sign-in", "/desk"),
        ("/desk/signed-in?state=x", "/desk"),
        ("//[", "/desk"),
    ],
)
def test_nobody_is_led_anywhere_but_to_the_desk(wanted: str | None, led: str) -> None:
    assert attempts.page_of_desk(wanted) == led


def test_without_a_provider_nobody_is_led_there(settings: Settings, provider: Provider, clock: Clock) -> None:
    with desk_with(settings, provider, clock, oidc_client_id=None) as desk:
        browser = desk.browser()
        assert browser.get("/desk/session").json()["ways"]["provider"] is False
        for path in ("/desk/sign-in", "/desk/signed-in"):
            assert fault(browser.get(path)) == "provider_not_set"


def test_behind_a_trusted_proxy_that_speaks_tls_all_is_for_https(settings: Settings) -> None:
    with served_bureau(Bureau(settings), worker=False) as house:
        proxied = {"X-Forwarded-Proto": "https", "Host": "desk.example"}
        led = house.http.get("/desk/sign-in", headers=proxied)
        redirect = parse_qs(urlsplit(led.headers["location"]).query)["redirect_uri"]
        assert redirect == ["https://desk.example/desk/signed-in"]
        assert led.headers["set-cookie"].startswith("__Host-qian-desk-sign-in=")
        given = {"token": house.token(ADMINISTRATOR)}
        entered = house.http.post("/desk/session", json=given, headers={**proxied, "Origin": "https://desk.example"})
        cookie = entered.headers["set-cookie"]
        assert cookie.startswith("__Host-qian-desk=")
        assert "; Secure" in cookie
        refused = house.http.post("/desk/session", json=given, headers={"Origin": "https://desk.example"})
        assert refused.json()["code"] == "page_of_another_site"


def test_while_the_provider_is_away_that_is_told(settings: Settings, clock: Clock) -> None:
    away = Provider()
    with desk_with(settings, away, clock, oidc_issuer=away.issuer) as desk:
        assert fault(desk.browser().get("/desk/sign-in")) == "provider_unreachable"


def let_pass(desk: Desk, seconds: int) -> None:
    """Let time pass for the bureau and the provider."""
    desk.bureau.clock.ahead += timedelta(seconds=seconds)
    desk.provider.later(seconds)


def held(desk: Desk, browser: TestClient) -> desk_sessions.DeskSession:
    """Return the session of a browser as the database has it."""
    bureau = desk.bureau
    with bureau.read() as tx:
        found = desk_sessions.find(tx, bureau.now, bureau.user_keys, browser.cookies["qian-desk"])
    assert found is not None
    return found.session


def test_a_token_is_renewed_once_whoever_asks_meanwhile_on_two_machines(
    settings: Settings, clock: Clock, desk: Desk
) -> None:
    browser = desk.signed_in()
    before = held(desk, browser)
    let_pass(desk, TOKEN_SECONDS + 1)  # so that nobody can go on with the old one
    cookie = {"Cookie": f"qian-desk={browser.cookies['qian-desk']}"}
    with (
        served_bureau(Later(settings, clock), worker=False) as one,
        served_bureau(Later(settings, clock), worker=False) as other,
        ThreadPoolExecutor(8) as at_once,
    ):
        asked = at_once.map(lambda house: house.http.post("/staff/graphql", json=ME, headers=cookie), (one, other) * 4)
        assert [each.json()["data"]["me"]["subject"] for each in asked] == ["wang"] * 8
    first = held(desk, browser)
    assert first.token != before.token
    assert first.renewal is not None
    assert before.renewal is not None
    assert first.renewal.refresh_token != before.renewal.refresh_token  # it was good once
    assert first.until == before.until
    let_pass(desk, DUE_SECONDS + 1)
    assert me(browser) == "wang"  # by the next refresh token
    assert held(desk, browser).token != first.token


def test_a_renewal_that_the_provider_refuses_ends_the_session(desk: Desk, provider: Provider) -> None:
    browser = desk.signed_in()
    renewal = held(desk, browser).renewal
    assert renewal is not None
    form = {"grant_type": "refresh_token", "refresh_token": renewal.refresh_token, "client_id": PUBLIC}
    assert httpx2.post(f"{provider.issuer}/token", data=form, timeout=60).status_code == 200  # somebody stole it
    let_pass(desk, DUE_SECONDS + 1)
    assert browser.post("/staff/graphql", json=ME).status_code == 401
    assert me(browser) == "token_refused"
    assert browser.get("/desk/session").json()["signedIn"] is False


def test_while_the_provider_is_away_a_token_goes_on_until_it_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "PATIENCE_SECONDS", 0.5)  # the clock stands still: nobody else renews it meanwhile
    away, key = Provider(), rsa()
    given = Settings(
        home=tmp_path / "home",
        oidc_issuer=away.issuer,
        oidc_audience=AUDIENCE,
        oidc_client_id=PUBLIC,
        oidc_scopes="openid offline_access",
        oidc_skew=0,
    )
    bureau = create(given, ORIGIN, NAME)
    with bureau.write() as tx:
        managing.add(tx, ADMINISTRATOR, bureau.now, "wang", Role.ANALYST, None)
    bureau.close()
    clock = Clock()
    bureau = Later(given, clock)
    desk = Desk(bureau, away)
    with away.running(key):
        browser = desk.signed_in()
    clock.ahead += timedelta(seconds=DUE_SECONDS + 1)
    assert me(browser) == "wang"
    clock.ahead += timedelta(seconds=TOKEN_SECONDS - DUE_SECONDS + 1)
    answer = browser.post("/staff/graphql", json=ME)
    assert (answer.status_code, me(browser)) == (503, "provider_unreachable")
    assert browser.get("/desk/session").status_code == 503
    assert len(rows(desk)) == 1
    bureau.close()
