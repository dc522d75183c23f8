"""`log fsck`, `log follow`, `log verify-proof`: anybody's log is checked, with nothing of a bureau of one's own."""

import time
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer

from api.command_line.context import output_of
from api.command_line.options import Json
from api.command_line.output import Output
from api.command_line.trust import load_trust
from api.log_client import opened_log
from api.log_following import keep_evidence, load_known, save_known, told_keys
from ledger.canonical import JSON
from ledger.entries import Entry, parse_entry
from ledger.errors import Conflict, Invalid
from ledger.following import Known, LogForked
from ledger.following import follow as one_step
from ledger.fsck import check_log
from ledger.log_reader import CHECKPOINT_PATH, LogFault, Read, read_checkpoint
from ledger.note import OpenedCheckpoint, Verifier, encode_base64
from ledger.tlog_proof import TlogProof, parse_proof, verify_proof
from schema.words import say

MOST_FAULTS: Final = 100

Source = Annotated[
    str, typer.Argument(metavar="URL|DIR", help="The log's address, such as https://…/log, or its folder (日志).")
]
Pins = Annotated[
    Path | None,
    typer.Option(
        "--trust", exists=True, dir_okay=False, help="The keys that you pin, TOML; none: unverified (公钥文件)."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("fsck")(fsck)
    app.command("follow")(follow)
    app.command("verify-proof")(verify_proof_file)


def fsck(context: typer.Context, source: Source, trust: Pins = None, machine: Json = False) -> None:
    """Check a whole log: signature, tiles, entries, chain, files; exit code 0 only if nothing is wrong (检查日志)."""
    output = output_of(context)
    pinned = None if trust is None else load_trust(trust).log
    with opened_log(source) as read, output.progress("checking_log"):
        size, faults = _checked(read, pinned)
    shown, more = faults[:MOST_FAULTS], len(faults) > MOST_FAULTS
    told = [(each.code, say(each, output.language).message) for each in shown]
    answer: dict[str, JSON] = {
        "log": source,
        "size": size,
        "sound": not faults,
        "pinned": pinned is not None,
        "faults": [
            {"code": code, "message": message, "parameters": each.told()}
            for each, (code, message) in zip(shown, told, strict=True)
        ],
        "more": more,
    }
    keys = output.word("keys_pinned" if pinned else "keys_unverified")
    if faults:
        table = output.table("log_faults", ("code", "message"), told)
        output.answer(answer, table, *([output.word("log_faults_more", count=MOST_FAULTS)] if more else []), keys)
        raise typer.Exit(1)
    output.answer(answer, output.word("log_sound", size=size), keys)


def _checked(read: Read, pinned: tuple[Verifier, ...] | None) -> tuple[int | None, list[LogFault]]:
    """Return the log's size and its faults, few more than are shown; all of it rests on one checkpoint."""
    try:
        note, checkpoint = read_checkpoint(read)
    except LogFault as fault:
        return None, [fault]
    keys = told_keys(read) if pinned is None else pinned
    faults = check_log(lambda path: note.encode() if path == CHECKPOINT_PATH else read(path), keys)
    return checkpoint.size, list(islice(faults, MOST_FAULTS + 1))


def follow(
    context: typer.Context,
    source: Source,
    once: Annotated[bool, typer.Option("--once", help="Take one step and end (只跟进一次).")] = False,
    state: Annotated[Path, typer.Option(dir_okay=False, help="File of what was verified last (状态文件).")] = Path(
        "followed-log.json"
    ),
    every: Annotated[int, typer.Option(min=1, help="Seconds between two steps (间隔秒数).")] = 60,
    trust: Pins = None,
    machine: Json = False,
) -> None:
    """Prove again and again that a log only grows; ends with exit code 1 at a fork, a rollback or a fault (跟踪日志).

    Both signed notes of a fork or a rollback are kept beside the state. Without --trust the keys are those that the
    log told at the first step.
    """
    output = output_of(context)
    pinned = None if trust is None else load_trust(trust).log
    known = load_known(state)
    if pinned is None:
        output.say("keys_unverified")
    with opened_log(source) as read:
        while True:
            try:
                keys = pinned or ([each.verifier for each in known.keys] if known else told_keys(read))
                newer = one_step(read, known, keys)
            except LogForked as forked:
                report_fork(output, forked, keep_evidence(state, forked))
                raise typer.Exit(1) from None
            except Conflict as unreachable:
                if once:
                    raise
                output.refuse(unreachable)
            else:
                if newer != known:
                    save_known(state, newer)
                if once or newer != known:
                    _show_step(output, known, newer, state, pinned is not None)
                known = newer
            if once:
                return
            time.sleep(every)


def verify_proof_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The .tlog-proof file (证明文件).")],
    trust: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The keys that you pin, TOML (公钥文件).")],
    machine: Json = False,
) -> None:
    """Verify offline that an entry is in a log, by its proof file; exit code 0 only if it is (验证证明)."""
    output = output_of(context)
    pinned = load_trust(trust)
    try:
        proof = parse_proof(file.read_bytes().decode())
    except ValueError as error:
        raise Invalid("proof_malformed", path=file, reason=str(error)) from None
    opened, entry = _verified(proof, [*pinned.log, *pinned.witnesses])
    checkpoint = opened.checkpoint
    witnesses = [(each.verifier.name, each.time) for each in opened.signatures if each.time is not None]
    root = encode_base64(checkpoint.root)
    output.answer(
        {
            "verified": True,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": root,
            "index": proof.index,
            "entry": {"time": entry.time, "kind": entry.kind, "body": entry.body},
            "witnesses": [{"name": name, "time": moment} for name, moment in witnesses],
        },
        output.facts(
            "proved_entry",
            [
                ("origin", checkpoint.origin),
                ("tree_size", checkpoint.size),
                ("root", root),
                ("entry", proof.index),
                ("time", entry.time),
                ("kind", entry.kind),
                ("subject", entry.subject),
                ("witnesses", sorted({name for name, _ in witnesses}) or None),
            ],
        ),
        output.word("proof_verified"),
    )


def _verified(proof: TlogProof, pinned: list[Verifier]) -> tuple[OpenedCheckpoint, Entry]:
    if proof.extra is None:
        raise Invalid("proof_without_entry")
    try:
        opened = verify_proof(proof, proof.extra, pinned)
    except ValueError as error:
        raise Invalid("proof_not_verified", reason=str(error)) from None
    try:
        return opened, parse_entry(proof.extra)
    except ValueError:
        raise LogFault("log_entry_unreadable", seq=proof.index) from None


def report_fork(output: Output, forked: LogForked, folder: Path) -> None:
    """Say that a log has lied, and in which folder both signed notes are kept."""
    notes: JSON = {"known": forked.known, "served": forked.served, "proof": list(map(encode_base64, forked.proof))}
    output.refuse(forked, evidence=notes, folder=str(folder))
    output.say("evidence_kept", folder=folder)


def _show_step(output: Output, before: Known | None, now: Known, state: Path, pinned: bool) -> None:
    old, new = None if before is None else before.checkpoint.size, now.checkpoint
    root = encode_base64(new.root)
    output.answer(
        {"origin": new.origin, "before": old, "size": new.size, "root": root, "pinned": pinned, "state": str(state)},
        output.facts(
            "followed_log",
            [("origin", new.origin), ("size_before", old), ("tree_size", new.size), ("root", root), ("kept_in", state)],
        ),
    )
