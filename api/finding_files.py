"""All published findings as one table, for whoever counts or mirrors them: CSV, newest first."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.answers import address_of
from ledger.calendar import instant_text
from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from schema.context import Serving
from schema.cost.prices import OBJECT, READ
from scoring.formula_cells import neutral
from scoring.results import FollowUp, Result

TOGETHER: Final = 1000
"""So many are read at once: a table of any length is sent in constant memory."""
COST: Final = READ + 2 * OBJECT * TOGETHER
"""What a part of the table takes from the caller's allowance: an object for each finding, and one for what it found."""
HEADERS: Final = (
    *(
        "公示序号",
        "企业名称",
        "统一社会信用代码",
        "检查机关",
        "抽查事项",
        "检查日期",
        "检查结果",
        "后续处理",
        "公示时间",
    ),
    *("任务编号", "抽中位置", "版本", "更正时间", "互认机关", "互认检查日期"),
)


def routes(serving: Serving) -> list[Route]:
    """Return the route of the table."""

    async def table(request: Request) -> Response:
        address = address_of(request)
        serving.meter.take(None, address, COST)
        headers = {"Cache-Control": "no-cache", "Content-Disposition": 'attachment; filename="findings.csv"'}
        return StreamingResponse(_parts(serving, address), media_type="text/csv; charset=utf-8", headers=headers)

    return [Route("/findings.csv", table)]


async def _parts(serving: Serving, address: str | None) -> AsyncIterator[bytes]:
    """Give the table in parts, no faster than the caller's allowance fills again.

    A number never moves, so that none is left out or told twice.
    """
    yield b"\xef\xbb\xbf" + _lines([HEADERS])
    window = Window(TOGETHER)
    while found := await serving.transactions.read(partial(disclosures.findings, window=window)):
        yield _lines(map(_cells, found))
        if len(found) < TOGETHER:
            return
        window = Window(TOGETHER, after=(found[-1].number,))
        await serving.meter.take_in_time(None, address, COST)


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([neutral(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def _cells(found: Disclosure) -> Iterable[str]:
    recognised = found.recognised
    return (
        *(str(found.number), found.name, found.enterprise, found.department, "、".join(found.items)),
        found.visited.isoformat(),
        "；".join(Result(each).text for each in found.results),
        FollowUp(found.follow_up).text,
        instant_text(found.published_at),
        *(found.campaign, str(found.position), str(found.version)),
        "" if found.corrected_at is None else instant_text(found.corrected_at),
        *(("", "") if recognised is None else (recognised.body, recognised.inspected.isoformat())),
    )
