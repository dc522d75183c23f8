"""Auditors in the bureau: whose keys it knows, and the verdicts on its draws that it takes in."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import cosignatures, log, signed, tree
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.calendar import civil_date, parse_instant
from ledger.canonical import JSON
from ledger.entries import Entry, parse_entry
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.note import ED25519, NoteError, Verifier
from ledger.policy import Policy
from ledger.tables import log_entry
from sampling import campaigns
from sampling.attestations import Attestation, Auditor, attestations, auditors, check_verdict, registered
from sampling.entry_kinds import ATTESTED, DRAWN, FROZEN, REGISTERED, WITHDRAWN
from sampling.verdicts import SignedVerdict, VerdictError, open_verdict

LONGEST_NAME = 64


def register_auditor(tx: Connection, actor: Actor, now: datetime, vkey: str) -> Entry:
    """Register an auditor's key: from now on its verdicts are taken in.

    Raises Invalid("auditor_key_unusable"), or Conflict("auditor_registered") where a name or a key was registered
    before; a withdrawn key never comes back.
    """
    actor.require(Role.ADMINISTRATOR)
    verifier = _verifier(vkey)
    log.lock(tx)
    known = known_auditors(tx)
    names = {each.name for each in registered(known)}
    if verifier.name in names or verifier in {each.verifier for each in known}:
        raise Conflict("auditor_registered", name=verifier.name)
    (entry,) = log.append(tx, now, [NewEntry(REGISTERED, verifier.name, body={"vkey": verifier.vkey})])
    return entry


def withdraw_auditor(tx: Connection, actor: Actor, now: datetime, vkey: str) -> Entry:
    """Take no more verdicts by a key, such as one that was stolen; earlier ones stand. Raises Missing."""
    actor.require(Role.ADMINISTRATOR)
    verifier = _verifier(vkey)
    log.lock(tx)
    if verifier not in registered(known_auditors(tx)):
        raise Missing("auditor_missing", name=verifier.name)
    (entry,) = log.append(tx, now, [NewEntry(WITHDRAWN, verifier.name, body={"vkey": verifier.vkey})])
    return entry


def known_auditors(tx: Connection) -> list[Auditor]:
    """Return all auditors that were ever registered; public."""
    query = select(log_entry.c.data).where(log_entry.c.kind.in_((REGISTERED, WITHDRAWN))).order_by(log_entry.c.seq)
    return auditors(map(parse_entry, tx.execute(query).scalars()))


def submit_verdict(tx: Connection, actor: Actor, now: datetime, text: str) -> Attestation:
    """Take an auditor's signed verdict in, whatever it says: it is public from here on.

    Raises Invalid("verdict_unusable") unless a registered key signed it; Conflict: campaign_state,
    verdict_on_another_log, verdict_misdated, verdict_superseded where the auditor has said this, or something later.
    """
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    now = log.moment(tx, now)
    try:
        given = open_verdict(text, registered(known_auditors(tx)))
    except VerdictError as error:
        raise Invalid("verdict_unusable", field="verdict", reason=str(error)) from None
    campaign = given.verdict.campaign
    found = campaigns.locked(tx, campaign)
    campaigns.require_drawn(tx, found)
    _check(tx, now, given)
    earlier = [each.verdict for each in of_campaign(tx, campaign) if each.signed.auditor == given.auditor]
    if any(each == given.verdict for each in earlier) or (
        earlier and (given.verdict.size, given.verdict.date) < (earlier[-1].size, earlier[-1].date)
    ):
        raise Conflict("verdict_superseded", campaign=campaign, auditor=given.auditor.name)
    body: Mapping[str, JSON] = {"auditor": given.auditor.vkey, "verdict": given.note}
    (entry,) = log.append(tx, now, [NewEntry(ATTESTED, campaign, body=body)])
    return Attestation(given, entry, True)


def of_campaign(tx: Connection, campaign: str) -> list[Attestation]:
    """Return how auditors attested a campaign's draw, in order; public."""
    return attestations(log.about(tx, campaign, ATTESTED))


def proof_of(tx: Connection, entry: Entry, policy: Policy | None) -> str | None:
    """Return the file that proves an entry (c2sp.org/tlog-proof); None until a checkpoint that is served holds it."""
    try:
        return signed.entry_proof(tx, entry.seq, cosignatures.served_checkpoint(tx, policy)).text()
    except Missing:
        return None


def audit_attestations(tx: Connection) -> Iterator[Fault]:
    """Check that a key registered at the time signed each verdict on the draw that it names (for `ledger.audit`)."""
    known = known_auditors(tx)
    for entry in log.of_kind(tx, ATTESTED):
        try:
            given = open_verdict(entry.body["verdict"], registered(known, entry.seq))
            if given.verdict.campaign != entry.subject or given.auditor.vkey != entry.body["auditor"]:
                raise VerdictError("the entry says otherwise")
            _check(tx, parse_instant(entry.time), given)
        except (VerdictError, Conflict, Missing):
            yield Fault("log_entry", f"seq={entry.seq}", "attestation_bad")


def _check(tx: Connection, now: datetime, given: SignedVerdict) -> None:
    verdict = given.verdict
    created = log.read(tx, 0)
    frozen, drawn = (campaigns.entry_of(tx, verdict.campaign, kind) for kind in (FROZEN, DRAWN))
    try:
        if verdict.size > log.size(tx):
            raise VerdictError("the log is shorter")
        check_verdict(verdict, created.subject, frozen, drawn, tree.root(tx, verdict.size))
    except VerdictError:
        raise Conflict("verdict_on_another_log", campaign=verdict.campaign) from None
    if not civil_date(parse_instant(drawn.time)) <= verdict.date <= civil_date(now):
        raise Conflict("verdict_misdated", campaign=verdict.campaign, date=verdict.date)


def _verifier(vkey: str) -> Verifier:
    try:
        verifier = Verifier.from_vkey(vkey)
    except NoteError:
        verifier = None
    if verifier is None or verifier.key_type != ED25519 or len(verifier.name) > LONGEST_NAME:
        raise Invalid("auditor_key_unusable", field="vkey", longest=LONGEST_NAME)
    return verifier
