"""What a command says: tables for people or one JSON document for machines on stdout, all else on stderr."""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from threading import Timer
from typing import Any, Final

import orjson
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.command_line.misuse import in_chinese
from ledger.calendar import SHANGHAI
from ledger.canonical import JSON
from ledger.errors import Refusal
from schema.words import Language, say, state_words

PATIENCE_SECONDS: Final = 2.0

Advance = Callable[[int, int | None], None]
"""Told how much of how much is done; None: nobody knows of how much."""


class Output:
    """One command's output. `machine` is set by --json."""

    def __init__(self, language: Language) -> None:
        """Write for people until --json says otherwise."""
        self.language = language
        self.machine = False
        self.people = Console(highlight=False, markup=False, emoji=False)
        self.messages = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def word(self, name: str, **parameters: object) -> str:
        """Return a label or a sentence of the command line, by its dotted name."""
        return _words(name)[self.language].format_map(parameters)

    def word_of(self, group: str, code: str) -> str:
        """Return what a code of a group means, or the code itself where it has no words."""
        found = _all_words()[group].get(code)
        return code if found is None else str(found[self.language])

    def word_of_rule(self, reason: str) -> str:
        """Return why enterprises are not drawn: a rule in words, or the reason that was given."""
        rule = re.fullmatch(r"drawn_(\d+)_in_(\d+)_months", reason)
        if rule is None:
            return self.word_of("exclusion_reasons", reason)
        return self.word("drawn_too_often", visits=rule[1], months=rule[2])

    def answer(self, document: Mapping[str, JSON], *shown: RenderableType) -> None:
        """Give the command's answer: the document to machines, the rest to people."""
        if self.machine:
            sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            sys.stdout.flush()
            return
        for each in shown:
            self.people.print(each)

    def answer_file(self, document: Mapping[str, JSON], content: bytes) -> None:
        """Give a file as the command's answer: its bytes as they are, or within the document to machines."""
        if self.machine:
            self.answer(document)
            return
        sys.stdout.buffer.write(content)
        sys.stdout.flush()

    def say(self, name: str, **parameters: object) -> None:
        """Tell people something beside the answer."""
        if not self.machine:
            self.messages.print(self.word(name, **parameters), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
        """Return a table; title and columns are names of words, numbers stand to the right."""
        table = Table(title=self.word(title), title_justify="left")
        for place, column in enumerate(columns):
            numbers = bool(rows) and all(isinstance(row[place], int) for row in rows)
            table.add_column(self.word(column), justify="right" if numbers else "left", overflow="fold")
        for row in rows:
            table.add_row(*(self.text(value) for value in row))
        return table

    def matrix(self, title: str, corner: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
        """Return a table of numbers whose columns have names of their own; title and corner are names of words."""
        table = Table(title=self.word(title), title_justify="left")
        table.add_column(self.word(corner), style="bold")
        for column in columns:
            table.add_column(column, justify="right")
        for row in rows:
            table.add_row(*(self.text(value) for value in row))
        return table

    def facts(self, title: str, rows: Sequence[tuple[str, object]]) -> Table:
        """Return a table of one thing's attributes; those that are None are left out."""
        table = Table(title=self.word(title), title_justify="left", show_header=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in rows:
            if value is not None:
                table.add_row(self.word(name), self.text(value))
        return table

    def text(self, value: object) -> str:
        """Return a value as people read it; instants are those of the civil clock."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, datetime):
            return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(value, list | tuple):
            return "、".join(map(self.text, value))
        return str(value)

    def refuse(self, refusal: Refusal, **more: JSON) -> None:
        """Say what was refused and what to do; machines are given `more` beside the error."""
        words = say(refusal, self.language)
        self._fail(
            words.message,
            words.remedy,
            {"code": refusal.code, "field": refusal.field, "parameters": refusal.told()},
            more,
        )

    def misused(self, message: str) -> None:
        """Say that the command was not called as it must be."""
        told = in_chinese(message) if self.language == "zh" else message
        self._fail(told, self.word("see_help"), {"code": "usage"})

    def unexpected(self, identifier: str) -> None:
        """Say that something failed that nobody foresaw, and under which id the log tells of it."""
        self._fail(self.word("unexpected", id=identifier), self.word("unexpected_remedy"), {"code": "unexpected"})

    @contextmanager
    def progress(self, name: str, **parameters: object) -> Iterator[Advance]:
        """Show that something is going on once it has taken two seconds; a terminal shows it, a file does not."""
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}"),
            TimeElapsedColumn(),
            console=self.messages,
            transient=True,
            disable=self.machine or not self.messages.is_terminal,
        )
        task = bar.add_task(self.word(name, **parameters), total=None)
        timer = Timer(PATIENCE_SECONDS, bar.start)
        timer.daemon = True
        timer.start()
        try:
            yield lambda done, total: bar.update(task, completed=done, total=total)
        finally:
            timer.cancel()
            timer.join()
            bar.stop()

    def _fail(self, message: str, remedy: str, details: Mapping[str, Any], more: Mapping[str, JSON] = {}) -> None:
        if self.machine:
            self.answer({"error": {**details, "message": message, "remedy": remedy}, **more})
        else:
            self.messages.print(message, style="bold red", soft_wrap=True)
            self.messages.print(remedy, soft_wrap=True)


def percent(basis_points: int) -> str:
    """Return basis points as a percentage."""
    return f"{basis_points // 100}.{basis_points % 100:02d} %"


@cache
def _all_words() -> dict[str, Any]:
    own = tomllib.loads(files("api.command_line").joinpath("words.toml").read_text("utf-8"))
    return {**own, **state_words()}


def _words(name: str) -> dict[str, str]:
    found: Any = _all_words()
    for part in name.split("."):
        found = found[part]
    texts: dict[str, str] = found
    return texts
