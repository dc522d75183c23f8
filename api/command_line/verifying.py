"""`verify`: a campaign's bundle, or its public side, is checked from the ground, without bureau, database or token."""

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
from api.public_reading import read_public
from ledger.errors import Invalid
from ledger.long_work import read_whole
from sampling.public_checks import NOT_CHECKED, verify_public
from sampling.verification import Check, Trust, verify_bundle
from schema.verification_words import say_fault

Subject = Annotated[
    str,
    typer.Argument(metavar="BUNDLE|CAMPAIGN", help="The auditor's bundle, or a campaign's code (审计卷宗或任务编号)."),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    context: typer.Context,
    subject: Subject,
    public: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Verify what anybody reads at a bureau's address (公众核验的网址)."),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The keys that you pin, TOML; none: unverified (公钥文件)."),
    ] = None,
    machine: Json = False,
) -> None:
    """Verify a campaign from its bundle, or from the public side; exit code 0 only if every check passes (核验)."""
    output = output_of(context)
    pinned = None if trust is None else load_trust(trust)
    with output.progress("verifying"):
        checks = _of_bundle(subject, pinned) if public is None else _of_public(public, subject, pinned)
    not_checked = [] if public is None else list(NOT_CHECKED)
    answer = {**verification(checks, pinned is not None), "not_checked": not_checked}
    told = [
        output.word("verified" if answer["passed"] else "not_verified"),
        output.word("keys_pinned" if pinned else "keys_unverified"),
    ]
    if not_checked:
        what = "；".join(output.word_of("not_checked", each) for each in not_checked)
        told.append(output.word("public_cannot_show", what=what))
    output.answer(answer, checks_table(output, checks), *told)
    raise typer.Exit(0 if answer["passed"] else 1)


def _of_bundle(path: str, pinned: Trust | None) -> list[Check]:
    try:
        data = read_whole(Path(path))
    except OSError as error:
        raise Invalid("bundle_unreadable", path=path, reason=error.strerror) from None
    return verify_bundle(data, pinned, together=True)


def _of_public(address: str, campaign: str, pinned: Trust | None) -> list[Check]:
    return verify_public(read_public(address, campaign), pinned)


def checks_table(output: Output, checks: Sequence[Check]) -> Table:
    """Return the table of a verification's checks."""
    rows = [
        (
            output.word("passed" if each.passed else "failed"),
            output.word_of("checks", each.name),
            each.compared if each.fault is None else say_fault(each.fault, output.language),
        )
        for each in checks
    ]
    return output.table("verification", ("outcome", "check", "compared"), rows)
