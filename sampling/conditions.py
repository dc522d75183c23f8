"""The public conditions that make a frame, as data: lists of which one value suffices, all of them to be met. Pure.

An enterprise has one sector, region, status and type, at most one size, and any tags. `tags` is a list of lists: of
each one tag suffices. An empty list asks for nothing, but `statuses` always names what is meant.

The JSON form has "sectors", "regions" and "statuses", and of "types", "sizes" and "tags" those that ask for something,
so that entries from before these existed read as they were meant.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import any_texts, items, members_or
from scoring.fields import choice, text_up_to
from scoring.formats import ENTERPRISE_SIZES

OPERATING = "存续"
LONGEST_VALUE = 200
TYPE_DIGITS = 2
TYPES = {"91": "企业", "92": "个体工商户", "93": "农民专业合作社"}
OTHER_TYPE = "其他"
"""Types by the first two characters of the code (GB 32100): what is registered elsewhere than by market supervision."""

ENTERPRISE_TYPES = (*TYPES.values(), OTHER_TYPE)


def type_of(code: str) -> str:
    """Return an enterprise's type, which its code tells."""
    return TYPES.get(code[:TYPE_DIGITS], OTHER_TYPE)


class Attributes(NamedTuple):
    """What conditions ask of an enterprise; `size` is empty where the register does not tell it."""

    sector: str
    region: str
    status: str
    type: str
    size: str = ""
    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, code: str, registration: Mapping[str, Any], tags: frozenset[str] = frozenset()) -> "Attributes":
        """Return the attributes that a code, what its newest registration says, and its tags give."""
        return cls(
            registration["sector"],
            registration["region"],
            registration["status"],
            type_of(code),
            registration.get("scale", ""),
            tags,
        )


def tags_of(rows: Iterable[Mapping[str, Any]], departments: Collection[str] | None = None) -> dict[str, frozenset[str]]:
    """Return the tags of each enterprise that has any, from the rows of the register of objects that hold.

    Of departments those count that they gave, without departments all.
    """
    tags: dict[str, frozenset[str]] = {}
    for row in rows:
        if departments is None or row.get("department") in departments:
            tags[row["enterprise"]] = tags.get(row["enterprise"], frozenset()).union(row.get("tags", ()))
    return {code: held for code, held in tags.items() if held}


@dataclass(frozen=True)
class Conditions:
    """The public conditions that make the frame."""

    sectors: tuple[str, ...]
    regions: tuple[str, ...]
    statuses: tuple[str, ...] = (OPERATING,)
    types: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    tags: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        """Check the texts, which become public.

        Raises Invalid("tags_empty"), `choice_unknown` for a type or a size, and as `scoring.fields.text_up_to`.
        """
        for name in (*self.sectors, *self.regions, *self.statuses, *(tag for tags in self.tags for tag in tags)):
            text_up_to(LONGEST_VALUE)(name)
        for types, known in ((self.types, ENTERPRISE_TYPES), (self.sizes, ENTERPRISE_SIZES)):
            for name in types:
                choice(known)(name)
        if not all(self.tags):
            raise Invalid("tags_empty", field="conditions")

    @property
    def target(self) -> bool:
        """Whether they choose among those that operate: then a campaign is targeted (定向), else it is not (不定向)."""
        return bool(self.sectors or self.regions or self.types or self.sizes or self.tags)

    def unmet(self, of: Attributes) -> list[str]:
        """Return the names of the conditions that an enterprise does not meet."""
        asked = (
            ("sectors", self.sectors, of.sector),
            ("regions", self.regions, of.region),
            ("types", self.types, of.type),
            ("sizes", self.sizes, of.size),
        )
        names = [name for name, values, value in asked if values and value not in values]
        if of.status not in self.statuses:
            names.append("statuses")
        if not all(of.tags.intersection(tags) for tags in self.tags):
            names.append("tags")
        return names

    def meets(self, of: Attributes) -> bool:
        """Tell whether an enterprise with these attributes belongs into the frame."""
        return not self.unmet(of)

    def overlaps(self, other: "Conditions") -> bool:
        """Tell whether one enterprise could meet both; with any tags, since nothing keeps it from having them."""
        pairs = (
            (self.sectors, other.sectors),
            (self.regions, other.regions),
            (self.types, other.types),
            (self.sizes, other.sizes),
        )
        return bool(set(self.statuses) & set(other.statuses)) and all(
            not first or not second or set(first) & set(second) for first, second in pairs
        )

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the log."""
        told: dict[str, JSON] = {
            "sectors": list(self.sectors),
            "regions": list(self.regions),
            "statuses": list(self.statuses),
        }
        more: dict[str, JSON] = {
            "types": list(self.types),
            "sizes": list(self.sizes),
            "tags": [list(tags) for tags in self.tags],
        }
        return told | {name: values for name, values in more.items() if values}

    @classmethod
    def from_json(cls, value: JSON) -> "Conditions":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        path = "conditions"
        given = members_or(value, path, ("sectors", "regions", "statuses"), ("types", "sizes", "tags"))
        tags = enumerate(items(given.get("tags", []), f"{path}.tags"))
        return cls(
            **{name: any_texts(texts, f"{path}.{name}") for name, texts in given.items() if name != "tags"},
            tags=tuple(any_texts(each, f"{path}.tags[{number}]") for number, each in tags),
        )


class LeftOut(NamedTuple):
    """How many enterprises do not meet a condition, and how many of these meet all others."""

    condition: str
    enterprises: int
    by_it_alone: int


def left_out(counted: Iterable[tuple[Collection[str], int]]) -> list[LeftOut]:
    """Count whom each condition leaves out, by how many enterprises leave which conditions unmet."""
    counts: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for names, enterprises in counted:
        counts.update(dict.fromkeys(names, enterprises))
        if len(names) == 1:
            alone.update(dict.fromkeys(names, enterprises))
    return [LeftOut(name, count, alone[name]) for name, count in sorted(counts.items())]
