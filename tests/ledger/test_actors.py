"""Who acts: an officer or a peer's client."""

import pytest

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Invalid


def test_a_peer_belongs_to_a_department() -> None:
    with pytest.raises(Invalid, match="peer_without_department"):
        Actor("client:x", Role.PEER)


@pytest.mark.parametrize("role", Role)
def test_every_officer_is_one_and_a_peer_is_none(role: Role) -> None:
    actor = Actor("x", role, "ZJ")
    if role is not Role.PEER:
        actor.require_officer()
        return
    with pytest.raises(Forbidden, match="role_not_allowed") as refused:
        actor.require_officer()
    assert "peer" not in str(refused.value.parameters["roles"])
