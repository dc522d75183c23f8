"""All commands together, and what becomes of a command that fails."""

import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer

from api import logs
from api.command_line import (
    annual,
    auditor,
    backtest,
    backup,
    bureau,
    calendar,
    campaign,
    ceremony,
    database,
    departments,
    document,
    enterprises,
    evaluate,
    exchange,
    findings,
    grade_reports,
    grading,
    imports,
    inbox,
    judgements,
    key,
    learning,
    log,
    log_reading,
    log_release,
    model_trials,
    models,
    notice,
    objection,
    proceedings,
    province,
    question,
    recognising,
    reconciling,
    register,
    service,
    sign_in,
    source,
    source_pulls,
    users,
    verdict,
    verifying,
    visit,
    warnings,
    witness,
)
from api.command_line.context import load_settings
from api.command_line.output import Output
from ledger.database import refusal_of
from ledger.errors import Refusal
from schema.words import Language

REFUSED: Final = 1
MISUSED: Final = 2
UNEXPECTED: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130

app = typer.Typer(
    help="Qian (签): risk-graded random inspections whose draw anybody can check (双随机、一公开).",
    epilog="Settings are environment variables QIAN_…; staff act under the token in QIAN_TOKEN. "
    "Exit codes: 0 it did what it says, 1 refused or not all in order, 2 called wrongly, 70 unforeseen.",
    no_args_is_help=True,
    add_completion=False,
)


def tell_version(asked: bool) -> None:
    """Tell which release this is, and end."""
    if asked:
        typer.echo(version("qian"))
        raise typer.Exit


@app.callback()
def qian(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=tell_version, help="Tell the version (版本).")
    ] = False,
) -> None:
    """Take what stands before any command."""


for group in (
    bureau,
    backup,
    database,
    imports,
    reconciling,
    enterprises,
    grading,
    learning,
    backtest,
    findings,
    verifying,
    verdict,
    service,
    sign_in,
):
    group.add_to(app)
sign_in.add_to_users(users.app)
app.add_typer(users.app, name="user")
source_pulls.add_to(source.app)
app.add_typer(departments.app, name="department")
app.add_typer(source.app, name="source")
app.add_typer(register.app, name="register")
app.add_typer(annual.app, name="plan")
app.add_typer(campaign.app, name="campaign")
app.add_typer(visit.app, name="visit")
recognising.add_to(findings.app, campaign.app)
app.add_typer(findings.app, name="finding")
app.add_typer(warnings.app, name="warn")
app.add_typer(inbox.app, name="inbox")
app.add_typer(calendar.app, name="calendar")
proceedings.add_to(app)
app.add_typer(notice.app, name="notice")
app.add_typer(question.app, name="question")
app.add_typer(objection.app, name="objection")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(exchange.app, name="exchange")
model_trials.add_to(models.app)
app.add_typer(models.app, name="model")
app.add_typer(province.app, name="province")
app.add_typer(judgements.app, name="judgement")
app.add_typer(ceremony.app, name="ceremony")
grade_reports.add_to(grading.group)
log_reading.add_to(log.app)
log_release.add_to(log.app)
app.add_typer(log.app, name="log")
app.add_typer(key.app, name="key")
app.add_typer(witness.app, name="witness")
app.add_typer(auditor.app, name="auditor")
app.add_typer(verdict.app, name="verdict")
app.add_typer(document.app, name="document")


@cache
def _commands() -> Callable[..., Any]:
    """Return all commands, made of their functions once: that takes longer than most of them."""
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    output = Output(_language())
    with_trace = False
    try:
        settings = load_settings()
        with_trace = settings.log_level == "debug"
        logs.configure(settings.log_format, settings.log_level)
        return int(_commands()(arguments, prog_name="qian", obj=output, standalone_mode=False) or 0)
    except Refusal as refusal:
        output.refuse(refusal)
        return REFUSED
    except typer.TyperException as error:
        output.misused(error.format_message())
        return MISUSED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is left to flush
        return REFUSED
    except Exception as error:
        if (told := refusal_of(error)) is not None:
            output.refuse(told)
            return REFUSED
        output.unexpected(logs.unexpected(error, with_trace))
        return UNEXPECTED
    finally:
        load_settings.cache_clear()


def _language() -> Language:
    return "en" if os.environ.get("QIAN_LANGUAGE") == "en" else "zh"
