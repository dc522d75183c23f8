"""What freezing a frame and fixing a list seal alike: slots, and what the matching will start from."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ledger import documents
from ledger.commitments import new_salt
from sampling.frames import Member
from sampling.matching_inputs import Pool
from sampling.slots import KEY_BYTES, SlotSecret, order_slots, seal_slot


def sealed_slots(members: Sequence[Member], strata: Mapping[str, str]) -> list[SlotSecret]:
    """Return a fresh slot for every member, in the order of their bytes."""
    return order_slots(
        seal_slot(
            member.code, strata[member.code], secrets.token_bytes(KEY_BYTES), (new_salt(), new_salt(), new_salt())
        )
        for member in members
    )


def slot_row(identifier: str, position: int, secret: SlotSecret, sectors: Mapping[str, str]) -> dict[str, Any]:
    """Return the row of a slot."""
    code = secret.identity.value.decode()
    return {
        "campaign": identifier,
        "position": position,
        "enterprise": code,
        "sector": sectors[code],
        "stratum": secret.stratum.value.decode(),
        "ticket_key": secret.key.value,
        "identity_salt": secret.identity.salt,
        "stratum_salt": secret.stratum.salt,
        "key_salt": secret.key.salt,
    }


def seal_matching(
    tx: Connection, identifier: str, pool: Pool, members: Sequence[Member], slots: Sequence[SlotSecret]
) -> documents.Sealed:
    """Seal the pool with a secret match key, and the regions by position where a role needs them."""
    regions = {member.code: member.region for member in members}
    is_local = any(role.local for role in pool.roles)
    return documents.seal(
        tx,
        "matching",
        {
            "campaign": identifier,
            "pool": pool.to_json(),
            "regions": [regions[slot.identity.value.decode()] for slot in slots] if is_local else [],
            "match_key": secrets.token_bytes(KEY_BYTES).hex(),
        },
    )
