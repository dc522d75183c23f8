"""Somebody of each role."""

from ledger.actors import Actor, Role


def somebody(role: Role, subject: str = "somebody") -> Actor:
    """Return somebody of a role: of no department in particular, unless the role must have one."""
    return Actor(subject, role, "XF" if role is Role.PEER else None)
