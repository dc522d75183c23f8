"""`qian witness`: another bureau's witness from the command line alone."""

import json
from pathlib import Path

import pytest

from api.command_line.app import run
from ledger.note import Verifier
from tests.api.test_witness import LOG, NAME


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert run(["witness", *map(str, arguments), "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_witness_is_made_shown_and_told_of_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "witness"
    made = answer(capsys, "init", folder, "--name", NAME)
    assert Verifier.from_vkey(str(made["vkey"])).name == NAME
    assert answer(capsys, "vkey", folder) == {"vkey": made["vkey"]}
    assert answer(capsys, "add-log", folder, LOG.verifier_key)["origin"] == LOG.name
    assert answer(capsys, "logs", folder) == {"logs": [{"vkey": LOG.verifier_key, "size": None}]}


def test_a_witness_s_passphrase_is_read_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "witness", tmp_path / "passphrase"
    file.touch(mode=0o600)
    file.write_text("correct horse\n", "utf-8")
    made = answer(capsys, "init", folder, "--name", NAME, "--passphrase-file", file)
    assert answer(capsys, "vkey", folder, "--passphrase-file", file) == {"vkey": made["vkey"]}
    assert run(["witness", "vkey", str(folder)]) == 1


def test_what_stands_in_the_way_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "witness")
    assert run(["witness", "vkey", folder]) == 1
    assert run(["witness", "init", folder, "--name", NAME]) == 0
    assert run(["witness", "init", folder, "--name", NAME]) == 1
    assert run(["witness", "add-log", folder, "no key"]) == 1
