"""What staff are told of the settings: no secret, and nothing that could hold one."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import SecretStr

from api.settings import Settings
from schema.bureau import Setting
from schema.words import Language

TEXTS: Final = frozenset(
    {
        *("public_origins", "staff_origins", "public_site", "trusted_proxies", "metrics_readers", "host", "grading"),
        *("pkcs11_token", "pkcs11_label", "smtp_host", "smtp_sender"),
        *("oidc_issuer", "oidc_audience", "oidc_algorithms"),
        *("oidc_subject_claim", "oidc_role_claim", "oidc_department_claim"),
    }
)
"""The texts whose value is told. Of any other one, as of files and secrets, only whether it is set: an address may hold
a password, and who adds a setting has to say here that it is none."""


def told_settings(settings: Settings) -> list[Setting]:
    """Return what is told of each setting, by name."""
    return sorted((_told(settings, name) for name in Settings.model_fields), key=lambda each: each.name)


def _told(settings: Settings, name: str) -> Setting:
    field = Settings.model_fields[name]
    value = getattr(settings, name)
    is_told = name in TEXTS or not _kinds(field.annotation) & {str, Path, SecretStr}
    shown = None if value is None or not is_told else _written(value)
    description: dict[Language, str] = {"zh": chinese()[name], "en": str(field.description)}
    return Setting(f"QIAN_{name.upper()}", shown, name in settings.model_fields_set, description)


def _written(value: Any) -> str:
    """Return a value as one writes it into a setting."""
    return value if isinstance(value, str) else json.dumps(value)


@cache
def chinese() -> dict[str, str]:
    """Return what each setting is, in Chinese; in English the settings say it themselves."""
    return tomllib.loads((files("api") / "settings_zh.toml").read_text(encoding="utf-8"))


def _kinds(annotation: Any) -> set[Any]:
    """Return the plain types that a value may have; a literal has none, since all its values are known."""
    if get_origin(annotation) in (Union, UnionType):
        return {kind for each in get_args(annotation) for kind in _kinds(each)}
    return {annotation} if isinstance(annotation, type) else set()
