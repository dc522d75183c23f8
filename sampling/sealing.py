"""What freezing a frame and fixing a list seal alike: slots, and what the matching will start from."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from ledger import documents, log
from ledger.bulk import StoredColumn
from ledger.canonical import JSON
from ledger.entries import EXPIRED
from sampling import registers
from sampling.frames import Member
from sampling.matching_inputs import Pool
from sampling.needed import ITEM, OBJECT
from sampling.plans import Plan
from sampling.slots import KEY_BYTES, SealedFrame, SlotSecrets, seal_frame
from sampling.tables import SLOT
from scoring.entry_kinds import IMPORTED

ROWS_AT_ONCE = 50_000


def register_entries(tx: Connection, plan: Plan) -> dict[str, JSON]:
    """Return the entries of the registers that a frame comes from: registrations, items, and objects if tags count.

    Of the objects those rows count that the plan's departments gave.
    """
    gone = {each.body["expired"]["commitment"] for each in log.of_kind(tx, EXPIRED)}
    imported = [each for each in log.of_kind(tx, IMPORTED) if not gone & set(each.documents.values())]
    items = registers.items(tx)
    is_tagged = bool(plan.conditions.tags) or any("tags" in items[code] for code in plan.items)

    def of(kind: str) -> list[JSON]:
        return [each.seq for each in imported if each.body["kind"] == kind]

    return {
        "register": of("registration"),
        "items": of(ITEM),
        "objects": of(OBJECT) if is_tagged else [],
        "tagged_by": list(plan.departments),
    }


def sealed_slots(members: Sequence[Member], strata: Mapping[str, str]) -> SealedFrame:
    """Return a fresh slot for every member, in the order of their bytes."""
    codes = [member.code for member in members]
    return seal_frame(fresh_secrets(codes, [strata[code] for code in codes]))


def fresh_secrets(codes: Sequence[str], strata: Sequence[str]) -> SlotSecrets:
    """Return codes and their strata with keys and salts of the operating system's randomness, each used once."""
    return SlotSecrets(codes, strata, *(_random(len(codes)) for _ in range(4)))


def bind_slots(sealed: documents.Sealing, identifier: str, frame: SealedFrame, members: Sequence[Member]) -> None:
    """Insert the rows of a campaign's slots under a document."""
    rows, held = sealed.rows(SLOT), frame.secrets
    sectors = {member.code: member.sector for member in members}
    for start in range(0, len(frame.slots), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        codes = held.codes[some]
        columns: dict[str, StoredColumn] = {
            "campaign": [identifier] * len(codes),
            "position": range(start, start + len(codes)),
            "enterprise": codes,
            "sector": [sectors[code] for code in codes],
            "stratum": held.strata[some],
            "ticket_key": held.keys[some],
            "identity_salt": held.identity_salts[some],
            "stratum_salt": held.stratum_salts[some],
            "key_salt": held.key_salts[some],
        }
        rows.add_columns([columns[column.name] for column in SLOT.columns[2:]])


def _random(count: int) -> list[bytes]:
    together = secrets.token_bytes(count * KEY_BYTES)
    return [together[start : start + KEY_BYTES] for start in range(0, len(together), KEY_BYTES)]


def seal_matching(
    tx: Connection, identifier: str, pool: Pool, members: Sequence[Member], codes: Sequence[str]
) -> documents.Sealed:
    """Seal the pool with a secret match key, and the regions by position where a role needs them.

    `codes` are the frame's, by position.
    """
    regions = {member.code: member.region for member in members}
    is_local = any(role.local for role in pool.roles)
    return documents.seal(
        tx,
        "matching",
        {
            "campaign": identifier,
            "pool": pool.to_json(),
            "regions": [regions[code] for code in codes] if is_local else [],
            "match_key": secrets.token_bytes(KEY_BYTES).hex(),
        },
    )
