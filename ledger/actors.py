"""Who acts: the subject, the role and the department that a use case decides by."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.errors import Forbidden


class Role(StrEnum):
    """What an officer does; each use case names the roles that may call it."""

    PLANNER = "planner"
    INSPECTOR = "inspector"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Actor:
    """One signed-in person. Two-person rules compare `subject`; `department` is a department's code or None for all."""

    subject: str
    role: Role
    department: str | None = None

    def require(self, *roles: Role) -> None:
        """Raise Forbidden unless the actor has one of the roles."""
        if self.role not in roles:
            raise Forbidden("role_not_allowed", role=self.role.value, roles=", ".join(roles))

    def require_department(self, department: str) -> None:
        """Raise Forbidden unless the actor belongs to the department or to none in particular."""
        if self.department not in (None, department):
            raise Forbidden("department_not_allowed", department=department)
