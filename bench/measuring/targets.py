"""What a benchmark is to reach, beside what it found."""

from collections.abc import Sequence
from dataclasses import dataclass

from measuring.logs import show_table, table


@dataclass(frozen=True)
class Target:
    """A number that was found, and the bound that it is to reach, or with `at_most` to stay below."""

    what: str
    found: float
    bound: float
    at_most: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether it is."""
        return self.found <= self.bound if self.at_most else self.found >= self.bound


def show_targets(targets: Sequence[Target]) -> None:
    """Print all of them in one table."""
    shown = table("What was to be reached", "", "found", "to reach", "")
    for each in targets:
        bound = f"{'≤' if each.at_most else '≥'} {each.bound:g}"
        shown.add_row(each.what, f"{each.found:.2f}", bound, "reached" if each.is_reached else "missed")
    show_table(shown)
