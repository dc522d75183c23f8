"""`attest` and `verdict`: an auditor signs what a bundle shows, the bureau takes it in, anybody verifies the file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.atomic_files import write_atomically
from api.command_line.auditor import load_signer
from api.command_line.campaign_answers import entry_json, verdict_json, verdict_word
from api.command_line.context import at_desk, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from api.command_line.trust import load_trust
from api.command_line.verifying import checks_table
from api.job_handlers import verification
from ledger.calendar import civil_date
from ledger.errors import Invalid
from ledger.note import Verifier
from sampling import attesting
from sampling.judging import judge
from sampling.verdicts import Verdict, VerdictError, open_verdict, sign_verdict

app = typer.Typer(help="Verdicts of auditors on draws (审计意见).", no_args_is_help=True)

Bundle = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The auditor's bundle (审计卷宗).")]
VerdictFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The signed verdict (审计意见文件).")]


def add_to(app: typer.Typer) -> None:
    """Add the command that signs."""
    app.command("attest")(attest)


def attest(
    context: typer.Context,
    bundle: Bundle,
    trust: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The keys that you pin, TOML (公钥文件).")],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Your private file (私钥文件).")],
    to: Annotated[Path, typer.Option("--output", dir_okay=False, help="The signed verdict (审计意见文件).")],
    reason: Annotated[
        list[str] | None,
        typer.Option(help="Why you refuse the draw though its checks pass; public for ever, repeatable (理由)."),
    ] = None,
    machine: Json = False,
) -> None:
    """Verify a bundle, as `verify` does, and sign what it shows with your own key (审计员签署意见).

    The draw is refused where a check fails or you give a reason; else it is verified.
    """
    output, signer = output_of(context), load_signer(key)
    with output.progress("verifying"):
        checks, verdict = judge(
            bundle.read_bytes(),
            load_trust(trust),
            [each.strip() for each in reason or ()],
            civil_date(datetime.now(UTC)),
        )
    write_atomically(to, sign_verdict(verdict, signer).encode())
    output.answer(
        {"verdict": verdict_json(verdict, signer.verifier_key), "file": str(to), **verification(checks, True)},
        checks_table(output, checks),
        output.facts("verdict_signed", [*_facts(output, verdict, signer.name), ("file", to)]),
    )


@app.command()
def submit(
    context: typer.Context,
    file: VerdictFile,
    proof: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the entry's .tlog-proof for the auditor (证明文件).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Enter an auditor's signed verdict into the log, where it is public for ever (提交审计意见)."""
    text = _text(file)
    with at_desk(context, token_file) as desk:
        bureau, output = desk.bureau, desk.output
        with bureau.write() as tx:
            found = attesting.submit_verdict(tx, desk.actor, bureau.now, text)
        with bureau.read() as tx:
            proved = attesting.proof_of(tx, found.entry, bureau.witness_policy)
    if proof is not None and proved is not None:
        write_atomically(proof, proved.encode())
    verdict, auditor = found.verdict, found.signed.auditor
    output.answer(
        {"verdict": verdict_json(verdict, auditor.vkey), "entry": entry_json(found.entry), "proof": proved},
        output.facts("verdict_submitted", [*_facts(output, verdict, auditor.name), ("entry", found.entry.seq)]),
    )
    if proved is None:
        output.say("proof_later", seq=found.entry.seq)


@app.command()
def verify(
    context: typer.Context,
    file: VerdictFile,
    auditor: Annotated[
        list[str] | None, typer.Option(metavar="VKEY", help="The auditor's key that you pin, repeatable (审计员公钥).")
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file of pinned keys instead, TOML (公钥文件).")
    ] = None,
    machine: Json = False,
) -> None:
    """Verify offline that an auditor whose key you pin signed a verdict; exit code 0 only if so (验证审计意见)."""
    output = output_of(context)
    try:
        pinned = [Verifier.from_vkey(each) for each in auditor or ()]
        pinned += [] if trust is None else load_trust(trust).auditors
        signed = open_verdict(_text(file), pinned)
    except (ValueError, VerdictError) as error:
        raise Invalid("verdict_unusable", field="verdict", reason=str(error)) from None
    output.answer(
        {"signed": True, "verdict": verdict_json(signed.verdict, signed.auditor.vkey)},
        output.facts("verdict_signed", _facts(output, signed.verdict, signed.auditor.name)),
    )


def _facts(output: Output, verdict: Verdict, auditor: str) -> list[tuple[str, object]]:
    return [
        ("auditor", auditor),
        ("origin", verdict.origin),
        ("campaign", verdict.campaign),
        ("verdict", verdict_word(output, verdict)),
        ("reason", "\n".join(verdict.reasons) or None),
        ("date", verdict.date),
        ("tree_size", verdict.size),
        ("drawn_leaf", verdict.drawn.hex()),
    ]


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise Invalid("verdict_unusable", field="verdict", reason="UTF-8") from None
