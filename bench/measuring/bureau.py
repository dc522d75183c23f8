"""A made-up bureau of any size: its enterprises and ten records of each, always the same, as files or in a database.

The files come from several sources. All codes lie in the zone that no real enterprise has.
"""

import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.keys import Secret
from sampling import registers
from scoring.codes import make_uscc
from scoring.files import reading
from scoring.formats import FORMATS
from scoring.sectors import Sector

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
FIRST_DAY = date(2018, 1, 1)
ROWS_A_FILE = 500_000
RECORDS_EACH = 10
BODIES_A_REGION = 99_999
ADMINISTRATOR = Actor("bench", Role.ADMINISTRATOR)
KEY = Secret(bytes(32))

_DAYS = [(FIRST_DAY + timedelta(days)).isoformat() for days in range((TODAY - FIRST_DAY).days)]
_SECTORS = [sector.value for sector in Sector]
_BODIES = [f"样例市{name}局" for name in ("住房和城乡建设", "市场监督管理", "应急管理", "城市管理")]
_RESULTS = ("未发现问题", "未发现问题", "未发现问题", "通过登记的住所（经营场所）无法联系", "发现问题经责令已改正")


@dataclass(frozen=True)
class BenchFile:
    """A CSV file, what its rows are about, and the channel that it came by."""

    kind: str
    source: str
    path: Path
    rows: int


def code(number: int) -> str:
    """Return the code of an enterprise by its number, from 0."""
    region, body = divmod(number, BODIES_A_REGION)
    return make_uscc(str(130301 + region), f"PDY{body + 1:05d}")


def write_files(folder: Path, enterprises: int, kinds: Collection[str] | None = None) -> list[BenchFile]:
    """Write the files, registrations first: one row for each enterprise, and ten records of it in the others.

    Of some kinds only, where they are named.
    """
    files = []
    for kind, source, places in _SOURCES:
        if kinds is not None and kind not in kinds:
            continue
        for number, start in enumerate(range(0, enterprises, ROWS_A_FILE // len(places))):
            end = min(start + ROWS_A_FILE // len(places), enterprises)
            path = folder / f"{kind}-{places[0]}-{number}.csv"
            with path.open("w", encoding="utf-8") as file:
                file.write(",".join(_HEADERS[kind]) + "\n")
                file.writelines(_rows(kind, places, start, end))
            files.append(BenchFile(kind, source, path, (end - start) * len(places)))
    return files


def fill(database: Database, enterprises: int, kinds: Collection[str] | None = None) -> int:
    """Take the files into a migrated database and return how many rows they had."""
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), enterprises, kinds)
        for file in files:
            take_in(database, file)
            file.path.unlink()
    return sum(file.rows for file in files)


def take_in(database: Database, file: BenchFile, new: bool = True) -> None:
    """Take one file in, as `qian import` does, of which every row is good, and new or held already."""
    form = registers.format_of(file.kind)
    with (
        file.path.open("rb") as stream,
        reading(form, file.source, file.path.name, stream, TODAY) as read,
        database.write() as tx,
    ):
        report = registers.take_in(tx, ADMINISTRATOR, NOW, read, True, KEY)
    assert (report.new, report.same) == ((file.rows, 0) if new else (0, file.rows)), report


def _rows(kind: str, places: tuple[int, ...], start: int, end: int) -> Iterator[str]:
    row = _ROWS[kind]
    for number in range(start, end):
        enterprise = code(number)
        for place in places:
            yield row(number, place, enterprise, _chance(number, place))


def _chance(number: int, place: int) -> int:
    """Return 32 bits that look like chance."""
    mixed = (number * 0x9E3779B1 + place * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return mixed ^ (mixed >> 15)


def _name(number: int) -> str:
    return f"样例市示范区合成第{number:07d}号有限公司"


def _day(chance: int) -> str:
    return _DAYS[chance % len(_DAYS)]


def _body(chance: int) -> str:
    return _BODIES[chance % len(_BODIES)]


def _registration(number: int, place: int, enterprise: str, chance: int) -> str:
    return (
        f"{enterprise},{_name(number)},{_SECTORS[chance % 5]},示范{chance % 40}街道,"
        f"虚构路{number}号,{1990 + chance % 35}-0{1 + chance % 9}-1{chance % 10},"
        f"{'注销' if chance % 50 == 0 else '存续'},{10 + chance % 5000},样例市市场监督管理局\n"
    )


def _licence(number: int, place: int, enterprise: str, chance: int) -> str:
    day = _day(chance)
    valid_to, status = "长期" if chance % 3 else "2030-12-31", "注销" if chance % 40 == 0 else "有效"
    return (
        f"{_name(number)},{enterprise},样例许字〔{day[:4]}〕第{number}-{place}号,普通,{_SECTORS[chance % 5]},"
        f"{day},{day},{valid_to},{_body(chance)},{status},{_body(chance)}\n"
    )


def _penalty(number: int, place: int, enterprise: str, chance: int) -> str:
    return (
        f"{_name(number)},{enterprise},样例罚字〔{number}〕{place}号,未按规定公示应当公示的信息,警告、罚款,"
        f"{chance % 30}.{chance % 7},{_day(chance)},{_body(chance)},{_body(chance)}\n"
    )


def _inspection(number: int, place: int, enterprise: str, chance: int) -> str:
    return f"{_common(number, place, enterprise, chance, '检')},双随机抽查,{_RESULTS[chance % 5]},无需后续处置\n"


def _confirmation(number: int, place: int, enterprise: str, chance: int) -> str:
    return f"{_common(number, place, enterprise, chance, '确')},竣工验收,{'优良' if chance % 4 == 0 else '合格'}\n"


def _coercion(number: int, place: int, enterprise: str, chance: int) -> str:
    return f"{_common(number, place, enterprise, chance, '强')},查封,现场存在事故隐患\n"


def _relation(number: int, place: int, enterprise: str, chance: int) -> str:
    party = f"合成自然人{chance % 400_000}"
    return f"{enterprise},股东,{party},{_day(chance)}\n"


def _complaint(number: int, place: int, enterprise: str, chance: int) -> str:
    return f"{enterprise},{_day(chance)},物业服务质量,{'属实' if chance % 3 == 0 else '不属实'},诉{number}-{place}\n"


def _common(number: int, place: int, enterprise: str, chance: int, sign: str) -> str:
    return f"{enterprise},{_name(number)},样例{sign}字{number}-{place}号,{_day(chance)},{_body(chance)}"


_ROWS: dict[str, Callable[[int, int, str, int], str]] = {
    "registration": _registration,
    "licence": _licence,
    "penalty": _penalty,
    "inspection": _inspection,
    "confirmation": _confirmation,
    "coercion": _coercion,
    "relation": _relation,
    "complaint": _complaint,
}
_FIELDS = {
    "registration": "enterprise name sector region address established status capital body",
    "licence": "name enterprise number category matter date valid_from valid_to body status source",
    "penalty": "name enterprise number violation category fine date body source",
    "inspection": "enterprise name number date body type results follow_up",
    "confirmation": "enterprise name number date body matter outcome",
    "coercion": "enterprise name number date body measure reason",
    "relation": "enterprise type party date",
    "complaint": "enterprise date matter outcome number",
}
_HEADERS = {
    kind: [next(column.header for column in FORMATS[kind].columns if column.field == field) for field in names.split()]
    for kind, names in _FIELDS.items()
}
# What its rows are about, the channel, and which of an enterprise's ten records it tells.
_SOURCES = (
    ("registration", "省法人库", (0,)),
    ("licence", "一体化政务服务平台", (0, 1)),
    ("penalty", "国家企业信用信息公示系统", (2,)),
    ("inspection", "双随机监管工作平台", (3, 4)),
    ("inspection", "互联网+监管", (5,)),
    ("confirmation", "一体化政务服务平台", (6,)),
    ("coercion", "互联网+监管", (7,)),
    ("relation", "省法人库", (8,)),
    ("complaint", "12345热线", (9,)),
)
