"""What a freeze replaces: voided campaigns of the same matters, named so that repeated tries are seen."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ledger import cosignatures, log, note, signed
from ledger.canonical import JSON
from ledger.entries import Entry, parse_entry
from ledger.errors import Conflict, Invalid
from ledger.tables import log_entry
from sampling import campaigns
from sampling.entry_kinds import FROZEN, VOID_CONFIRMED
from sampling.plans import Plan
from sampling.tries import VOIDS, known_from, named_by, needs_witness, to_be_named
from sampling.witnessed import Witnessed


def replaced_campaigns(tx: Connection, plan: Plan, named: Sequence[str]) -> list[JSON]:
    """Return the "replaces" of a freeze that names exactly the voided campaigns that it must name.

    Raises Conflict("replaced_unnamed") for one that is missing, Invalid("replaces_nothing") for one too many.
    """
    wanted = must_name(tx, plan)
    for identifier in wanted:
        if identifier not in named:
            raise Conflict("replaced_unnamed", campaign=identifier, named=list(wanted))
    for identifier in named:
        if identifier not in wanted:
            raise Invalid("replaces_nothing", field="replaces", campaign=identifier)
    return [_named(tx, identifier) for identifier in wanted]


def must_name(tx: Connection, plan: Plan) -> list[str]:
    """Return the voided campaigns that a freeze of this plan must name."""
    query = select(log_entry.c.data).where(log_entry.c.kind.in_((FROZEN, *VOIDS))).order_by(log_entry.c.seq)
    entries = [parse_entry(data) for data in tx.execute(query).scalars()]
    return to_be_named(entries, {"items": list(plan.items), "conditions": plan.conditions.to_json()})


def replaced_by(tx: Connection) -> dict[str, str]:
    """Return the campaigns that others replace, each with the one whose freeze was the first to name it; public."""
    found: dict[str, str] = {}
    for entry in log.of_kind(tx, FROZEN):
        for identifier in named_by(entry):
            found.setdefault(identifier, entry.subject)
    return found


def void_witnessed(tx: Connection, identifier: str) -> Witnessed | None:
    """Return the evidence that witnesses saw a void before its beacon; None where there is, or need be, none."""
    frozen = campaigns.entry_of(tx, identifier, FROZEN)
    rule = needs_witness(frozen, log.about(tx, identifier))
    if rule is None:
        return None
    void: Entry = campaigns.entry_of(tx, identifier, VOID_CONFIRMED)
    latest = int(known_from(frozen).timestamp())
    checkpoint = cosignatures.timely_checkpoint(tx, rule.policy, void.seq, latest)
    if checkpoint is None:
        return None
    size = note.parse_checkpoint(checkpoint.partition("\n\n")[0] + "\n").size
    return Witnessed(checkpoint, signed.inclusion(tx, void.seq, size).hashes)


def _named(tx: Connection, identifier: str) -> JSON:
    witnessed = void_witnessed(tx, identifier)
    return {"campaign": identifier, "witnessed": None if witnessed is None else witnessed.to_json()}
