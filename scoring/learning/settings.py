"""What an analyst decides about learning."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.canonical import JSON
from scoring.learning.encoding import Direction

STRENGTHS = (8.0, 4.0, 2.0, 1.0, 0.5, 0.25)
"""How many standard errors of pure chance the evidence against a step in force must exceed before it changes."""


@dataclass(frozen=True)
class Settings:
    """How to learn.

    `points_to_double` are the points that double the odds; None: as many as in the model in force. `shares` are those
    of the grades, risk rising, in millionths; None: as today's. `blocks` is the number of
    test periods, `findings_per_parameter` how many effective findings (and visits without one) each step asks for.
    """

    directions: Mapping[str, Direction] = field(default_factory=dict)
    adjust_inspectors: bool = True
    points_to_double: int | None = None
    shares: tuple[int, ...] | None = None
    findings_per_parameter: int = 5
    blocks: int = 5

    def document(self) -> JSON:
        """Return the settings as canonical JSON."""
        return {
            "directions": {identifier: str(direction) for identifier, direction in sorted(self.directions.items())},
            "adjust_inspectors": self.adjust_inspectors,
            "points_to_double": self.points_to_double,
            "shares": None if self.shares is None else list(self.shares),
            "findings_per_parameter": self.findings_per_parameter,
            "blocks": self.blocks,
        }
