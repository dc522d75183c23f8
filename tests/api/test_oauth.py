"""The token endpoint over HTTP: grants and errors of RFC 6749, and what a token of it may do until it ends."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from ledger.actors import Actor, Role
from sampling.users import signing_in
from sampling.users.one_time_codes import code_at, step_of
from tests import bureau_files as files
from tests.api.house import ADMINISTRATOR, ANALYST, House, served_on

PASSWORD = "correct horse battery staple"  # noqa: S105
OTHER_PASSWORD = "another horse, another staple"  # noqa: S105
INVITATION = "urn:qian:oauth:grant-type:invitation"
ME = "{ me { subject role departmentCode } }"
USER = "user { subject way role departmentCode state } secret refusal { code }"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with two departments."""
    with served_on("sqlite", tmp_path_factory.mktemp("oauth")) as house:
        departments = [files.department("ZJ", "住建局"), files.department("SC", "市监局")]
        house.import_file("department", files.csv_bytes(departments))
        yield house


def ask(house: House, **fields: str) -> httpx2.Response:
    """Ask the token endpoint."""
    return house.http.post("/oauth/token", data=fields, headers={"Accept-Language": "en"})


def manage(house: House, mutation: str) -> dict[str, Any]:
    """Let the administrator do something with users."""
    name = mutation.partition("(")[0]
    payload: dict[str, Any] = house.do(f"mutation {{ {mutation} {{ {USER} }} }}", ADMINISTRATOR)
    assert payload["refusal"] is None, (name, payload)
    return payload


def token(house: House, subject: str, password: str = PASSWORD) -> str:
    """Return the token that a user gets by a password."""
    answer = ask(house, grant_type="password", username=subject, password=password)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def post(house: House, bearer: str, query: str = ME) -> httpx2.Response:
    """Ask the staff schema under a token."""
    return house.http.post("/staff/graphql", json={"query": query}, headers={"Authorization": f"Bearer {bearer}"})


def is_refused(house: House, bearer: str) -> str:
    """Return the code with which a token is refused."""
    answer = post(house, bearer)
    assert answer.status_code in (401, 403), answer.text
    return str(answer.json()["errors"][0]["extensions"]["code"])


def test_from_an_invitation_to_a_token_that_ends_with_the_user(house: House) -> None:
    invited = manage(house, 'inviteUser(subject: "王某", role: PLANNER, department: "ZJ")')
    assert invited["user"]["state"] == "INVITED"
    accepted = ask(house, grant_type=INVITATION, invitation=invited["secret"], password=PASSWORD)
    assert accepted.status_code == 200
    assert accepted.headers["cache-control"] == "no-store"
    assert accepted.json()["token_type"] == "Bearer"  # noqa: S105
    assert accepted.json()["expires_in"] == 8 * 3600
    again = ask(house, grant_type=INVITATION, invitation=invited["secret"], password=PASSWORD)
    assert (again.status_code, again.json()["error"], again.json()["code"]) == (
        400,
        "invalid_grant",
        "invitation_refused",
    )
    bearer = token(house, "王某")
    assert post(house, bearer).json()["data"]["me"] == {"subject": "王某", "role": "PLANNER", "departmentCode": "ZJ"}
    manage(house, 'changeUser(subject: "王某", role: ANALYST)')
    assert post(house, bearer).json()["data"]["me"] == {"subject": "王某", "role": "ANALYST", "departmentCode": None}
    manage(house, 'disableUser(subject: "王某")')
    assert is_refused(house, bearer) == "token_refused"
    refused = ask(house, grant_type="password", username="王某", password=PASSWORD)
    assert refused.json()["error"] == "invalid_grant"
    manage(house, 'enableUser(subject: "王某")')
    assert is_refused(house, bearer) == "token_refused"
    changes = house.ask('{ userChanges(subject: "王某") { step by } }', ADMINISTRATOR)["userChanges"]
    assert [each["step"] for each in changes] == ["ENABLED", "DISABLED", "CHANGED", "ACCEPTED", "ADDED"]
    assert {each["by"] for each in changes} == {"admin", "王某"}


def test_a_client_reads_as_its_department_for_a_quarter_of_an_hour(house: House) -> None:
    secret = manage(house, 'addClient(name: "market", department: "SC")')["secret"]
    answers = [
        ask(house, grant_type="client_credentials", client_id="market", client_secret=secret),
        house.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": "Basic " + base64.b64encode(f"market:{secret}".encode()).decode()},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.json()["expires_in"] == 900
        me = post(house, answer.json()["access_token"]).json()["data"]["me"]
        assert me == {"subject": "client:market", "role": "PEER", "departmentCode": "SC"}
    other = manage(house, 'rotateClientSecret(subject: "client:market")')["secret"]
    assert is_refused(house, answers[0].json()["access_token"]) == "token_refused"
    wrong = ask(house, grant_type="client_credentials", client_id="market", client_secret=secret)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic ")
    assert ask(house, grant_type="client_credentials", client_id="market", client_secret=other).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "x", "password": ""}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "x", "password": "y", "scope": "all"}, 400, "invalid_scope"),
        ({"grant_type": "password", "username": "x", "password": "y"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "x\x00", "password": "y"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
        ({"grant_type": INVITATION, "invitation": "x", "password": "y"}, 400, "invalid_grant"),
    ],
)
def test_what_is_wrong_is_said_as_the_standard_says(
    house: House, fields: dict[str, str], status: int, error: str
) -> None:
    answer = ask(house, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().get("error_description", "").isascii()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"grant_type=password&grant_type=password", "application/x-www-form-urlencoded"),
        (b'{"grant_type": "password"}', "application/json"),
        (b"grant_type=password", "text/plain"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % each for each in range(50)), "application/x-www-form-urlencoded"),
        (b"grant_type=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
def test_any_other_body_is_no_request(house: House, content: bytes, media_type: str) -> None:
    answer = house.http.post("/oauth/token", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


NUL = ("Basic eAA6eQ==", "Basic eCUwMDp5", "Basic eDp5JTAw")
"""The character NUL in a client's id or secret, plain and by a percent sign: PostgreSQL looks up no such text."""


def test_a_client_with_nul_is_looked_up_nowhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(signing_in, "sign_client_in", lambda tx, client, secret: asked.append(client))
    for authorization in NUL:
        headers = {"Authorization": authorization}
        answer = house.http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
        assert answer.status_code == 401
    assert asked == []


@pytest.mark.parametrize(
    "authorization", ["Basic", "Basic !", "Basic eDp5", "Bearer eDp5", "Basic /w==", "Basic eA==", *NUL]
)
def test_any_other_header_is_no_client(house: House, authorization: str) -> None:
    headers = {"Authorization": authorization}
    answer = house.http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_endpoint_is_asked_by_post(house: House) -> None:
    assert house.http.get("/oauth/token").status_code == 405


def test_a_user_changes_the_password_and_sets_a_second_factor(house: House) -> None:
    secret = manage(house, 'inviteUser(subject: "lee", role: ANALYST)')["secret"]
    first = ask(house, grant_type=INVITATION, invitation=secret, password=PASSWORD).json()["access_token"]
    changed = post(
        house,
        first,
        f'mutation {{ changePassword(password: "{PASSWORD}", newPassword: "{OTHER_PASSWORD}") '
        "{ done refusal { code } } }",
    )
    assert changed.json()["data"]["changePassword"] == {"done": True, "refusal": None}
    assert is_refused(house, first) == "token_refused"
    second = token(house, "lee", OTHER_PASSWORD)
    wrong = post(house, second, 'mutation { beginSecondFactor(password: "x") { secret refusal { code } } }').json()
    assert wrong["data"]["beginSecondFactor"] == {"secret": None, "refusal": {"code": "sign_in_refused"}}
    begun = post(
        house, second, f'mutation {{ beginSecondFactor(password: "{OTHER_PASSWORD}") {{ secret address }} }}'
    ).json()["data"]["beginSecondFactor"]
    assert begun["address"].startswith("otpauth://totp/")
    confirmed = post(
        house,
        second,
        f'mutation {{ confirmSecondFactor(code: "{code_of(house, begun["secret"])}") {{ codes refusal {{ code }} }} }}',
    ).json()["data"]["confirmSecondFactor"]
    assert len(confirmed["codes"]) == 10
    without = ask(house, grant_type="password", username="lee", password=OTHER_PASSWORD)
    assert without.json()["code"] == "sign_in_refused"
    recovered = ask(house, grant_type="password", username="lee", password=OTHER_PASSWORD, otp=confirmed["codes"][0])
    assert recovered.status_code == 200
    assert post(house, second, "mutation { signOut { done } }").json()["data"]["signOut"]["done"]
    for bearer in (second, recovered.json()["access_token"]):
        assert is_refused(house, bearer) == "token_refused"


def code_of(house: House, secret: str) -> str:
    """Return an authenticator's present code."""
    return code_at(base64.b32decode(secret), step_of(house.bureau.now))


def test_a_token_of_the_keys_holder_ends_where_its_user_is_disabled(house: House) -> None:
    actor = Actor("zhao", Role.PLANNER, "ZJ")
    assert post(house, house.token(actor)).status_code == 200
    manage(house, 'inviteUser(subject: "zhao", role: ANALYST)')
    assert post(house, house.token(actor)).json()["data"]["me"]["role"] == "PLANNER"
    manage(house, 'disableUser(subject: "zhao")')
    assert is_refused(house, house.token(actor)) == "user_disabled"


def test_users_are_listed_found_and_not_seen_by_others(house: House) -> None:
    manage(house, 'addUser(subject: "anna", role: AUDITOR)')
    page = house.ask("{ users(first: 100) { totalCount nodes { id subject way } } }", ADMINISTRATOR)["users"]
    assert page["totalCount"] == len(page["nodes"])
    names = [each["subject"] for each in page["nodes"]]
    assert names == sorted(names)
    (anna,) = (each for each in page["nodes"] if each["subject"] == "anna")
    found = house.ask("query ($id: ID!) { node(id: $id) { ... on User { subject } } }", ADMINISTRATOR, id=anna["id"])
    assert found["node"] == {"subject": "anna"}
    hidden = house.ask("query ($id: ID!) { node(id: $id) { ... on User { subject } } }", ANALYST, id=anna["id"])
    assert hidden["node"] is None


def test_failures_are_counted_and_logged_without_what_was_typed(house: House) -> None:
    ask(house, grant_type="password", username="a-secret-in-the-wrong-field", password=OTHER_PASSWORD)
    logged = house.logged.getvalue()
    assert "a-secret-in-the-wrong-field" not in logged
    assert OTHER_PASSWORD not in logged
    told = [json.loads(line) for line in logged.splitlines() if "sign_in_failed" in line]
    assert told[-1]["code"] == "sign_in_refused"
    assert told[-1]["address"] == "127.0.0.1"


def test_a_wrong_password_within_the_api_is_counted_too(house: House) -> None:
    secret = manage(house, 'inviteUser(subject: "mary", role: ANALYST)')["secret"]
    bearer = ask(house, grant_type=INVITATION, invitation=secret, password=PASSWORD).json()["access_token"]
    post(house, bearer, 'mutation Guess { beginSecondFactor(password: "x") { refusal { code } } }')
    lines = [json.loads(line) for line in house.logged.getvalue().splitlines() if '"Guess"' in line]
    assert [line["codes"] for line in lines] == [["sign_in_refused"]]


def test_the_audit_finds_all_users_as_the_log_binds_them(house: House) -> None:
    job = house.do("mutation { auditDatabase { job { id } refusal { code } } }", ADMINISTRATOR)["job"]["id"]
    fields = "state result { ... on AuditResult { faults { table row code } } }"
    assert house.followed(job, ADMINISTRATOR, fields)[-1]["result"]["faults"] == []
