"""The audit of what users prove themselves by: whether it is what their newest version says."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from ledger.audit import Fault
from sampling.users import registry
from sampling.users.tables import staff_user, user_credential


def audit_credentials(tx: Connection) -> Iterator[Fault]:
    """Find users whose password, second factor or secret is another than the one that an entry binds, or is lost."""
    later = staff_user.alias()
    newest = select(func.max(later.c.version)).where(later.c.subject == staff_user.c.subject).scalar_subquery()
    query = select(staff_user.c.subject, staff_user.c.credential).where(staff_user.c.version == newest)
    told: dict[str, str] = dict(tx.execute(query).all())
    for subject, expected in sorted(told.items()):
        if registry.credential(tx, subject).digest != expected:
            yield Fault("user_credential", f"subject={subject}", "credential_changed")
    for subject in tx.execute(select(user_credential.c.subject).order_by(user_credential.c.subject)).scalars():
        if subject not in told:
            yield Fault("user_credential", f"subject={subject}", "credential_without_user")
