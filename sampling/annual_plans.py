"""A department's plan of a year (年度抽查计划): which inspections, when, of whom, by whom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.listings import CampaignType
from scoring.fields import text_up_to

FIRST_YEAR, LAST_YEAR = 2000, 2199
LONGEST_CODE, LONGEST_TEXT = 20, 200
MOST_LINES, MOST_ENTERPRISES = 1000, 10_000_000


@dataclass(frozen=True)
class Line:
    """One line: its campaigns come from `first_month` to `last_month`, of departments of which the first leads.

    `responsible` are persons, who are not public; `enterprises` is how many visits it is to come to.
    """

    code: str
    title: str
    type: CampaignType
    first_month: int
    last_month: int
    departments: tuple[str, ...]
    items: tuple[str, ...]
    responsible: tuple[str, ...]
    enterprises: int

    def check(self) -> None:
        """Raise Invalid("annual_line_unusable"), which names the line and the field, or what is wrong with a text."""
        for text in (self.code, self.title, *self.departments, *self.items, *self.responsible):
            text_up_to(LONGEST_TEXT)(text)
        good = {
            "code": self.code.strip() and len(self.code) <= LONGEST_CODE and "/" not in self.code,
            "title": self.title.strip(),
            "months": 1 <= self.first_month <= self.last_month <= 12,
            "departments": self.departments and len(set(self.departments)) == len(self.departments),
            "items": self.items and len(set(self.items)) == len(self.items),
            "responsible": self.responsible,
            "enterprises": 1 <= self.enterprises <= MOST_ENTERPRISES,
        }
        for name, is_good in good.items():
            if not is_good:
                raise Invalid("annual_line_unusable", field=name, line=self.code, name=name)

    def public(self) -> dict[str, JSON]:
        """Return what is published of it: all but the persons."""
        return {
            "code": self.code,
            "title": self.title,
            "type": self.type.value,
            "first_month": self.first_month,
            "last_month": self.last_month,
            "departments": list(self.departments),
            "items": list(self.items),
            "enterprises": self.enterprises,
        }

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept."""
        return {**self.public(), "responsible": list(self.responsible)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Line":
        """Read what `to_json` or `public` writes."""
        lists = {name: tuple(value.get(name, ())) for name in ("departments", "items", "responsible")}
        return cls(**{**value, **lists, "type": CampaignType(value["type"])})


@dataclass(frozen=True)
class AnnualPlan:
    """The lines of a department's year."""

    department: str
    year: int
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """What it is called, such as "ZJ-2027"."""
        return f"{self.department}-{self.year}"

    def check(self) -> None:
        """Check what a planner hands in.

        Raises Invalid: annual_plan_unusable, annual_line_twice, annual_line_of_others, and what `Line.check` raises.
        """
        if not FIRST_YEAR <= self.year <= LAST_YEAR or not 1 <= len(self.lines) <= MOST_LINES:
            raise Invalid("annual_plan_unusable", field="lines", first=FIRST_YEAR, last=LAST_YEAR, most=MOST_LINES)
        seen = set()
        for line in self.lines:
            line.check()
            if line.code in seen:
                raise Invalid("annual_line_twice", field="lines", line=line.code)
            seen.add(line.code)
            if line.departments[0] != self.department:
                raise Invalid("annual_line_of_others", field="departments", line=line.code, department=self.department)

    def line(self, code: str) -> Line | None:
        """Return a line by its code."""
        return next((line for line in self.lines if line.code == code), None)

    def public(self) -> dict[str, JSON]:
        """Return what is published: the lines without persons, and totals."""
        return {
            "department": self.department,
            "year": self.year,
            "lines": [line.public() for line in self.lines],
            "items": len({item for line in self.lines for item in line.items}),
            "departments": len({department for line in self.lines for department in line.departments}),
            "enterprises": sum(line.enterprises for line in self.lines),
        }

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept."""
        return {"department": self.department, "year": self.year, "lines": [line.to_json() for line in self.lines]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "AnnualPlan":
        """Read what `to_json` or `public` writes."""
        return cls(value["department"], value["year"], tuple(map(Line.from_json, value["lines"])))
