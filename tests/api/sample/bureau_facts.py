"""The sample bureau's files, written once and read into facts, as grading takes them."""

from collections import defaultdict
from datetime import date
from pathlib import Path

from api.sample.bureau import SampleFile, write_sample_bureau
from api.sample.chance import TODAY
from ledger.canonical import JSON
from scoring.columns import ParsedRow, RefusedRow
from scoring.facts import EnterpriseFacts, Record, Relation
from scoring.formats import FORMATS

Parsed = list[tuple[SampleFile, list[ParsedRow | RefusedRow]]]


def parsed_sample(folder: Path) -> Parsed:
    """Write the sample into a folder and read every file that scoring has a format for."""
    parsed = []
    for file in write_sample_bureau(folder):
        if file.kind in FORMATS:
            with (folder / file.name).open("rb") as stream:
                parsed.append((file, list(FORMATS[file.kind].read(file.name, stream, TODAY))))
    return parsed


def facts_of(parsed: Parsed) -> list[EnterpriseFacts]:
    """Return every enterprise's facts."""
    registrations: dict[str, dict[str, JSON]] = {}
    records: dict[str, list[Record]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    for file, rows in parsed:
        for row in rows:
            assert isinstance(row, ParsedRow)
            values = dict(row.values)
            code = str(values.get("enterprise"))
            content = values.get("content")
            if file.kind == "registration":
                registrations[code] = values
            elif file.kind == "relation":
                assert isinstance(content, dict)
                since = date.fromisoformat(str(values["date"]))
                relations[code].append(Relation(str(content["type"]), str(content["party"]), since))
            elif file.kind not in ("department", "division"):
                assert isinstance(content, dict)
                day = date.fromisoformat(str(values["date"]))
                records[code].append(Record(file.kind, day, str(values.get("body")), str(values["number"]), content))
    return [
        EnterpriseFacts(code, registration, tuple(records[code]), tuple(relations[code]))
        for code, registration in registrations.items()
    ]
