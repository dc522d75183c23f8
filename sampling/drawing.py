"""Drawing: the frozen frame and the beacon, which nobody knew when it was frozen, give the drawn positions."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.canonical import JSON
from ledger.documents import Document
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from sampling import announcing, calling, campaigns, witnessing
from sampling.attestations import Attestation
from sampling.beacon_entries import evidence_of
from sampling.beacon_evidence import deciding_beacon, verify_evidence
from sampling.beacon_reader import parse_beacon
from sampling.beacons import VALUE_BYTES
from sampling.draw import Drawing, Lots, draw, seed
from sampling.entry_kinds import DRAWN, FROZEN
from sampling.position_lists import file_of, named_file
from sampling.slots import SealedFrame, SlotSecrets, slots_root
from sampling.strata import Stratum
from sampling.tables import DRAWN as DRAWN_TABLE
from sampling.tables import slot
from sampling.witnessed import witness_rule
from scoring.designs import DesignMembers, DesignStratum, record_design


def draw_campaign(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Entry:
    """Draw a frozen campaign by its beacon; a campaign is drawn once.

    Raises Conflict: campaign_state, witnesses_awaited (names them), witness_quorum_late, beacon_too_early,
    reveals_missing (names the parties), throw_awaited, round_awaited, values_awaited, frame_altered.
    """
    campaigns.for_planner(tx, actor, identifier, "frozen")
    now = log.moment(tx, now)
    frozen = campaigns.entry_of(tx, identifier, FROZEN)
    witnessed = witnessing.witnessed(tx, now, frozen)
    beacon = parse_beacon(frozen.body["beacon"])
    evidence = evidence_of(beacon, announcing.known(tx, identifier), now, secrets.token_bytes(VALUE_BYTES))
    output = verify_evidence(beacon, evidence, now)
    plan = documents.opened(tx, frozen.documents["plan"])
    frame = frame_slots(tx, identifier)
    if slots_root(frame.slots).hex() != frozen.body["slots"]["root"]:
        raise Conflict("frame_altered", campaign=identifier)
    the_seed = seed(frozen.leaf_hash, output)
    strata = strata_of(plan)
    drawing = draw(the_seed, lots_of(frame), strata)
    sealed_draw = documents.seal(
        tx,
        "draw",
        {
            "by": actor.subject,
            "campaign": identifier,
            "seed": the_seed.hex(),
            "reserves": {label: list(positions) for label, positions in drawing.reserves.items()},
        },
        [(DRAWN_TABLE, [_drawn_row(identifier, each) for each in drawing.drawn])],
    )
    graded_by = plan.value["content"]["grade_run"]
    sealed_design = _design(tx, identifier, graded_by, strata, frame.secrets, drawing)
    positions = list(drawing.positions)
    documents.publish_file(tx, file_of(positions))
    calling.call_off(tx, identifier)
    campaigns.set_state(tx, identifier, "drawn")
    body: dict[str, JSON] = {
        "witnessed": None if witnessed is None else witnessed.to_json(),
        "beacon": evidence,
        "output": output.hex(),
        "drawn": named_file(positions),
    }
    return log.append(tx, now, [NewEntry(DRAWN, identifier, {"draw": sealed_draw, "design": sealed_design}, body)])[0]


def frame_slots(tx: Connection, identifier: str) -> SealedFrame:
    """Return a campaign's frame."""
    opened = (slot.c.enterprise, slot.c.stratum, slot.c.ticket_key)
    salts = (slot.c.identity_salt, slot.c.stratum_salt, slot.c.key_salt)
    rows = tx.execute(select(*opened, *salts).where(slot.c.campaign == identifier).order_by(slot.c.position)).all()
    secrets_of_frame = SlotSecrets(*zip(*rows, strict=True)) if rows else SlotSecrets(*[()] * len(opened + salts))
    return SealedFrame(secrets_of_frame.slots(), secrets_of_frame)


def lots_of(frame: SealedFrame) -> Lots:
    """Return what the draw needs of a frame."""
    return Lots(frame.slots, frame.secrets.strata, frame.secrets.keys)


def strata_of(plan: Document) -> list[Stratum]:
    """Return the strata of a sealed plan."""
    return [Stratum.from_json(each) for each in plan.value["content"]["strata"]]


def to_be_trusted(frozen: Entry, drawn: Entry | None, attested: Sequence[Attestation] = ()) -> list[str]:
    """Return what this draw's fairness rests on, as codes with words; public.

    `no_witnesses`: no outside party must have cosigned that the freeze came before the beacon. Where the randomness
    came from, or is to come from: `beacon_local`, the bureau's own machine; `beacon_drand`, a network's round, whose
    operators would have to collude; `beacon_sources`, numbers that others publish; `beacon_ceremony`, parties of whom
    one was honest. `not_attested`: by no auditor's standing verdict the draw is verified. `attestation_refused`: by one
    it is not.
    """
    reasons = ["no_witnesses"] if witness_rule(frozen) is None else []
    beacon = parse_beacon(frozen.body["beacon"])
    decided = beacon if drawn is None else deciding_beacon(beacon, drawn.body["beacon"])
    reasons.append(f"beacon_{decided.kind}")
    standing = [each.verdict.verified for each in attested if each.stands]
    if not any(standing):
        reasons.append("not_attested")
    return reasons if all(standing) else [*reasons, "attestation_refused"]


def list_to_be_trusted(listed: Entry, matched: Entry | None) -> list[str]:
    """Return what to know of a campaign that is no draw, as codes with words; public.

    `no_draw_special` or `no_draw_superior` say what it is; the others what the inspectors' matching rests on.
    """
    reasons = [f"no_draw_{listed.body['listing']['type']}"]
    if witness_rule(listed) is None:
        reasons.append("no_witnesses_of_list")
    beacon = parse_beacon(listed.body["beacon"])
    decided = beacon if matched is None else deciding_beacon(beacon, matched.body["beacon"])
    return [*reasons, f"beacon_{decided.kind}"]


def _drawn_row(identifier: str, each: Any) -> dict[str, Any]:
    return {
        "campaign": identifier,
        "position": each.position,
        "stratum": each.stratum,
        "rank": each.rank,
        "uniform": int(each.uniform),
    }


def _design(
    tx: Connection, identifier: str, graded_by: int, strata: list[Stratum], frame: SlotSecrets, drawing: Drawing
) -> documents.Sealed:
    """Hand scoring the design: by which grades, the strata, and each member's stratum, if drawn, if of the slice."""
    drawn, uniform = bytearray(len(frame.codes)), bytearray(len(frame.codes))
    for each in drawing.drawn:
        drawn[each.position], uniform[each.position] = 1, each.uniform
    return record_design(
        tx,
        identifier,
        graded_by,
        [DesignStratum(each.label, each.size, each.quota, each.uniform) for each in strata],
        DesignMembers(frame.codes, frame.strata, drawn, uniform),
    )
