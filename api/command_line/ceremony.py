"""`ceremony`: what a party of a ceremony does by itself, on its own machine, without the bureau and without a token.

`commit` keeps a secret file and shows a commitment, which the bureau names at the freeze; after the freeze the party
hands the file over for `campaign reveal`.
"""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import output_of
from api.command_line.options import Json
from api.command_line.private_files import write_private
from ledger.commitments import new_salt
from ledger.errors import Invalid
from sampling.beacons import VALUE_BYTES, Party, ceremony_commitment
from sampling.json_shapes import hash_bytes, members, text

app = typer.Typer(help="Take part in the beacon of a draw (多方见证仪式).", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Take part in the beacon of a draw (多方见证仪式)."""


@app.command()
def commit(
    context: typer.Context,
    party: Annotated[str, typer.Option(help="The party's name, as the bureau will name it (参与方名称).")],
    keep: Annotated[Path, typer.Option(dir_okay=False, help="New file, for the party alone (秘密文件).")],
    machine: Json = False,
) -> None:
    """Choose a secret value, keep it in a file of mode 0600, and show only what it is bound by (承诺)."""
    output = output_of(context)
    commitment = make_kept(keep, party)
    shown = {"party": party, "commitment": commitment.hex(), "kept": str(keep)}
    output.answer(shown, output.facts("committed", list(shown.items())))


def make_kept(path: Path, party: str) -> bytes:
    """Choose a party's value and keep it; return the commitment. Raises Conflict where the file exists."""
    salt, value = new_salt(), secrets.token_bytes(VALUE_BYTES)
    commitment = ceremony_commitment(party, salt, value)
    kept = {"party": party, "salt": salt.hex(), "value": value.hex(), "commitment": commitment.hex()}
    write_private(path, (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode(), replace=False)
    return commitment


def read_kept(path: Path) -> tuple[str, bytes, bytes]:
    """Return party, salt and value of a kept file; raises Invalid("kept_file_unreadable")."""
    try:
        given = members(json.loads(path.read_text("utf-8")), "kept", "party", "salt", "value", "commitment")
        return text(given["party"], "party"), hash_bytes(given["salt"], "salt"), hash_bytes(given["value"], "value")
    except (ValueError, Invalid):
        raise Invalid("kept_file_unreadable", field="kept", path=path) from None


def parties_of(options: Sequence[str]) -> list[Party]:
    """Read options NAME=COMMITMENT."""
    parties = []
    for option in options:
        name, _, commitment = option.rpartition("=")
        parties.append(Party(name, hash_bytes(commitment, f"party {name}")))
    return parties
