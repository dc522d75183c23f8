"""What rows of files become before they are compared with what is held: drafts of records, each with its identity.

A record's identity is its kind, enterprise, issuing body and document number; without a number its date and content
stand for it. A registration's identity is its enterprise, a relation's its enterprise, type and party. Persons are kept
as keyed pseudonyms only. Pure.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.keys import Secret
from scoring.codes import check_uscc
from scoring.columns import ParsedRow
from scoring.formats import FORMATS

REGISTRATION = "registration"
RELATION = "relation"
REVOCATION = "revocation"
CHANGE = "change"
REPRESENTATIVE = "法定代表人"
PROJECT = "项目"
REVOKED_STATUSES = ("撤销", "撤回")
"""States (当前状态) of a licence or a penalty that take it back: it should not have been, or must not be any more."""

_KINDS = {format_.title: format_.kind for format_ in FORMATS.values()}
_REGISTRATION_FIELDS = ("name", "sector", "region", "address", "established", "status")
_OPTIONAL_REGISTRATION_FIELDS = ("capital", "representative", "closed")


class Draft(NamedTuple):
    """A record before it is compared with what is held, its values as they are stored; `row` is where it comes from."""

    identity: str
    enterprise: str
    kind: str
    date: str | None
    body: str
    number: str
    content: str
    revoked: int
    unit: str = ""
    row: ParsedRow | None = None

    @property
    def says(self) -> tuple[str | int | None, ...]:
        """What makes two versions of one identity the same."""
        return self[3:8]

    @property
    def line(self) -> int:
        """The line of its file, 0 where it comes from none."""
        return 0 if self.row is None else self.row.line


def draft(kind: str, row: ParsedRow, key: Secret) -> Draft:
    """Return the draft of a good row of a file of a kind."""
    values = row.values
    code, body, number = str(values["enterprise"]), str(values["body"] or ""), str(values["number"] or "")
    unit = str(values["source"] or "")
    if kind == REGISTRATION:
        content: Mapping[str, JSON] = _registration(values)
        day = values["established"]
    else:
        held: Any = values["content"]
        content, day = held, values["date"]
    if personal := _personal(kind, content):
        content = {**content, **{name: _pseudonym(key, str(content[name])) for name in personal}}
    date = None if day is None else str(day)
    if kind == REVOCATION:
        return _revocation(code, date, body, number, content, unit, row)
    if kind == REGISTRATION:
        identity = identity_of(kind, code)
    elif kind == RELATION:
        identity = identity_of(kind, code, content["type"], content.get("party_code", content["party"]))
    elif number:
        identity = identity_of(kind, code, body, number)
    else:
        identity = identity_of(kind, code, body, day, content)
    revoked = int(kind in ("licence", "penalty") and content.get("status") in REVOKED_STATUSES)
    return Draft(identity, code, kind, date, body, number, _text(content), revoked, unit, row)


def identity_of(*parts: JSON) -> str:
    """Return the hex identity of what these parts tell from everything else."""
    return hashlib.sha256(b"qian/record/v1" + _canonical(parts)).hexdigest()


def _text(content: Mapping[str, JSON]) -> str:
    return _canonical(content).decode()


def _canonical(value: JSON) -> bytes:
    """Return what `ledger.canonical` returns of texts, lists of texts and amounts, which the formats let through."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _revocation(
    code: str, date: str | None, body: str, number: str, content: Mapping[str, JSON], unit: str, row: ParsedRow
) -> Draft:
    """Return the version that takes a record back, under the number and date of the revocation itself."""
    kind = _KINDS[str(content["kind"])]
    identity = identity_of(kind, code, content.get("revoked_body", ""), content["revoked_number"])
    return Draft(identity, code, kind, date, body, number, _text(content), 1, unit, row)


def _registration(values: Mapping[str, JSON]) -> dict[str, JSON]:
    content = {name: values[name] for name in _REGISTRATION_FIELDS}
    for name in _OPTIONAL_REGISTRATION_FIELDS:
        if values.get(name) is not None:
            content[name] = values[name]
    return content


def _personal(kind: str, content: Mapping[str, JSON]) -> list[str]:
    """Return the fields that may name a person: all of a party's but those of a project or an organisation."""
    if kind == REGISTRATION:
        return ["representative"] if "representative" in content else []
    if kind != RELATION or content["type"] == PROJECT:
        return []
    organisation = _is_uscc(content.get("party_code"))
    fields = [] if organisation or "party_code" not in content else ["party_code"]
    return fields if organisation and content["type"] != REPRESENTATIVE else ["party", *fields]


def _is_uscc(value: JSON) -> bool:
    try:
        return isinstance(value, str) and bool(check_uscc(value))
    except Invalid:
        return False


def _pseudonym(key: Secret, name: str) -> str:
    return hmac.new(key.value, name.encode(), hashlib.sha256).hexdigest()[:32]
