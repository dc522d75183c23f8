"""Write the sample bureau as files, in the order in which they are to be imported, with `bureau.toml` naming them.

Beside each stands the document of its source, `penalty-supervision.toml` beside `penalty-supervision.csv`.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePath

from api.sample import enterprises as district
from api.sample import items, objects, people, records
from api.sample.chance import TODAY
from api.sample.enterprises import CITY, Enterprise
from api.sample.files import Rows, csv_bytes, json_lines_bytes, xlsx_bytes
from api.sample.people import Row
from sampling.registers import format_of

MANIFEST = "bureau.toml"
NOTE = (
    "Synthetic sample (合成样本): every enterprise, person, record and code is invented; "
    "all codes lie in the private zone PDY of GB 11714."
)
BUREAU = "内部（合成样本）"


@dataclass(frozen=True)
class SampleFile:
    """A file of the sample: its name in the folder, the kind of its rows, and the name of its source."""

    name: str
    kind: str
    source: str

    @property
    def document(self) -> str:
        """The name of its source's document in the folder."""
        return PurePath(self.name).with_suffix(".toml").name


def write_sample_bureau(folder: Path) -> list[SampleFile]:
    """Write all files of the sample bureau and its manifest into a folder, made if need be; return them in order.

    The bytes are the same on every run and machine. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for file, data in _files():
        (folder / file.name).write_bytes(data)
        (folder / file.document).write_text(_document(file), encoding="utf-8", newline="\n")
        listed.append(file)
    (folder / MANIFEST).write_text(_manifest(listed), encoding="utf-8", newline="\n")
    return listed


def read_manifest(folder: Path) -> list[SampleFile]:
    """Return the files that a folder's manifest lists, in order of import."""
    manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return [SampleFile(name=file["name"], kind=file["kind"], source=file["source"]) for file in manifest["files"]]


def _files() -> Iterator[tuple[SampleFile, bytes]]:
    all_enterprises = district.enterprises()
    elder = [enterprise for enterprise in all_enterprises if enterprise.number % 5]
    newer = [enterprise for enterprise in all_enterprises if not enterprise.number % 5]

    def each(rows_of: Callable[[Enterprise], Iterator[Row]]) -> list[Row]:
        return list(chain.from_iterable(map(rows_of, all_enterprises)))

    inspections = each(records.inspections)
    joint = [row for row in inspections if row["检查类型"] == "双随机抽查"]
    single = [
        row | {"数据来源单位": records.SUPERVISION_PLATFORM} for row in inspections if row["检查类型"] != "双随机抽查"
    ]

    yield _csv("department", BUREAU, people.departments())
    yield _csv("division", BUREAU, people.divisions())
    yield _csv("registration", records.LEGAL_PERSONS, records.registrations(elder, records.LEGAL_PERSONS), "gb18030")
    yield _json_lines("registration", records.PUBLICITY_SYSTEM, records.registrations(newer, records.PUBLICITY_SYSTEM))
    yield _csv("relation", records.LEGAL_PERSONS, each(records.relations), "gb18030")
    yield _csv("item", BUREAU, items.items())
    yield _csv("object", BUREAU, objects.objects(all_enterprises))
    yield _csv("inspector", BUREAU, people.inspectors(all_enterprises))
    yield _csv("licence", records.SERVICE_PLATFORM, each(records.licences))
    yield _csv("confirmation", records.SERVICE_PLATFORM, each(records.confirmations), "gb18030")
    yield _xlsx("inspection", records.DOUBLE_RANDOM, joint)
    yield _csv("inspection", records.SUPERVISION_PLATFORM, single, "gb18030")
    yield _csv("penalty", records.SUPERVISION_PLATFORM, each(records.penalties))
    yield _csv("coercion", records.SUPERVISION_PLATFORM, each(records.coercions))
    yield _json_lines("breach", records.PUBLICITY_SYSTEM, each(records.breaches))
    yield _csv("complaint", records.SUPERVISION_PLATFORM, each(records.complaints))


_SHORT = {
    BUREAU: "bureau",
    records.LEGAL_PERSONS: "legal-persons",
    records.PUBLICITY_SYSTEM: "publicity",
    records.SERVICE_PLATFORM: "services",
    records.SUPERVISION_PLATFORM: "supervision",
    records.DOUBLE_RANDOM: "double-random",
}


def _csv(kind: str, channel: str, rows: Rows, encoding: str = "utf-8-sig") -> tuple[SampleFile, bytes]:
    return _file(kind, channel, "csv"), csv_bytes(rows, encoding)


def _json_lines(kind: str, channel: str, rows: Rows) -> tuple[SampleFile, bytes]:
    return _file(kind, channel, "jsonl"), json_lines_bytes(rows)


def _xlsx(kind: str, channel: str, rows: Rows) -> tuple[SampleFile, bytes]:
    return _file(kind, channel, "xlsx"), xlsx_bytes(rows)


def _file(kind: str, channel: str, ending: str) -> SampleFile:
    source = channel.replace("（", f"-{format_of(kind).title}（")
    return SampleFile(f"{kind}-{_SHORT[channel]}.{ending}", kind, source)


def _document(file: SampleFile) -> str:
    undrawn = "observational = true\n" if file.kind == "inspection" else ""  # whatever drew them left no design
    return (
        f'# {NOTE}\nname = "{file.source}"\ntitle = "{file.source}"\nversion = "1"\nkind = "{file.kind}"\n'
        'legal_basis = "合成样本，没有依据"\ncatalogue = "合成样本，不在目录"\nvalid_from = 2018-01-01\n'
    ) + undrawn


def _manifest(files: list[SampleFile]) -> str:
    head = f'# {NOTE}\nname = "{CITY}（合成样本）"\nnote = "{NOTE}"\nas_of = {TODAY.isoformat()}\n'
    return head + "".join(
        f'\n[[files]]\nname = "{file.name}"\nkind = "{file.kind}"\nsource = "{file.source}"\n' for file in files
    )
