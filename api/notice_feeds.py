"""Feeds of notices and explanations, newest first: JSON Feed 1.1 and Atom, paged like those of findings.

They are feeds of their own, since a page of findings goes on below a finding's number.
"""

from datetime import datetime
from functools import partial
from typing import Final
from xml.etree.ElementTree import Element

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
from sampling.publicity import notices
from sampling.publicity.entry_kinds import NOTICE_PUBLISHED, NOTICE_WITHDRAWN
from sampling.publicity.notices import PublicNotice
from schema.context import Serving

TITLE: Final = "公告与解读"


def routes(serving: Serving) -> list[Route]:
    """Return the routes of the feeds."""

    async def json_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_json(page, partial(_item, page)), "application/feed+json", page.updated)

    async def atom_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_atom(page, partial(_fill, page)), "application/atom+xml", page.updated)

    return [Route("/notices.json", json_feed), Route("/notices.atom", atom_feed)]


async def _page(serving: Serving, request: Request) -> Page[PublicNotice]:
    before = page_number(request, "before")

    def read(tx: Connection) -> tuple[list[PublicNotice], datetime]:
        window = Window(syndication.PAGE + 1, after=None if before is None else (before,))
        changes = [each for kind in (NOTICE_PUBLISHED, NOTICE_WITHDRAWN) for each in log.of_kind(tx, kind)[-1:]]
        times = [each.time for each in changes] or [log.read(tx, 0).time]
        return notices.public_page(tx, window), parse_instant(max(times))

    found, updated = await serving.transactions.read(read)
    return page_of(serving, request, "notices", TITLE, found, lambda each: each.number, updated)


def _item(page: Page[PublicNotice], each: PublicNotice) -> dict[str, object]:
    return {
        "id": page.identifier(f"notices/{each.number}"),
        "url": page.address(f"notices/{each.number}"),
        "title": each.title,
        "content_text": each.text,
        "date_published": instant_text(each.published_at),
        "tags": [each.kind.value],
    }


def _fill(page: Page[PublicNotice], entry: Element, each: PublicNotice) -> None:
    add(entry, "id", page.identifier(f"notices/{each.number}"))
    add_page(entry, page.address(f"notices/{each.number}"))
    add(entry, "title", each.title)
    add(entry, "published", instant_text(each.published_at))
    add(entry, "updated", instant_text(each.published_at))
    add(entry, "category", term=each.kind.value)
    add(entry, "content", each.text, type="text")
