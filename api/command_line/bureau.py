"""`init`, `token`, `audit`: the bureau itself."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import RenderableType

from api import tokens
from api.auditing import audit_bureau, count_expired
from api.bureau import create
from api.command_line.context import at_desk, load_settings, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from ledger import hold
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.canonical import JSON


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("token")(token)
    app.command("audit")(audit)


def init(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="The log's name for ever, such as log.example.gov.cn/qian (日志名称).")],
    name: Annotated[str, typer.Option(help="The bureau's name (单位名称).")],
    encrypt_key: Annotated[
        bool, typer.Option("--encrypt-key", help="Only with a passphrase set, which encrypts the log's key (加密密钥).")
    ] = False,
    machine: Json = False,
) -> None:
    """Create a bureau: keys, tables and the first entry of its log (建立平台)."""
    output, settings = output_of(context), load_settings()
    bureau = create(settings, origin, name, encrypt_key)
    answer = {"origin": origin, "name": name, "vkey": bureau.verifier.vkey, "home": str(settings.home)}
    bureau.close()
    output.answer(answer, output.facts("created", list(answer.items())))


def token(
    context: typer.Context,
    role: Annotated[Role, typer.Option(help="What the token's bearer does (角色).")],
    subject: Annotated[str, typer.Option(help="Who bears it; an inspector's certificate (持有人或证件号).")],
    department: Annotated[str | None, typer.Option(help="Code of the department; none: all (部门代码).")] = None,
    days: Annotated[int, typer.Option(min=1, max=tokens.LONGEST.days, help="Days that it is valid (有效天数).")] = 30,
    machine: Json = False,
) -> None:
    """Issue a staff token, by the bureau's own key; the token is all that is printed (签发令牌)."""
    output = output_of(context)
    lifetime = timedelta(days=days)
    with opened_bureau() as bureau:
        now = bureau.now
        issued = tokens.issue(bureau.token_key, bureau.origin, Actor(subject, role, department), now, lifetime)
    expires = (now + lifetime).isoformat()
    output.answer({"token": issued, "subject": subject, "role": role.value, "expires": expires})
    if not output.machine:
        typer.echo(issued)


def audit(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Compare the whole database with the log; exit code 0 only if every row is as the log bound it (审计)."""
    with at_desk(context, token_file) as desk, desk.output.progress("auditing"):
        faults, expired = audit_bureau(desk.bureau, desk.actor), count_expired(desk.bureau)
        with desk.bureau.read() as tx:
            held, restored = hold.held(tx), hold.restorations(tx)
    output = desk.output
    restorations = [(entry.seq, entry.time, entry.body["evidence"]) for entry in restored]
    shown: list[RenderableType] = [fault_table(output, faults)]
    if held is not None:
        shown.append(output.word("now_held", size=held.size))
    if restorations:
        rows = [
            (seq, time, [output.word(f"evidences.{each['kind']}") for each in by]) for seq, time, by in restorations
        ]
        shown.append(output.table("restorations", ("entry", "time", "evidence"), rows))
    output.answer(
        {
            **faults_json(faults),
            "expired": expired,
            "held": held is not None,
            "restorations": [{"entry": seq, "time": time, "evidence": by} for seq, time, by in restorations],
        },
        *shown,
        *([output.word("expired_documents", count=expired)] if expired else []),
    )
    raise typer.Exit(1 if faults else 0)


def faults_json(faults: Sequence[Fault]) -> dict[str, JSON]:
    """Return what an audit found, for machines."""
    told: list[JSON] = [{"table": fault.table, "row": fault.row, "code": fault.code} for fault in faults]
    return {"sound": not faults, "faults": told}


def fault_table(output: Output, faults: Sequence[Fault]) -> RenderableType:
    """Return what an audit found, for people."""
    if not faults:
        return output.word("sound")
    rows = [(fault.table, fault.row, output.word_of("fault_codes", fault.code)) for fault in faults]
    return output.table("faults", ("table", "row", "fault"), rows)
