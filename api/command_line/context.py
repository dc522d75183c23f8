"""What a command stands on: the bureau, and the actor that its token names."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer
from pydantic import ValidationError

from api.bureau import Bureau
from api.command_line.output import Output
from api.settings import Settings
from api.signing_in import actor_of
from ledger.actors import Actor
from ledger.errors import Forbidden, Invalid


@dataclass(frozen=True)
class Desk:
    """One command at work."""

    bureau: Bureau
    actor: Actor
    output: Output


@cache
def load_settings() -> Settings:
    """Return the settings of the environment, read once for a command, which takes longer than many of them.

    Raises Invalid("settings_unusable"), which repeats no value.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"QIAN_{'_'.join(map(str, each['loc'])).upper()}" for each in error.errors() if each["loc"]})
        names = names or [str(each["ctx"]["error"]) for each in error.errors()]
        raise Invalid("settings_unusable", names=names) from None


def output_of(context: typer.Context) -> Output:
    """Return the output that `main` made."""
    found = context.find_object(Output)
    assert found is not None  # noqa: S101  - main() hands it over
    return found


@contextmanager
def opened_bureau(public: bool = False) -> Iterator[Bureau]:
    """Open the settings' bureau while the block runs; `public`: as the public side alone signs in to its database."""
    settings = load_settings()
    bureau = Bureau(settings.of_the_public_side if public else settings)
    try:
        yield bureau
    finally:
        bureau.close()


@contextmanager
def at_desk(context: typer.Context, token_file: Path | None) -> Iterator[Desk]:
    """Open the bureau and act under the token of --token-file or QIAN_TOKEN.

    Raises Forbidden: command_without_token, token_refused.
    """
    with opened_bureau() as bureau:
        token = _token(bureau.settings, token_file)
        yield Desk(bureau, actor_of(bureau, token), output_of(context))


def _token(settings: Settings, token_file: Path | None) -> str:
    if token_file is not None:
        return token_file.read_text("utf-8", "replace").strip()
    if settings.token is not None:
        return settings.token.get_secret_value().strip()
    raise Forbidden("command_without_token")
