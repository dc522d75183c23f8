"""The command line: as the installed console script, in a process of its own, or quicker within this one."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

from api import tokens
from api.bureau import Bureau
from api.command_line.app import run
from api.settings import Settings
from ledger.actors import Actor, Role

SCRIPT = Path(sys.executable).with_name("qian")

ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
ANALYST = Actor("analyst", Role.ANALYST)
AUDITOR = Actor("auditor", Role.AUDITOR)
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
REVIEWER = Actor("reviewer", Role.PLANNER, "ZJ")

SOUND = {"sound": True, "faults": [], "expired": 0, "held": False, "restorations": []}
"""What an audit that finds nothing tells."""


@dataclass(frozen=True)
class Answer:
    """What a command gave; `json` is its one document."""

    code: int
    stdout: str
    stderr: str

    @cached_property
    def json(self) -> Any:
        """The document on stdout."""
        return orjson.loads(self.stdout)

    @property
    def error(self) -> Any:
        """The code of the refusal."""
        assert self.code != 0, self.stdout
        return self.json["error"]["code"]


@dataclass(frozen=True)
class Console:
    """Runs commands on one bureau, each under an actor's token in QIAN_TOKEN; `script` in processes of their own."""

    settings: Settings
    folder: Path
    script: bool = False

    def run(self, *arguments: str | Path, actor: Actor | None = None, **environment: str) -> Answer:
        """Run a command."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("QIAN_")}
        given = {"QIAN_HOME": str(self.settings.home), "QIAN_DOCUMENTS": self.settings.documents, "QIAN_LANGUAGE": "en"}
        given.update(environment)
        if self.settings.database_url is not None:
            given["QIAN_DATABASE_URL"] = self.settings.database_url.get_secret_value()
        for name in ("backup_passphrase_file", "witness_policy"):
            if (file := getattr(self.settings, name)) is not None:
                given[f"QIAN_{name.upper()}"] = str(file)
        if actor is not None:
            given["QIAN_TOKEN"] = self.token(actor)
        with patch.dict(os.environ, {**plain, **given}, clear=True):
            return _in_process([SCRIPT, *arguments], self.folder) if self.script else _within(arguments)

    def json(self, *arguments: str | Path, actor: Actor | None = None) -> Answer:
        """Run a command with --json."""
        return self.run(*arguments, "--json", actor=actor)

    def done(self, *arguments: str | Path, actor: Actor | None = None) -> Any:
        """Run a command that has to succeed, and return its document."""
        answer = self.json(*arguments, actor=actor)
        assert answer.code == 0, answer.stdout + answer.stderr
        return answer.json

    def token(self, actor: Actor) -> str:
        """Issue a token, as `qian token` does."""
        bureau = Bureau(self.settings)
        try:
            return tokens.issue(bureau.token_key, bureau.verifier.name, actor, bureau.now, tokens.LONGEST)
        finally:
            bureau.close()


def _in_process(command: Sequence[str | Path], folder: Path) -> Answer:
    finished = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    return Answer(finished.returncode, finished.stdout.decode(), finished.stderr.decode())


def _within(arguments: Sequence[str | Path]) -> Answer:
    content, messages = io.BytesIO(), io.StringIO()
    told = io.TextIOWrapper(content, "utf-8")
    with redirect_stdout(told), redirect_stderr(messages):
        code = run([str(argument) for argument in arguments])
        told.flush()
    return Answer(code, content.getvalue().decode(), messages.getvalue())
