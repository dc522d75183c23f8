"""A platform (报送平台): where what the bureau issues goes, on which legal basis, until when, and in which columns.

A TOML document with these keys and no others:

    name, title, version, legal_basis    as of a source
    valid_from, valid_to                 dates; without `valid_to` for ever
    deadline                             working days from the day that a thing is dated
    since                                the first day of the backlog; 2018-01-01 where it is not said
    dates                                YYYY-MM-DD or YYYY/MM/DD
    [push] or [files]                    how it goes there
    [kinds.KIND] columns                 which of the seven kinds go there, and the template of each

`[push]` has url, credential (the name of a file that holds a token), status (an address that tells what became of a
delivery, with {reference}, {version} and {receipt}), status_after (minutes) and at_once (how many at once, 8).
`[files]` has format, csv or xlsx. A column has header and field or value, required, and unit (万元 or 元) of an amount.
Pure.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.errors import Conflict, Invalid
from scoring.fields import amount_in_fen, civil_date, end_date
from scoring.formats import FORMATS, INSPECTORS
from scoring.toml_tables import Table, read_document, refuse_duplicates

ROOT: Final = "platform"
KINDS: Final = ("registration", "licence", "confirmation", "inspection", "penalty", "coercion", "breach")
"""What a bureau issues: 登记注册, 行政许可, 行政确认, 监督检查, 行政处罚, 行政强制, 违法失信."""

COMMON: Final = ("enterprise", "name", "date", "body", "number", "kind", "reference", "version")
"""Fields that every kind has; `reference` names the thing, the same for all its versions."""

PERSONAL: Final = ("representative", INSPECTORS)
"""Of persons: kept as pseudonyms, which mean nothing elsewhere, or nobody's business there."""

UNITS: Final = {"万元": 6, "元": 2}
"""Decimal places of a unit in fen."""

FORMS: Final = ("csv", "xlsx")
DATES: Final = ("YYYY-MM-DD", "YYYY/MM/DD")
BACKLOG_SINCE: Final = date(2018, 1, 1)
MOST_AT_ONCE: Final = 64
_NAME: Final = re.compile(r"[\w（）()·.+-]{1,60}")
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)")
_LONGEST_URL: Final = 1000


@dataclass(frozen=True)
class Column:
    """A column of a template: a field, or a text that is always the same."""

    header: str
    field: str
    value: str
    required: bool
    unit: str


@dataclass(frozen=True)
class Push:
    """Where deliveries are sent by HTTP. `credential` names a file, None: no token; `status_after` is in minutes."""

    url: str
    credential: str | None
    status: str | None
    status_after: int
    at_once: int


@dataclass(frozen=True)
class Platform:
    """A platform as its document says; without `push` its deliveries are handed over as files of `form`."""

    name: str
    title: str
    version: str
    legal_basis: str
    valid_from: date
    valid_to: date | None
    deadline: int
    since: date
    slashes: bool
    push: Push | None
    form: str
    templates: Mapping[str, tuple[Column, ...]]
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the document in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that go there, in the order of the seven."""
        return tuple(kind for kind in KINDS if kind in self.templates)

    def is_in_force(self, day: date) -> bool:
        """Tell whether deliveries go there on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def require_in_force(self, day: date) -> None:
        """Raise Conflict("platform_not_in_force") unless deliveries go there on a day."""
        if not self.is_in_force(day):
            raise Conflict("platform_not_in_force", platform=self.name, day=day)


def fields_of(kind: str) -> tuple[str, ...]:
    """Return the fields that a template of a kind may name."""
    own = (column.field for column in FORMATS[kind].columns if column.field not in (*COMMON, *PERSONAL, "source"))
    return (*COMMON, *own)


def amounts_of(kind: str) -> frozenset[str]:
    """Return the fields of a kind that are amounts."""
    return frozenset(column.field for column in FORMATS[kind].columns if column.parse is amount_in_fen)


def days_of(kind: str) -> frozenset[str]:
    """Return the fields of a kind that are dates."""
    return frozenset(column.field for column in FORMATS[kind].columns if column.parse in (civil_date, end_date))


def parse_platform(text: str) -> Platform:
    """Return the platform of a TOML document.

    Raises Invalid with the place in the document: what `scoring.toml_tables` refuses, and `platform_name_unusable`,
    `platform_dates_order`, `platform_way_unclear`, `platform_without_kinds`, `platform_kind_unknown`,
    `platform_url_unusable`, `platform_file_name_unusable`, `platform_number_out_of_range`, `platform_choice_unknown`,
    and what is wrong with a template: `template_field_unknown`, `template_column_unclear`, `template_unit_unfit`,
    `template_without_field`.
    """
    root = read_document(text, ROOT)
    name = root.text("name")
    if not _NAME.fullmatch(name):
        raise Invalid("platform_name_unusable", place=ROOT, name=name)
    valid_from = root.date("valid_from")
    valid_to = root.date("valid_to") if root.has("valid_to") else None
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("platform_dates_order", place=ROOT, valid_from=valid_from, valid_to=valid_to)
    if root.has("push") == root.has("files"):
        raise Invalid("platform_way_unclear", place=ROOT)
    push = _push(root.table("push")) if root.has("push") else None
    form = FORMS[0] if push is not None else _files(root.table("files"))
    platform = Platform(
        name=name,
        title=root.text("title"),
        version=root.text("version"),
        legal_basis=root.text("legal_basis"),
        valid_from=valid_from,
        valid_to=valid_to,
        deadline=_number(root, "deadline", 1, 365),
        since=root.date("since") if root.has("since") else BACKLOG_SINCE,
        slashes=_choice(root, "dates", DATES) == DATES[1],
        push=push,
        form=form,
        templates=_templates(root.table("kinds")),
        text=text,
    )
    root.finish()
    return platform


def _push(table: Table) -> Push:
    url = _url(table, "url")
    credential = table.text("credential") if table.has("credential") else None
    if credential is not None and not _FILE_NAME.fullmatch(credential):
        raise Invalid("platform_file_name_unusable", place=table.place, name=credential)
    status = _url(table, "status") if table.has("status") else None
    after = _number(table, "status_after", 1, 60 * 24 * 30) if table.has("status_after") else 60
    at_once = _number(table, "at_once", 1, MOST_AT_ONCE) if table.has("at_once") else 8
    table.finish()
    return Push(url, credential, status, after, at_once)


def _files(table: Table) -> str:
    form = _choice(table, "format", FORMS)
    table.finish()
    return form


def _url(table: Table, key: str) -> str:
    """Return an address: of HTTPS, so that a token is never sent in the clear, or of this machine."""
    url = table.text(key, _LONGEST_URL)
    if not (url.startswith("https://") or _LOOPBACK.match(url)) or re.search(r"[\s@#]", url):
        raise Invalid("platform_url_unusable", place=table.place, key=key)
    return url


def _templates(table: Table) -> dict[str, tuple[Column, ...]]:
    kinds = table.names()
    if not kinds:
        raise Invalid("platform_without_kinds", place=table.place, known=list(KINDS))
    found = {}
    for kind in kinds:
        if kind not in KINDS:
            raise Invalid("platform_kind_unknown", place=table.place, kind=kind, known=list(KINDS))
        within = table.table(kind)
        columns = tuple(_column(kind, each) for each in within.tables("columns"))
        within.finish()
        refuse_duplicates([each.header for each in columns], f"{within.place}.columns")
        for field in ("enterprise", "date"):
            if field not in {each.field for each in columns}:
                raise Invalid("template_without_field", place=within.place, field_name=field)
        found[kind] = columns
    return found


def _column(kind: str, table: Table) -> Column:
    header = table.text("header", 200)
    if table.has("field") == table.has("value"):
        raise Invalid("template_column_unclear", place=table.place, header=header)
    field = table.text("field") if table.has("field") else ""
    if field and field not in fields_of(kind):
        raise Invalid("template_field_unknown", place=table.place, field_name=field, known=list(fields_of(kind)))
    unit = table.text("unit") if table.has("unit") else ""
    if (unit not in UNITS) if field in amounts_of(kind) else unit:
        raise Invalid("template_unit_unfit", place=table.place, header=header, known=list(UNITS))
    required = table.truth("required") if table.has("required") else False
    column = Column(header, field, table.plain("value") if table.has("value") else "", required, unit)
    table.finish()
    return column


def _number(table: Table, key: str, least: int, greatest: int) -> int:
    number = table.integer(key)
    if not least <= number <= greatest:
        raise Invalid("platform_number_out_of_range", place=table.place, key=key, least=least, greatest=greatest)
    return number


def _choice(table: Table, key: str, known: tuple[str, ...]) -> str:
    value = table.text(key) if table.has(key) else known[0]
    if value not in known:
        raise Invalid("platform_choice_unknown", place=table.place, key=key, known=list(known))
    return value
