"""What feeds have in common: a page as JSON Feed 1.1 (jsonfeed.org) and as Atom (RFC 4287), paged (RFC 5005)."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import orjson
from starlette.requests import Request

from ledger.calendar import instant_text
from ledger.errors import Invalid
from schema.context import Serving

PAGE: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
T = TypeVar("T")

register_namespace("", ATOM)


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a bureau's feed; `path` names the feed for ever.

    `next` is the number that the next page goes on below, None at the end.
    """

    bureau: str
    origin: str
    path: str
    title: str
    url: str
    host: str
    found: Sequence[T]
    next: int | None
    updated: datetime

    def identifier(self, path: str) -> str:
        """Return the lasting IRI of something of this bureau (RFC 9562, version 5)."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"https://{self.origin}/{path}").urn

    def address(self, path: str) -> str:
        """Return where a page of the public site is, so that whoever follows the feed comes to all of it."""
        return f"{self.host}{path}"

    @property
    def next_url(self) -> str | None:
        """The address of the next page."""
        return None if self.next is None else f"{self.url}{'&' if '?' in self.url else '?'}before={self.next}"


def page_of(
    serving: Serving,
    request: Request,
    path: str,
    title: str,
    found: Sequence[T],
    number: Callable[[T], int],
    updated: datetime,
    query: str = "",
) -> Page[T]:
    """Return a page of what was found, which is one more than a page holds where there is another.

    `query` is that of the feed's address, where it has one.
    """
    shown = found[:PAGE]
    return Page(
        bureau=serving.bureau.name,
        origin=serving.bureau.origin,
        path=path,
        title=f"{serving.bureau.name} {title}",
        url=str(request.url.replace(query=query)),
        host=str(request.base_url),
        found=shown,
        next=number(shown[-1]) if len(found) > PAGE else None,
        updated=updated,
    )


def page_number(request: Request, field: str) -> int | None:
    """Return the number from which a page goes on; raises Invalid("feed_page_malformed")."""
    given = request.query_params.get(field)
    if given is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", given):
        raise Invalid("feed_page_malformed", field=field)
    return int(given)


def to_json(page: Page[T], item: Callable[[T], Mapping[str, object]]) -> bytes:
    """Return a page as JSON Feed."""
    feed = {
        "version": JSON_FEED,
        "title": page.title,
        "home_page_url": page.host,
        "feed_url": page.url,
        "next_url": page.next_url,
        "language": "zh-CN",
        "authors": [{"name": page.bureau}],
        "items": [item(each) for each in page.found],
    }
    return orjson.dumps({name: value for name, value in feed.items() if value is not None})


def to_atom(page: Page[T], fill: Callable[[Element, T], None]) -> bytes:
    """Return a page as Atom; `fill` puts into each entry what belongs there."""
    feed = Element(_atom("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    add(feed, "id", page.identifier(page.path))
    add(feed, "title", page.title)
    add(feed, "updated", instant_text(page.updated))
    add(feed, "link", rel="self", type="application/atom+xml", href=page.url)
    add(feed, "link", rel="alternate", type="text/html", href=page.host)
    if page.next_url is not None:
        add(feed, "link", rel="next", type="application/atom+xml", href=page.next_url)
    add(add(feed, "author"), "name", page.bureau)
    for each in page.found:
        fill(add(feed, "entry"), each)
    content: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def add_page(entry: Element, address: str) -> None:
    """Add to an entry the page that tells all of it."""
    add(entry, "link", rel="alternate", type="text/html", href=address)


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Add an element of Atom and return it; characters that XML has not are replaced."""
    child = SubElement(parent, _atom(name), attributes)
    child.text = None if text is None else _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return child
