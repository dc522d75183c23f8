"""`backup` and `restore`: the whole bureau as one encrypted file."""

from pathlib import Path
from typing import Annotated

import typer

from api.backups import back_up
from api.backups import restore as restore_backup
from api.command_line.bureau import fault_table, faults_json
from api.command_line.context import load_settings, output_of
from api.command_line.options import Json


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The new file; none is ever replaced (备份文件).")],
    keys: Annotated[
        bool, typer.Option("--keys", help="With the key files: who opens the backup can then sign (含密钥).")
    ] = False,
    machine: Json = False,
) -> None:
    """Back up database, documents and log as they are at one moment, encrypted, while others work (备份).

    The passphrase is in the file that QIAN_BACKUP_PASSPHRASE_FILE names. Exit code 0 only if nothing was missing.
    """
    output, settings = output_of(context), load_settings()
    with output.progress("backing_up"):
        header, written = back_up(settings, file, keys)
    rows = sum(written.rows.values())
    output.answer(
        {
            "file": str(file),
            "origin": header.origin,
            "version": header.version,
            "size": header.size,
            "made_at": header.made_at.isoformat(),
            "keys": keys,
            "rows": rows,
            "lost_documents": list(written.lost),
        },
        output.facts(
            "backed_up",
            [
                ("file", file),
                ("origin", header.origin),
                ("tree_size", header.size),
                ("rows", rows),
                ("keys_inside", keys),
                ("lost_documents", written.lost or None),
            ],
        ),
    )
    raise typer.Exit(1 if written.lost else 0)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The backup (备份文件).")],
    machine: Json = False,
) -> None:
    """Make the bureau that the settings name from a backup, in an empty place, and audit it (恢复).

    All of it is done, or nothing. Its log appends nothing until `qian log release` has shown that it is complete. Exit
    code 0 only if the audit is sound.
    """
    output, settings = output_of(context), load_settings()
    with output.progress("restoring"):
        restored = restore_backup(settings, file)
    header, faults = restored.header, restored.faults
    output.answer(
        {
            "origin": header.origin,
            "size": header.size,
            "made_at": header.made_at.isoformat(),
            "version": header.version,
            "keys": list(restored.key_files),
            "held": True,
            **faults_json(faults),
        },
        output.facts(
            "restored",
            [
                ("origin", header.origin),
                ("tree_size", header.size),
                ("made_at", header.made_at),
                ("keys_inside", restored.key_files or None),
            ],
        ),
        fault_table(output, faults),
        output.word("now_held", size=header.size),
    )
    raise typer.Exit(1 if faults else 0)
