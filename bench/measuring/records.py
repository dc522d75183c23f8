"""Records of a made-up register in a database, as intake leaves them but for their digests: for what reads them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from ledger import documents, log
from ledger.bulk import StoredRow, insert_rows
from ledger.database import Database
from ledger.log import NewEntry
from scoring.codes import make_uscc
from scoring.entry_kinds import IMPORTED
from scoring.tables import enterprise, record

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
RECORDS_EACH = 10
ROWS_AT_ONCE = 100_000

_DAYS = [(date(2018, 1, 1) + timedelta(days)).isoformat() for days in range((TODAY - date(2018, 1, 1)).days)]
_SECTORS = ("建筑施工", "物业服务", "房地产经纪", "燃气经营", "供热")
_BODIES = ("样例市住房和城乡建设局", "样例市市场监督管理局", "样例市应急管理局")
_RESULTS = (["no_problem"], ["no_problem"], ["no_problem"], ["unreachable"], ["corrected", "not_disclosed"])
_COLUMNS = list(record.columns)


def code(number: int) -> str:
    """Return the code of an enterprise by its number, from 0."""
    region, body = divmod(number, 99_999)
    return make_uscc(str(130301 + region), f"PDY{body + 1:05d}")


def fill(database: Database, enterprises: int) -> int:
    """Register enterprises with ten records each and return how many rows were written."""
    with database.write() as tx:
        return sum(_batch(tx, enterprises, rows) for rows in _chunks(_rows(enterprises)))


def add(database: Database, numbers: Sequence[int], each: int, salt: int) -> int:
    """Add records of some enterprises, none of them a tie, and return how many."""
    kinds = (0, 2, 3, 4, 9)
    places = [(number, salt + 10 * turn + kinds[(number + turn) % 5]) for number in numbers for turn in range(each)]
    rows = [_record(number, place, _chance(number, place)) for number, place in places]
    with database.write() as tx:
        return sum(_batch(tx, len(numbers), chunk, register=False) for chunk in _chunks(iter(rows)))


def _batch(tx: Connection, enterprises: int, rows: Sequence[tuple[Any, ...]], register: bool = True) -> int:
    sealed = documents.seal(tx, "batch", {"by": "bench"})
    names = [str(column.name) for column in _COLUMNS]
    held: list[StoredRow] = []
    registered = []
    for line, (number, kind, day, body, said, content) in enumerate(rows):
        enterprise_code = code(number)
        values = {
            "document": sealed.id,
            "line": line,
            "digest": bytes(32),
            "identity": f"{kind}|{number}|{said}"[:64],
            "version": 1,
            "enterprise": enterprise_code,
            "kind": kind,
            "date": day,
            "body": body,
            "number": said,
            "content": orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(),
            "revoked": 0,
        }
        held.append([values[name] for name in names])
        if kind == "registration" and register:
            registered.append(
                {**{name: content[name] for name in ("name", "sector", "region", "address", "status")}}
                | {"established": date.fromisoformat(content["established"]), "code": enterprise_code}
                | {"registered_in": sealed.id}
            )
    insert_rows(tx, record, _COLUMNS, held)
    if registered:
        tx.execute(insert(enterprise), registered)
    log.append(tx, NOW, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": "bench"})])
    return len(held)


def _rows(enterprises: int) -> Iterator[tuple[Any, ...]]:
    for number in range(enterprises):
        chance = _chance(number, 99)
        established = f"{1990 + chance % 35}-0{1 + chance % 9}-1{chance % 10}"
        content = {
            "name": f"样例市示范区合成第{number:07d}号有限公司",
            "sector": _SECTORS[chance % 5],
            "region": f"示范{chance % 40}街道",
            "address": f"虚构路{number}号",
            "established": established,
            "status": "注销" if chance % 50 == 0 else "存续",
            "capital": (10 + chance % 5000) * 1_000_000,
        }
        yield number, "registration", established, "样例市市场监督管理局", "", content
        for place in range(RECORDS_EACH):
            yield _record(number, place, _chance(number, place))


def _record(number: int, place: int, chance: int) -> tuple[Any, ...]:
    day, body, said = _DAYS[chance % len(_DAYS)], _BODIES[chance % 3], f"样例字〔{_year(chance)}〕{number}-{place}号"
    what = place % 10
    content: dict[str, Any]
    if what in (0, 1):
        content = {"category": "普通", "valid_from": day, "valid_to": "2099-12-31" if chance % 3 else "2027-12-31"}
        return number, "licence", day, body, said, content
    if what == 2:
        fields = {"violation": "未按规定公示应当公示的信息", "category": "警告、罚款", "fine": chance % 3_000_000}
        return number, "penalty" if chance % 4 == 0 else "confirmation", day, body, said, {**fields, "outcome": "合格"}
    if what in (3, 4, 5, 6):
        content = {"type": "双随机抽查", "results": _RESULTS[chance % 5], "follow_up": "none"}
        return number, "inspection", day, body, said, content
    if what == 7:
        party = f"{chance % (1 << 20):032x}"
        return number, "relation", day, "", said, {"type": "法定代表人", "party": party}
    if what == 8 and chance % 3 == 0:
        kind = "严重违法失信" if chance % 9 == 0 else "经营异常"
        return number, "breach", day, body, said, {"type": kind, "reason": "通过登记的住所无法联系"}
    if what == 8:
        return number, "relation", day, "", said, {"type": "地址", "party": f"虚构路{chance % 500_000}号"}
    return (
        number,
        "complaint",
        day,
        body,
        said,
        {"matter": f"事项{chance % 7}", "outcome": "属实" if chance % 2 else "调解"},
    )


def _year(chance: int) -> str:
    return _DAYS[chance % len(_DAYS)][:4]


def _chance(number: int, place: int) -> int:
    """Return 32 bits that look like chance."""
    mixed = (number * 0x9E3779B1 + place * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return mixed ^ (mixed >> 15)


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
