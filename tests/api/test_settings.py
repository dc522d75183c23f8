"""Settings come from the environment, each with a default that serves a district on one machine."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.settings import Settings
from sampling.strata import Limits


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QIAN_{name.upper()}", raising=False)


def test_without_any_setting_there_is_an_embedded_database_on_this_machine_alone() -> None:
    settings = Settings()
    assert settings.url == "sqlite+pysqlite:///var/qian.sqlite"
    assert (settings.host, settings.port, settings.worker) == ("127.0.0.1", 8000, True)


def test_every_setting_is_described_and_has_a_default() -> None:
    fields = Settings.model_fields
    assert [name for name, field in fields.items() if not field.description or field.is_required()] == []


def test_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIAN_HOME", "/srv/qian")
    monkeypatch.setenv("QIAN_PORT", "8080")
    monkeypatch.setenv("QIAN_WORKER", "false")
    settings = Settings()
    assert (settings.home, settings.port, settings.worker) == (Path("/srv/qian"), 8080, False)
    assert settings.url == "sqlite+pysqlite:////srv/qian/qian.sqlite"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_site", "https://gs.example.gov.cn/pages"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("log_format", "xml"),
        ("log_level", "loud"),
        ("language", "la"),
        ("stratum_minimum", "1"),
        ("frame_minimum", "1"),
        ("uniform_share", "499"),
        ("uniform_share", "1001"),
        ("inference_bound", "10000"),
        ("beacon_margin", "-1"),
        ("upload_bytes", "0"),
        ("grading", "every month"),
    ],
)
def test_a_value_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"QIAN_{name.upper()}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://qian:hidden-value@db/qian"), token=SecretStr("hidden-value")
    )
    assert "hidden-value" not in repr(settings) + str(settings.model_dump())
    assert settings.url == "postgresql://qian:hidden-value@db/qian"


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_the_limits_of_a_design_are_settings() -> None:
    assert Settings(stratum_minimum=5, frame_minimum=20, uniform_share=1000).limits == Limits(5, 20, 1000)
