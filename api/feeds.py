"""Feeds of published findings, newest first: JSON Feed 1.1 (jsonfeed.org) and Atom (RFC 4287), paged (RFC 5005)."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import conditional
from ledger import log
from ledger.calendar import instant_text, parse_instant
from ledger.errors import Invalid
from sampling import disclosures
from sampling.disclosures import Disclosure
from schema.context import Serving
from scoring.results import FollowUp, Result

PAGE: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
TITLE: Final = "双随机抽查结果公示"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", ATOM)


@dataclass(frozen=True)
class Page:
    """A page of a bureau's feed; `next` is the number that the next page goes on below, None at the end."""

    bureau: str
    origin: str
    url: str
    host: str
    found: Sequence[Disclosure]
    next: int | None
    updated: datetime

    def identifier(self, path: str) -> str:
        """Return the lasting IRI of something of this bureau (RFC 9562, version 5)."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"https://{self.origin}/{path}").urn

    @property
    def next_url(self) -> str | None:
        """The address of the next page."""
        return None if self.next is None else f"{self.url}?before={self.next}"


def routes(serving: Serving) -> list[Route]:
    """Return the routes of the feeds."""

    async def json_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_json(page), "application/feed+json", page.updated)

    async def atom_feed(request: Request) -> Response:
        page = await _page(serving, request)
        return conditional(request, to_atom(page), "application/atom+xml", page.updated)

    return [Route("/feed.json", json_feed), Route("/feed.atom", atom_feed)]


async def _page(serving: Serving, request: Request) -> Page:
    before = _before(request.query_params.get("before"))

    def read(tx: Connection) -> tuple[list[Disclosure], datetime]:
        found = disclosures.findings(tx, before, PAGE + 1)
        changed = found[0].published_at if found else parse_instant(log.read(tx, 0).time)
        return found, max(changed, disclosures.last_expired(tx) or changed)

    found, updated = await serving.transactions.read(read)
    shown = found[:PAGE]
    return Page(
        bureau=serving.bureau.name,
        origin=serving.bureau.origin,
        url=str(request.url.replace(query="")),
        host=str(request.base_url),
        found=shown,
        next=shown[-1].number if len(found) > PAGE else None,
        updated=updated,
    )


def _before(given: str | None) -> int | None:
    if given is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", given):
        raise Invalid("feed_page_malformed", field="before")
    return int(given)


def to_json(page: Page) -> bytes:
    """Return a page as JSON Feed; `_qian` has the finding in full, with the opening of its slot."""
    feed = {
        "version": JSON_FEED,
        "title": f"{page.bureau} {TITLE}",
        "home_page_url": page.host,
        "feed_url": page.url,
        "next_url": page.next_url,
        "language": "zh-CN",
        "authors": [{"name": page.bureau}],
        "items": [
            {
                "id": page.identifier(f"findings/{each.campaign}/{each.position}"),
                "title": _title(each),
                "content_text": _text(each),
                "date_published": instant_text(each.published_at),
                "tags": [Result(result).text for result in each.results],
                "_qian": _full(each),
            }
            for each in page.found
        ],
    }
    return orjson.dumps({name: value for name, value in feed.items() if value is not None})


def to_atom(page: Page) -> bytes:
    """Return a page as Atom."""
    feed = Element(_atom("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    _add(feed, "id", page.identifier("findings"))
    _add(feed, "title", f"{page.bureau} {TITLE}")
    _add(feed, "updated", instant_text(page.updated))
    _add(feed, "link", rel="self", type="application/atom+xml", href=page.url)
    _add(feed, "link", rel="alternate", type="text/html", href=page.host)
    if page.next_url is not None:
        _add(feed, "link", rel="next", type="application/atom+xml", href=page.next_url)
    _add(_add(feed, "author"), "name", page.bureau)
    for each in page.found:
        entry = _add(feed, "entry")
        _add(entry, "id", page.identifier(f"findings/{each.campaign}/{each.position}"))
        _add(entry, "title", _title(each))
        _add(entry, "published", instant_text(each.published_at))
        _add(entry, "updated", instant_text(each.published_at))
        for result in each.results:
            _add(entry, "category", term=result, label=Result(result).text)
        _add(entry, "content", _text(each), type="text")
    content: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def _title(found: Disclosure) -> str:
    return f"{found.name}：{'；'.join(Result(each).text for each in found.results)}"


def _text(found: Disclosure) -> str:
    lines = (
        ("企业名称", found.name),
        ("统一社会信用代码", found.enterprise),
        ("检查机关", found.department),
        ("抽查事项", "、".join(found.items)),
        ("检查日期", found.visited.isoformat()),
        ("检查结果", "；".join(Result(each).text for each in found.results)),
        ("后续处理", FollowUp(found.follow_up).text),
        ("任务编号", found.campaign),
        ("抽中位置", str(found.position)),
    )
    return "\n".join(f"{name}：{value}" for name, value in lines)


def _full(found: Disclosure) -> dict[str, object]:
    return {
        **asdict(found),
        "visited": found.visited.isoformat(),
        "published_at": instant_text(found.published_at),
        "results": [{"code": each, "text": Result(each).text} for each in found.results],
        "follow_up": {"code": found.follow_up, "text": FollowUp(found.follow_up).text},
    }


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = SubElement(parent, _atom(name), attributes)
    child.text = None if text is None else _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return child
