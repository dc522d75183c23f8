"""What rows of files become before they are compared with what is held: drafts of records, each with its identity.

A record's identity is its kind, enterprise, issuing body and document number; without a number its date and content
stand for it. A registration's identity is its enterprise, a relation's its enterprise, type and party. Persons are kept
as keyed pseudonyms only. Pure.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

import orjson

from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.keys import Secret
from scoring.chunks import Chunk
from scoring.codes import check_uscc
from scoring.formats import FORMATS, RECORD_FIELDS

REGISTRATION = "registration"
RELATION = "relation"
REVOCATION = "revocation"
CHANGE = "change"
OBSERVATIONAL = "observational"
"""In a batch's content: its source is observational."""

REPRESENTATIVE = "法定代表人"
PROJECT = "项目"
REVOKED_STATUSES = ("撤销", "撤回")
"""States (当前状态) of a licence or a penalty that take it back: it should not have been, or must not be any more."""

_KINDS = {format_.title: format_.kind for format_ in FORMATS.values()}
_REGISTRATION_FIELDS = frozenset(
    ("name", "sector", "region", "address", "established", "status", "capital", "representative", "scale", "closed")
)
_WITH_STATUS = ("licence", "penalty")


class Draft(NamedTuple):
    """A record before it is compared with what is held, its values as they are stored; `line` is that of its file."""

    identity: str
    enterprise: str
    kind: str
    date: str | None
    body: str
    number: str
    content: str
    revoked: int
    unit: str = ""
    line: int = 0

    @property
    def says(self) -> tuple[str | int | None, ...]:
        """What makes two versions of one identity the same."""
        return self[3:8]


class Drafts:
    """Drafts by columns in the order of a draft's fields: most are taken in without a look at each."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        """Keep the columns."""
        self.columns = columns
        self.identities: Sequence[str] = columns[0]
        self.enterprises: Sequence[str] = columns[1]

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> Self:
        """Return several drafts by columns."""
        return cls(list(zip(*drafts, strict=True)) or [()] * len(Draft._fields))

    def __iter__(self) -> Iterator[Draft]:
        """Give them one by one."""
        return map(Draft._make, zip(*self.columns, strict=True))

    def __len__(self) -> int:
        """Count them."""
        return len(self.identities)


def drafts_of(kind: str, chunk: Chunk, key: Secret) -> Drafts:
    """Return the drafts of the good rows of a file of a kind."""
    fields = chunk.fields
    codes: Any = fields["enterprise"]
    bodies, numbers, units = (_texts(fields, field, len(codes)) for field in ("body", "number", "source"))
    days: Any = fields["established" if kind == REGISTRATION else "date"]
    contents = _contents(kind, fields, key)
    if kind == REVOCATION:
        kinds = [_KINDS[str(each["kind"])] for each in contents]
        identities = [_revoked(of, code, each) for of, code, each in zip(kinds, codes, contents, strict=True)]
        revoked = [1] * len(codes)
    else:
        kinds = [kind] * len(codes)
        identities = _identities(kind, codes, bodies, numbers, days, contents)
        states = [each.get("status") for each in contents] if kind in _WITH_STATUS else []
        revoked = [int(state in REVOKED_STATUSES) for state in states] or [0] * len(codes)
    texts = [_canonical(content).decode() for content in contents]
    return Drafts((identities, codes, kinds, days, bodies, numbers, texts, revoked, units, chunk.lines))


def identity_under(code: str, draft: Draft, revoking: bool) -> str:
    """Return which identity a draft would have under another code; of a revocation, what it revokes."""
    content = orjson.loads(draft.content)
    if revoking:
        return _revoked(draft.kind, code, content)
    return _identities(draft.kind, [code], [draft.body], [draft.number], [draft.date], [content])[0]


def _revoked(kind: str, code: str, content: Mapping[str, JSON]) -> str:
    return identity_of(kind, code, content.get("revoked_body", ""), content["revoked_number"])


def _identities(
    kind: str,
    codes: Sequence[str],
    bodies: Sequence[str],
    numbers: Sequence[str],
    days: Sequence[str | None],
    contents: Sequence[Mapping[str, JSON]],
) -> list[str]:
    if kind == REGISTRATION:
        return [identity_of(kind, code) for code in codes]
    if kind == RELATION:
        return [
            identity_of(kind, code, content["type"], content.get("party_code", content["party"]))
            for code, content in zip(codes, contents, strict=True)
        ]
    return [
        identity_of(kind, code, body, number) if number else identity_of(kind, code, body, day, content)
        for code, body, number, day, content in zip(codes, bodies, numbers, days, contents, strict=True)
    ]


def _contents(kind: str, fields: Mapping[str, Sequence[JSON]], key: Secret) -> list[dict[str, JSON]]:
    """Return what the rows say beside the fields that every record has; what they do not say is left out."""
    names = sorted(_REGISTRATION_FIELDS & fields.keys() if kind == REGISTRATION else fields.keys() - set(RECORD_FIELDS))
    said = [name for name in names if any(value is not None for value in fields[name])]
    rows = zip(*(fields[name] for name in said), strict=True)
    if all(None not in fields[name] for name in said):
        contents = [dict(zip(said, row, strict=True)) for row in rows]
    else:
        contents = [{name: value for name, value in zip(said, row, strict=True) if value is not None} for row in rows]
    if kind in (REGISTRATION, RELATION):
        for content in contents:
            for name in _personal(kind, content):
                content[name] = pseudonym(key, str(content[name]))
    return contents


def _texts(fields: Mapping[str, Sequence[JSON]], field: str, count: int) -> list[str]:
    return [str(value or "") for value in fields[field]] if field in fields else [""] * count


def identity_of(*parts: JSON) -> str:
    """Return the hex identity of what these parts tell from everything else."""
    return hashlib.sha256(b"qian/record/v1" + _canonical(parts)).hexdigest()


def _canonical(value: JSON) -> bytes:
    """Return what `ledger.canonical` returns of texts, lists of texts and amounts, which the formats let through."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


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


def pseudonym(key: Secret, name: str) -> str:
    """Return what is kept of a person's name: the same for the same name, and nothing to anybody without the key.

    Spaces are no part of a name: tables spread one of two characters to the width of three.
    """
    return hmac.new(key.value, "".join(name.split()).encode(), hashlib.sha256).hexdigest()[:32]
