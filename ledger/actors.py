"""Who acts: the subject, the role and the department that a use case decides by."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.errors import Forbidden, Invalid


class Role(StrEnum):
    """What an officer does; each use case names the roles that may call it.

    A peer is no officer: the system of another department, which reads what may be recognised and hands in records.
    """

    PLANNER = "planner"
    INSPECTOR = "inspector"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PEER = "peer"


OFFICERS = tuple(role for role in Role if role is not Role.PEER)


@dataclass(frozen=True)
class Actor:
    """One signed-in person, or a peer's client, whose subject is "client:" and its name.

    Two-person rules compare `subject`; `department` is a department's code, or None for all, which no peer has.
    """

    subject: str
    role: Role
    department: str | None = None

    def __post_init__(self) -> None:
        """Raise Invalid("peer_without_department") for a peer that belongs to no department."""
        if self.role is Role.PEER and self.department is None:
            raise Invalid("peer_without_department", field="department")

    @property
    def confined_to(self) -> str | None:
        """The department whose rows alone the actor reads; None: all of them, as auditors do and who is of none."""
        return None if self.role is Role.AUDITOR else self.department

    def require(self, *roles: Role) -> None:
        """Raise Forbidden unless the actor has one of the roles."""
        if self.role not in roles:
            raise Forbidden("role_not_allowed", role=self.role.value, roles=list(roles))

    def require_officer(self) -> None:
        """Raise Forbidden to a peer's client: for what every officer may do."""
        self.require(*OFFICERS)

    def require_department(self, department: str) -> None:
        """Raise Forbidden unless the actor belongs to the department or to none in particular."""
        if self.department not in (None, department):
            raise Forbidden("department_not_allowed", department=department)
