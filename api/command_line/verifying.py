"""`verify`: a campaign's bundle is checked from the ground, without bureau, database or token."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.command_line.context import output_of
from api.command_line.options import Json
from api.command_line.output import Output
from api.command_line.trust import load_trust
from api.job_handlers import verification
from sampling.verification import Check, verify_bundle

Bundle = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The auditor's bundle (核验包).")]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    context: typer.Context,
    bundle: Bundle,
    trust: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The keys that you pin, TOML; none: unverified (公钥文件)."),
    ] = None,
    machine: Json = False,
) -> None:
    """Compute a campaign anew from its bundle; exit code 0 only if every check passes (核验)."""
    output = output_of(context)
    pinned = None if trust is None else load_trust(trust)
    with output.progress("verifying"):
        checks = verify_bundle(bundle.read_bytes(), pinned)
    answer = verification(checks, pinned is not None)
    verdict = output.word("verified" if answer["passed"] else "not_verified")
    keys = output.word("keys_pinned" if pinned else "keys_unverified")
    output.answer(answer, checks_table(output, checks), verdict, keys)
    raise typer.Exit(0 if answer["passed"] else 1)


def checks_table(output: Output, checks: Sequence[Check]) -> Table:
    """Return the table of a verification's checks."""
    rows = [
        (
            output.word("passed" if each.passed else "failed"),
            output.word_of("checks", each.name),
            each.fault or each.compared,
        )
        for each in checks
    ]
    return output.table("verification", ("outcome", "check", "compared"), rows)
