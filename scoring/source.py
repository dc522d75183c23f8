"""A source (数据来源): where files of one kind come from, on which legal basis, and how their columns give our fields.

A TOML document with these keys and no others:

    name, title, version, kind          `name` is how it is called, `kind` the kind of file (`scoring.formats`)
    legal_basis, catalogue              法律依据 and 目录编号; a source that does not state both is refused
    valid_from, valid_to                dates; it may be used from the one to the other, without `valid_to` for ever
    observational                       true: nobody drew its inspections; of kind inspection alone
    department                          the code of the peer department whose clients may hand its files in; of records
    [file]                              encoding, delimiter, sheet, form, dates, ignored (`scoring.source_files`)
    [fields.…]                          columns, value or template; unit; words (`scoring.source_fields`)
    [bodies]                            names that files give bodies = those that they are known by
    [pull]                              where its files are fetched, and when (`scoring.pulls`)

Without any `[fields]` the columns are those of the kind; with them, what is not named is not taken.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.errors import Conflict, Invalid
from scoring.columns import Format
from scoring.pulls import Pull, read_pull
from scoring.source_fields import read_fields
from scoring.source_files import check_encoding, read_layout
from scoring.toml_tables import Table, read_document

ROOT = "source"
HANDED_IN = ("licence", "confirmation", "inspection", "penalty", "coercion", "breach")
"""Kinds that a peer department may hand in: none changes the register, nor what others told."""
_NAME = re.compile(r"[\w（）()·.+-]{1,60}")


@dataclass(frozen=True)
class Source:
    """A source as its document says; `format` reads its files, `text` is the document."""

    name: str
    title: str
    version: str
    kind: str
    legal_basis: str
    catalogue: str
    valid_from: date
    valid_to: date | None
    format: Format = field(compare=False, repr=False)
    pull: Pull | None
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the document in hex."""
        return document_digest(self.text)

    def require_in_force(self, day: date) -> None:
        """Raise Conflict("source_not_in_force") unless the source may be used on a day."""
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            raise Conflict(
                "source_not_in_force", source=self.name, valid_from=self.valid_from, valid_to=self.valid_to or "—"
            )


def document_digest(text: str) -> str:
    """Return the SHA-256 of a source's document in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_source(text: str, formats: Mapping[str, Format]) -> Source:
    """Return the source of a TOML document; `formats` are the kinds of files that there are.

    Raises Invalid with the place in the document: what `scoring.toml_tables`, `source_files`, `source_fields` and
    `pulls` refuse, and `source_name_unusable`, `source_without_basis`, `file_kind_unknown`, `source_dates_order`,
    `source_observational_kind`, `source_department_kind`, `source_department_body`.
    """
    root = read_document(text, ROOT)
    name = root.text("name")
    if not _NAME.fullmatch(name):
        raise Invalid("source_name_unusable", place=ROOT, name=name)
    kind = root.text("kind")
    if kind not in formats:
        raise Invalid("file_kind_unknown", field="kind", kind=kind, known=list(formats))
    legal_basis, catalogue = _basis(root, "legal_basis"), _basis(root, "catalogue")
    valid_from = root.date("valid_from")
    valid_to = root.date("valid_to") if root.has("valid_to") else None
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("source_dates_order", place=ROOT, valid_from=valid_from, valid_to=valid_to)
    observational = root.truth("observational") if root.has("observational") else False
    if observational and kind != "inspection":
        raise Invalid("source_observational_kind", place=ROOT, kind=kind)
    department = root.text("department") if root.has("department") else ""
    if department and kind not in HANDED_IN:
        raise Invalid("source_department_kind", place=ROOT, kind=kind, known=list(HANDED_IN))
    layout, dates, ignored = read_layout(root.table("file"))
    form = replace(
        formats[kind],
        layout=layout,
        ignored=ignored,
        source_digest=document_digest(text),
        observational=observational,
        department=department,
    )
    form = replace(form, columns=read_fields(root.table("fields"), form, dates, root.words("bodies")))
    check_encoding(form)
    if department and not _names_one_body(form):
        raise Invalid("source_department_body", place=ROOT)
    source = Source(
        name=name,
        title=root.text("title"),
        version=root.text("version"),
        kind=kind,
        legal_basis=legal_basis,
        catalogue=catalogue,
        valid_from=valid_from,
        valid_to=valid_to,
        format=form,
        pull=read_pull(root.table("pull")) if root.has("pull") else None,
        text=text,
    )
    root.finish()
    return source


def _names_one_body(form: Format) -> bool:
    """Tell whether all records are of one body that the document names: so they supersede nobody else's."""
    (body,) = (column for column in form.columns if column.field == "body")
    return body.template is not None and not body.template.headers


def _basis(root: Table, key: str) -> str:
    if not root.has(key):
        raise Invalid("source_without_basis", place=ROOT, key=key)
    return root.text(key)
