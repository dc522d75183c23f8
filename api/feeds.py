"""Feeds of published findings, newest first, and the list of those that are shown no more."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Final
from xml.etree.ElementTree import Element

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import syndication
from api.answers import conditional
from api.syndication import Page, add, add_page, page_number, page_of, to_atom, to_json
from ledger import log
from ledger.calendar import instant_text, parse_instant
from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from sampling.public_filters import ANY_FINDING, FindingFilter
from sampling.publication.publications import Ended
from schema.context import Serving
from scoring.codes import check_uscc
from scoring.results import FollowUp, Result

ENDED: Final = 1000
TITLE: Final = "双随机抽查结果公示"


def routes(serving: Serving) -> list[Route]:
    """Return the routes of the feeds."""

    async def json_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_json(page, partial(_item, page)), "application/feed+json", page.updated)

    async def atom_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_atom(page, partial(_fill, page)), "application/atom+xml", page.updated)

    async def ended(request: Request) -> Response:
        after = page_number(request, "after")
        found = await serving.transactions.read(
            lambda tx: (disclosures.ended(tx, Window(ENDED + 1, after=None if after is None else (after,))), _began(tx))
        )
        return conditional(request, *_ended(str(request.url.replace(query="")), *found))

    return [Route("/feed.json", json_feed), Route("/feed.atom", atom_feed), Route("/feed-ended.json", ended)]


async def _page(serving: Serving, request: Request) -> Page[Disclosure]:
    """Return a page of all findings, or of one enterprise's, which `?enterprise=` names by its code."""
    before, code = page_number(request, "before"), request.query_params.get("enterprise")
    chosen = ANY_FINDING if code is None else FindingFilter(enterprise=check_uscc(code))

    def read(tx: Connection) -> tuple[list[Disclosure], datetime]:
        window = Window(syndication.PAGE + 1, after=None if before is None else (before,))
        found = disclosures.findings(tx, window, chosen)
        changed = found[0].changed_at if found else _began(tx)
        return found, max(changed, disclosures.last_changed(tx) or changed)

    found, updated = await serving.transactions.read(read)
    path, query = ("findings", "") if code is None else (f"findings/of/{code}", f"enterprise={code}")
    return page_of(serving, request, path, TITLE, found, lambda each: each.number, updated, query)


def _began(tx: Connection) -> datetime:
    return parse_instant(log.read(tx, 0).time)


def _ended(url: str, found: Sequence[Ended], began: datetime) -> tuple[bytes, str, datetime]:
    """Return a page of the numbers that are shown no more, its type, and when it last changed."""
    shown = found[:ENDED]
    last = shown[-1].end_number if shown else 0
    page = {
        "ended": [{"number": each.number, "ended_at": instant_text(each.ended_at)} for each in shown],
        "last": last,
        "next_url": f"{url}?after={last}" if len(found) > ENDED else None,
    }
    return orjson.dumps(page), "application/json", shown[-1].ended_at if shown else began


def _item(page: Page[Disclosure], each: Disclosure) -> dict[str, object]:
    """Return the item of a finding; `_qian` has it in full, with the opening of its slot."""
    return {
        "id": page.identifier(_path(each)),
        "url": page.address(_path(each)),
        "title": _title(each),
        "content_text": _text(each),
        "date_published": instant_text(each.published_at),
        "date_modified": instant_text(each.changed_at),
        "tags": [Result(result).text for result in each.results],
        "_qian": _full(each),
    }


def _fill(page: Page[Disclosure], entry: Element, each: Disclosure) -> None:
    add(entry, "id", page.identifier(_path(each)))
    add_page(entry, page.address(_path(each)))
    add(entry, "title", _title(each))
    add(entry, "published", instant_text(each.published_at))
    add(entry, "updated", instant_text(each.changed_at))
    for result in each.results:
        add(entry, "category", term=result, label=Result(result).text)
    add(entry, "content", _text(each), type="text")


def _path(found: Disclosure) -> str:
    return f"findings/{found.campaign}/{found.position}"


def _title(found: Disclosure) -> str:
    return f"{found.name}：{'；'.join(Result(each).text for each in found.results)}"


def _text(found: Disclosure) -> str:
    lines = (
        ("企业名称", found.name),
        ("统一社会信用代码", found.enterprise),
        ("检查机关", found.department),
        ("抽查事项", "、".join(found.items)),
        *_how(found),
        ("检查结果", "；".join(Result(each).text for each in found.results)),
        ("后续处理", FollowUp(found.follow_up).text),
        ("任务编号", found.campaign),
        ("抽中位置", str(found.position)),
        *((("更正", f"第 {found.version} 版"),) if found.version > 1 else ()),
    )
    return "\n".join(f"{name}：{value}" for name, value in lines)


def _how(found: Disclosure) -> tuple[tuple[str, str], ...]:
    """Return when it was inspected, or whose earlier inspection was recognised instead."""
    if found.recognised is None:
        return (("检查日期", found.visited.isoformat()),)
    earlier = f"{found.recognised.body} {found.recognised.inspected.isoformat()} 的检查，未重复检查"
    return ("互认", earlier), ("认定日期", found.visited.isoformat())


def _full(found: Disclosure) -> dict[str, object]:
    return {
        **asdict(found),
        "visited": found.visited.isoformat(),
        "published_at": instant_text(found.published_at),
        "corrected_at": None if found.corrected_at is None else instant_text(found.corrected_at),
        "recognised": None
        if found.recognised is None
        else {"body": found.recognised.body, "inspected": found.recognised.inspected.isoformat()},
        "results": [{"code": each, "text": Result(each).text} for each in found.results],
        "follow_up": {"code": found.follow_up, "text": FollowUp(found.follow_up).text},
    }
