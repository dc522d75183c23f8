"""Which grades place a joint campaign's supervision: one department's, or those of several combined by a rule. Pure.

A department's grade of an enterprise is the one that its own models give, or the general one where they give none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.scopes import GENERAL

MOST_CELLS = 1000


class JointRule(StrEnum):
    """How grades of several departments become one."""

    DEPARTMENT = "department"
    HIGHEST = "highest"
    MATRIX = "matrix"


@dataclass(frozen=True)
class JointGrading:
    """A rule, the departments whose grades it takes, and of a matrix the grade by their grades in this order.

    `DEPARTMENT` takes the grades of one department alone, `HIGHEST` those of the greatest risk.
    """

    rule: JointRule
    departments: tuple[str, ...]
    matrix: tuple[tuple[tuple[str, ...], str], ...] = ()

    def check(self, participants: Sequence[str]) -> None:
        """Check what a planner hands in.

        Raises Invalid: joint_departments_unusable, joint_grading_of_others, joint_matrix_unusable.
        """
        count = len(self.departments)
        if len(set(self.departments)) < count or (count != 1 if self.rule is JointRule.DEPARTMENT else count < 2):
            raise Invalid("joint_departments_unusable", field="grading", rule=self.rule.value)
        for department in self.departments:
            if department not in participants:
                raise Invalid("joint_grading_of_others", field="grading", department=department)
        if (self.rule is JointRule.MATRIX) != bool(self.matrix) or any(len(key) != count for key, _ in self.matrix):
            raise Invalid("joint_matrix_unusable", field="grading", departments=count)

    def check_scale(self, scale: Sequence[str]) -> None:
        """Check that a matrix says what becomes of all grades, each once; raises Invalid("joint_matrix_incomplete")."""
        if self.rule is not JointRule.MATRIX:
            return
        cells = len(scale) ** len(self.departments)
        keys = [key for key, _ in self.matrix]
        whole = cells <= MOST_CELLS and sorted(keys) == sorted(product(scale, repeat=len(self.departments)))
        if not whole or any(grade not in scale for _, grade in self.matrix):
            raise Invalid("joint_matrix_incomplete", field="grading", cells=cells, scale=list(scale))

    def combine(self, scale: Sequence[str], grades: Mapping[tuple[str, str], str]) -> dict[str, str]:
        """Return each enterprise's grade, of grades by enterprise and department; `scale` rises in risk.

        Who has none by one of the departments has none.
        """
        self.check_scale(scale)
        matrix = dict(self.matrix)
        order = {grade: place for place, grade in enumerate(scale)}
        combined = {}
        for code in dict.fromkeys(code for code, _ in grades):
            own = [grades.get((code, each), grades.get((code, GENERAL), "")) for each in self.departments]
            if all(own):
                made = matrix[tuple(own)] if self.rule is JointRule.MATRIX else max(own, key=lambda each: order[each])
                combined[code] = made
        return combined

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept, and sealed at freezing."""
        cells: list[JSON] = [{"grades": list(key), "grade": grade} for key, grade in self.matrix]
        return {"rule": self.rule.value, "departments": list(self.departments), "matrix": cells}
