"""What a user is: how he signs in, and whether he may now. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ledger.actors import Actor, Role

CLIENT_PREFIX: Final = "client:"
"""What the subjects of clients begin with, and of nobody else."""


class Way(StrEnum):
    """How a user signs in."""

    PASSWORD = "password"  # noqa: S105  - the way, not one
    PROVIDER = "provider"
    CLIENT = "client"


class State(StrEnum):
    """Whether a user may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Step(StrEnum):
    """What changed with a version of a user."""

    ADDED = "added"
    INVITED_AGAIN = "invited_again"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  - the step, not one
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_USED = "recovery_used"
    SECRET_ROTATED = "secret_rotated"  # noqa: S105  - the step, not one


@dataclass(frozen=True)
class UserFilter:
    """Which users are asked for; what is empty asks for nothing. `text` are words of the name."""

    state: State | None = None
    role: Role | None = None
    department: str = ""
    text: str = ""


class UserOrder(StrEnum):
    """What users go by: their name, or when they were changed last."""

    SUBJECT = "subject"
    CHANGED = "changed"


EVERY_USER: Final = UserFilter()


@dataclass(frozen=True)
class User:
    """A user as he is since his newest version, which `by` made `at` an instant.

    `invited_until` is when his invitation ends, None where none is open.
    """

    subject: str
    version: int
    step: Step
    way: Way
    role: Role
    department: str | None
    state: State
    by: str
    at: datetime
    has_second_factor: bool
    invited_until: datetime | None

    @property
    def actor(self) -> Actor:
        """Who acts when this user is signed in."""
        return Actor(self.subject, self.role, self.department)


@dataclass(frozen=True)
class Change:
    """A version of a user: what changed, what he was since, who changed it when, and the document that binds it."""

    version: int
    step: Step
    role: Role
    department: str | None
    state: State
    by: str
    at: datetime
    document: str


def client_subject(name: str) -> str:
    """Return the subject of a client that calls itself so."""
    return CLIENT_PREFIX + name


@dataclass(frozen=True)
class Handed:
    """A user, and a secret that is shown this once: an invitation, valid until `user.invited_until`, or a client's."""

    user: User
    secret: str
