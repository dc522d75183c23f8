"""How the service itself stands, as administrators and auditors are told."""

import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.bureau import create
from api.settings import Settings
from api.told_settings import TEXTS, chinese, told_settings
from ledger.key_rotation import log_keys
from tests.api.house import ADMINISTRATOR, AUDITOR, NAME, ORIGIN, PLANNER, PLENTY, served_bureau

HUSH = "hush"
SYSTEM = """{ system {
  version origin signedSize quorumMet witnessPolicy witnesses { name }
  lastEntry { seq kind }
  keys { verifierKey sinceSize namedEntry { seq kind } endedEntry { seq } }
  settings { name value isSet description }
} }"""


def test_keys_are_told_from_one_rotation_to_the_next(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=8123, smtp_password_file=tmp_path / HUSH, **PLENTY)
    bureau = create(settings, ORIGIN, NAME)
    first = bureau.verifier.vkey
    rotated = bureau.rotate_key(ADMINISTRATOR)
    with served_bureau(bureau, worker=False) as house:
        told = house.ask(SYSTEM, AUDITOR)["system"]
        assert told == house.ask(SYSTEM, ADMINISTRATOR)["system"]
        (refused,) = house.errors(SYSTEM, PLANNER)
        second = bureau.verifier.vkey
        with bureau.read() as tx:
            since = log_keys(tx)[1].since
    assert refused["extensions"]["code"] == "role_not_allowed"
    assert told["origin"] == ORIGIN
    assert told["signedSize"] == str(rotated.seq + 1)
    assert told["lastEntry"] == {"seq": str(rotated.seq), "kind": "key.rotated"}
    assert told["quorumMet"] is True
    assert told["witnesses"] == []
    assert told["keys"] == [
        {
            "verifierKey": first,
            "sinceSize": "1",
            "namedEntry": {"seq": "0", "kind": "ledger.created"},
            "endedEntry": {"seq": str(rotated.seq)},
        },
        {
            "verifierKey": second,
            "sinceSize": str(since),
            "namedEntry": {"seq": str(rotated.seq), "kind": "key.rotated"},
            "endedEntry": None,
        },
    ]
    given = {each["name"]: (each["value"], each["isSet"]) for each in told["settings"]}
    assert given["QIAN_PORT"] == ("8123", True)
    assert given["QIAN_HOST"] == ("127.0.0.1", False)
    assert given["QIAN_GRAPHIQL"] == ("true", False)
    assert given["QIAN_SMTP_PASSWORD_FILE"] == (None, True)
    assert HUSH not in str(told)


def test_each_setting_says_what_it_is_in_both_languages() -> None:
    assert set(chinese()) == set(Settings.model_fields)
    for each in told_settings(Settings()):
        assert re.search("[\u4e00-\u9fff]", each.description["zh"]), each.name
        assert re.search("[\u4e00-\u9fff]", each.description["en"]) is None, each.name


def test_no_setting_that_could_hold_a_secret_is_told() -> None:
    given: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        kind = str(field.annotation)
        if "SecretStr" in kind:
            given[name] = SecretStr(HUSH)
        elif "Path" in kind:
            given[name] = Path(HUSH)
        elif field.annotation in (str, str | None) and name not in TEXTS:
            given[name] = HUSH
    assert {"documents", "drand_urls", "timestamp_url", "token", "database_url", "pkcs11_pin_file"} <= set(given)
    told = {each.name: each for each in told_settings(Settings.model_construct(**given))}
    assert len(told) == len(Settings.model_fields)
    for name in given:
        setting = told[f"QIAN_{name.upper()}"]
        assert (setting.value, setting.is_set) == (None, True)
    assert HUSH not in str(told)
