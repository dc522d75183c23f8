"""What an analyst asks to be learned, as a value and as the parameters of a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.learning.encoding import Direction
from scoring.learning.settings import Settings
from scoring.results import Result

FEWEST_BLOCKS, MOST_BLOCKS = 3, 20
MOST_POINTS = 10_000


@dataclass(frozen=True)
class Question:
    """The held model whose points are learned anew, the days of the visits, and how.

    `target` are the results that count as a finding; none: any problem. `observational`: from visits that nobody drew,
    instead of those that were drawn. `author` is that of the draft; None: as in the model.
    """

    name: str
    version: str
    first: date
    last: date
    target: tuple[str, ...] = ()
    observational: bool = False
    author: str | None = None
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Raise Invalid: learning_days_reversed, result_unknown, learning_number_range."""
        if self.last < self.first:
            raise Invalid("learning_days_reversed", field="last", first=self.first, last=self.last)
        for result in self.target:
            if result not in list(Result):
                raise Invalid("result_unknown", value=result, known=list(Result))
        settings = self.settings
        for name, value, least, most in (
            ("blocks", settings.blocks, FEWEST_BLOCKS, MOST_BLOCKS),
            ("points_to_double", settings.points_to_double, 1, MOST_POINTS),
            ("findings_per_parameter", settings.findings_per_parameter, 1, MOST_POINTS),
        ):
            if value is not None and not least <= value <= most:
                raise Invalid("learning_number_range", field=name, name=name, least=least, most=most)

    def document(self) -> dict[str, JSON]:
        """Return it as canonical JSON."""
        return {
            "name": self.name,
            "version": self.version,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "target": list(self.target),
            "observational": self.observational,
            "author": self.author,
            "settings": self.settings.document(),
        }


def question_of(document: Mapping[str, Any]) -> Question:
    """Return the question that a job's parameters hold; raises what a question raises."""
    given = dict(document["settings"])
    directions = {identifier: Direction(direction) for identifier, direction in given.pop("directions").items()}
    shares = given.pop("shares")
    return Question(
        name=document["name"],
        version=document["version"],
        first=date.fromisoformat(document["first"]),
        last=date.fromisoformat(document["last"]),
        target=tuple(document["target"]),
        observational=document["observational"],
        author=document["author"],
        settings=Settings(directions=directions, shares=None if shares is None else tuple(shares), **given),
    )
