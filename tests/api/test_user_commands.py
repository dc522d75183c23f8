"""`qian user` and `qian sign-in`: from an invitation to a token that ends, and no secret in an argument."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.settings import Settings
from ledger.actors import Actor, Role
from sampling.users.one_time_codes import code_at, step_of
from tests.api.console import ADMINISTRATOR, ANALYST, SOUND, Console
from tests.api.house import NAME, ORIGIN

PASSWORD = "correct horse battery staple"  # noqa: S105
OTHER_PASSWORD = "another horse, another staple"  # noqa: S105


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """A new bureau."""
    made = Console(Settings(home=tmp_path / "home"), tmp_path)
    made.done("init", "--origin", ORIGIN, "--name", NAME)
    return made


def kept(console: Console, name: str, text: str) -> Path:
    """Keep a secret in a file."""
    path = console.folder / name
    path.write_text(text + "\n", "utf-8")
    return path


def test_a_user_comes_in_and_goes_by_the_command_line(console: Console) -> None:
    invited = console.done("user", "invite", "wang", "--role", "analyst", actor=ADMINISTRATOR)
    invitation = kept(console, "invitation", invited["secret"])
    password, other = kept(console, "password", PASSWORD), kept(console, "other", OTHER_PASSWORD)
    accepted = console.done("user", "accept", "--invitation-file", invitation, "--password-file", password)
    assert console.run("user", "sign-out", QIAN_TOKEN=accepted["token"]).code == 0
    assert console.run("user", "sign-out", "--json", QIAN_TOKEN=accepted["token"]).error == "token_refused"
    signed_in = console.done("sign-in", "wang", "--password-file", password)
    changed = console.run(
        "user",
        "password",
        *("--json", "--password-file", password, "--new-password-file", other),
        QIAN_TOKEN=signed_in["token"],
    )
    assert changed.code == 0, changed.stdout
    refused = console.json("sign-in", "wang", "--password-file", password)
    assert refused.error == "sign_in_refused"
    assert console.done("sign-in", "wang", "--password-file", other)["token"]
    listed = console.done("user", "list", actor=ADMINISTRATOR)["users"]
    assert [(each["subject"], each["state"], each["second_factor"]) for each in listed] == [("wang", "active", False)]
    console.done("user", "change", "wang", "--role", "auditor", actor=ADMINISTRATOR)
    console.done("user", "disable", "wang", actor=ADMINISTRATOR)
    console.done("user", "enable", "wang", actor=ADMINISTRATOR)
    again = console.done("user", "invite-again", "wang", actor=ADMINISTRATOR)
    assert again["user"]["state"] == "invited"
    changes = console.done("user", "changes", "wang", actor=ADMINISTRATOR)["changes"]
    assert [each["step"] for each in reversed(changes)] == [
        *("added", "accepted", "password_changed", "changed", "disabled", "enabled", "invited_again"),
    ]
    assert console.json("user", "list", actor=ANALYST).error == "role_not_allowed"
    assert console.done("audit", actor=ADMINISTRATOR) == SOUND


def test_a_second_factor_is_begun_confirmed_asked_for_and_reset(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = console.done("user", "invite", "wang", "--role", "analyst", actor=ADMINISTRATOR)
    invitation, password = kept(console, "invitation", invited["secret"]), kept(console, "password", PASSWORD)
    token = console.done("user", "accept", "--invitation-file", invitation, "--password-file", password)["token"]
    begun = console.run("user", "second-factor", "--json", "--password-file", password, QIAN_TOKEN=token).json
    assert begun["address"].startswith("otpauth://totp/")
    typed: list[str] = []
    monkeypatch.setattr("typer.prompt", lambda *_, **__: typed.pop())
    typed.append(code_at(base64.b32decode(begun["secret"]), step_of(datetime.now(UTC))))
    confirmed = console.run("user", "second-factor", "--confirm", "--json", QIAN_TOKEN=token).json
    assert len(confirmed["codes"]) == 10
    assert console.json("sign-in", "wang", "--password-file", password).error == "sign_in_refused"
    typed.append(confirmed["codes"][0])
    assert console.done("sign-in", "wang", "--password-file", password, "--code")["token"]
    console.done("user", "reset-second-factor", "wang", actor=ADMINISTRATOR)
    assert console.done("sign-in", "wang", "--password-file", password)["token"]
    assert console.run("user", "sign-out", "--json", QIAN_TOKEN=token).error == "token_refused"


def test_what_people_see_has_words_in_both_languages(console: Console) -> None:
    console.done("user", "add", "li", "--role", "planner", actor=ADMINISTRATOR)
    chinese = console.run("user", "list", actor=ADMINISTRATOR, QIAN_LANGUAGE="zh").stdout
    english = console.run("user", "changes", "li", actor=ADMINISTRATOR).stdout
    assert "统一身份认证" in chinese
    assert "正常" in chinese
    assert "added" in english
    refused = console.json("user", "add-client", "x", "--department", "XX", actor=ADMINISTRATOR)
    assert refused.error == "department_missing"


def test_the_first_administrator_comes_in_by_the_key_holders_token(console: Console) -> None:
    token = console.done("token", "--role", "administrator", "--subject", "root")["token"]
    invited = console.run("user", "invite", "zhao", "--role", "administrator", "--json", QIAN_TOKEN=token).json
    files = (kept(console, "invitation", invited["secret"]), kept(console, "password", PASSWORD))
    console.done("user", "accept", "--invitation-file", files[0], "--password-file", files[1])
    assert (
        console.json("user", "disable", "zhao", actor=Actor("root", Role.ADMINISTRATOR)).error == "last_administrator"
    )


def test_departments_are_managed_by_the_command_line(console: Console) -> None:
    console.done("department", "add", "YJ", "样例应急局", actor=ADMINISTRATOR)
    renamed = console.done("department", "rename", "YJ", "样例应急管理局", "--if-version", "1", actor=ADMINISTRATOR)
    assert renamed["department"] == {"code": "YJ", "name": "样例应急管理局", "in_use": True, "version": 2}
    console.done("department", "close", "YJ", actor=ADMINISTRATOR)
    refused = console.json("user", "invite", "li", "--role", "planner", "--department", "YJ", actor=ADMINISTRATOR)
    assert refused.error == "department_closed"
    console.done("department", "reopen", "YJ", actor=ADMINISTRATOR)
    listed = console.done("department", "list", actor=ANALYST)["departments"]
    assert [(each["code"], each["in_use"], each["version"]) for each in listed] == [("YJ", True, 4)]
    assert console.json("department", "close", "YJ", actor=ANALYST).error == "role_not_allowed"
