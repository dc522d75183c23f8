"""`source status` and `source pull`: the files that are fetched where a source's document says."""

from datetime import datetime

import typer

from api.command_line.context import at_desk
from api.command_line.imports import tell_imported, tell_refused
from api.command_line.options import Json, TokenFile
from api.command_line.source import Name
from api.pulling import pull_source
from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling import pull_states, sources
from schema.words import say

STATUS = ("name", "schedule", "attempted_at", "succeeded_at", "failures", "file", "error", "retry_at")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("pull")(pull)


def status(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Tell how the pulls of sources go, and what failed last (获取状态). Exit code 0 only if none failed."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = [held.source for held in sources.read_all(tx, desk.actor)[0]]
            states = pull_states.states(tx, desk.actor)
        rows = []
        for source in found:
            state = states.get(source.name)
            if source.pull is None:
                continue
            rows.append(
                (source.name, source.pull.schedule, None, None, 0, None, None, None)
                if state is None
                else (
                    source.name,
                    source.pull.schedule,
                    state.attempted_at,
                    state.succeeded_at,
                    state.failures,
                    state.file,
                    None if state.error is None else say(state.error, desk.output.language).message,
                    state.retry_at,
                )
            )
        told: list[JSON] = [
            {
                name: instant_text(value) if isinstance(value, datetime) else value
                for name, value in zip(STATUS, row, strict=True)
            }
            for row in rows
        ]
        desk.output.answer({"pulls": told}, desk.output.table("pulls", STATUS, rows))
        raise typer.Exit(1 if any(row[STATUS.index("error")] for row in rows) else 0)


def pull(context: typer.Context, name: Name, token_file: TokenFile = None, machine: Json = False) -> None:
    """Fetch a source's files now and take in what is new (立即获取). Exit code 0 only if nothing was refused."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("pulling") as advance:
            report = pull_source(desk.bureau, desk.actor, name, lambda rows: advance(rows, None))
        told = [(file, refusal.code, say(refusal, desk.output.language)) for file, refusal in report.failed]
        failed: list[JSON] = [
            {"file": file, "code": code, "message": words.message, "remedy": words.remedy} for file, code, words in told
        ]
        bad = [imported.refused for imported in report.taken]
        tell_imported(desk, report.taken, bad, {"unchanged": report.unchanged, "failed": failed})
        for _, _, words in told:
            desk.output.say("not_pulled", message=words.message, remedy=words.remedy)
        tell_refused(desk.output, report.source.format, bad, None)
        raise typer.Exit(1 if any(map(len, bad)) or failed else 0)
