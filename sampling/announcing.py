"""What comes of a beacon once it is named: reveals, dice, published numbers, signed rounds. Each is an entry.

A beacon is named by a freeze, and decides the draw; by a list that is no draw, and decides the matching; or by a
reopening, and decides a re-match.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Refusal
from ledger.log import NewEntry
from sampling import calling, campaigns, witnessing
from sampling.beacon_entries import SOURCES, Told, deciding, entered_by_persons, told
from sampling.beacon_evidence import canonical_values, check_due, check_round
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Ceremony, Drand, Sources, Throw
from sampling.campaigns import Campaign
from sampling.drand import Round, make_round
from sampling.entry_kinds import CONFIRMED, ENTERED, REMATCHED, REOPENED, REPLACED, REVEALED, SIGNED
from sampling.fresh_beacons import NAMING, check_fresh
from sampling.listings import FIXING
from sampling.reveals import Reveal, check_reveal, check_throw_in_time, missing_parties
from sampling.tables import campaign as campaign_table

REOPENINGS = (REOPENED, REPLACED)
WAITING = ("frozen", "listed", "matched")
"""The states in which a campaign may wait for a beacon: for its draw, its matching, or a re-match."""


def reveal(
    tx: Connection, actor: Actor, now: datetime, identifier: str, party: str, salt: bytes, value: bytes
) -> list[str]:
    """Record what a party of the ceremony reveals, and return the names of those that have not revealed yet.

    Raises Conflict or Invalid: campaign_state, beacon_is_no_ceremony, witnesses_awaited, witness_quorum_late,
    party_has_revealed, party_unknown, reveal_out_of_time, reveal_opens_nothing.
    """
    _require_awaited(tx, campaigns.for_planner(tx, actor, identifier, *WAITING))
    ceremony = named_beacon(tx, identifier)
    if not isinstance(ceremony, Ceremony):
        raise Conflict("beacon_is_no_ceremony", campaign=identifier)
    now = _witnessed_moment(tx, now, identifier)
    earlier = known(tx, identifier).reveals
    if party in {each.name for each in earlier}:
        raise Conflict("party_has_revealed", party=party)
    new = Reveal(party, salt, value, now)
    check_reveal(ceremony, new)
    body: dict[str, JSON] = {"party": party, "salt": salt.hex(), "value": value.hex()}
    missing = missing_parties(ceremony, [*earlier, new])
    if not missing:
        calling.call_off(tx, identifier, calling.REVEALS)
        if ceremony.throw is not None:
            calling.call_to_throw(tx, now, identifier, ceremony.throw)
    log.append(tx, now, [NewEntry(REVEALED, identifier, body=body)])
    return missing


def enter_values(tx: Connection, actor: Actor, now: datetime, identifier: str, values: Sequence[str]) -> Entry:
    """Record what one person reads: what fell in the throw, or what each source published, in their order.

    They count once another person confirms them; until then they may be entered anew. Raises Conflict, Forbidden or
    Invalid: campaign_state, witnesses_awaited, witness_quorum_late, beacon_has_no_values, beacon_too_early,
    reveals_missing, throw_out_of_time, person_not_named, values_confirmed, values_miscounted,
    published_values_unusable.
    """
    now, of, canonical, beacon = _read(tx, actor, now, identifier, values)
    plan = campaigns.plans_of(tx, [identifier])[identifier]
    calling.call_to_confirm(tx, now, identifier, plan, beacon, actor.subject)
    body: dict[str, JSON] = {"of": of, "values": list(canonical)}
    return log.append(tx, now, [NewEntry(ENTERED, identifier, person(tx, actor, identifier), body)])[0]


def confirm_values(tx: Connection, actor: Actor, now: datetime, identifier: str, values: Sequence[str]) -> Entry:
    """Record that a second person reads the same, from the dice or the publication and not from the screen.

    Raises what `enter_values` raises, and Conflict or Forbidden: values_not_entered, values_differ,
    confirmed_by_same_person.
    """
    now, of, canonical, _ = _read(tx, actor, now, identifier, values)
    entered = known(tx, identifier).entered.get(of)
    if entered is None:
        raise Conflict("values_not_entered", campaign=identifier)
    if documents.opened(tx, entered.documents["by"]).value["content"]["by"] == actor.subject:
        raise Forbidden("confirmed_by_same_person", campaign=identifier)
    if entered.body["values"] != canonical:
        raise Conflict("values_differ", campaign=identifier)
    calling.call_off(tx, identifier)
    body: dict[str, JSON] = {"of": of, "values": list(canonical)}
    return log.append(tx, now, [NewEntry(CONFIRMED, identifier, person(tx, actor, identifier), body)])[0]


def enter_round(
    tx: Connection, actor: Actor, now: datetime, identifier: str, number: JSON, signature: JSON, previous: JSON
) -> Entry:
    """Record the named round as somebody hands it in: one person is enough, since its signature proves it.

    Signatures are hex; `number` may be None, `previous` is where the chain has none. Raises what `record_round` raises,
    Invalid("json_wrong_shape"), and Conflict or Forbidden of `campaigns.for_planner`.
    """
    _require_awaited(tx, campaigns.for_planner(tx, actor, identifier, *WAITING))
    beacon = _round_beacon(tx, log.moment(tx, now), identifier)
    signed = make_round(beacon.chain, beacon.round if number is None else number, signature, previous, "answer")
    return record_round(tx, now, identifier, signed)


def record_round(tx: Connection, now: datetime, identifier: str, signed: Round) -> Entry:
    """Record the round of drand that decides a frozen campaign; nobody decides it, so it needs no actor.

    Raises Conflict or Invalid: campaign_state, beacon_is_no_round, witnesses_awaited, witness_quorum_late,
    beacon_too_early, round_of_another_number, round_not_signed, round_stands.
    """
    _require_awaited(tx, campaigns.locked(tx, identifier))
    now = _witnessed_moment(tx, now, identifier)
    beacon = _round_beacon(tx, now, identifier)
    if known(tx, identifier).signed is not None:
        raise Conflict("round_stands", campaign=identifier)
    check_due(beacon, now)
    check_round(beacon, signed)
    return log.append(tx, now, [NewEntry(SIGNED, identifier, body=signed.to_json())])[0]


def awaited_round(tx: Connection, now: datetime, identifier: str) -> Drand | None:
    """Return the round that a campaign's beacon waits for, if it is due and not in the log yet; public."""
    standing = known(tx, identifier)
    beacon = deciding(named_beacon(tx, identifier), standing, now)
    is_due = isinstance(beacon, Drand) and standing.signed is None and beacon.known_from <= now
    return beacon if isinstance(beacon, Drand) and is_due else None


def awaited_rounds(tx: Connection, now: datetime) -> dict[str, Drand]:
    """Return the rounds that campaigns wait for and whose naming the witnesses, if any, have seen in time."""
    awaited = {}
    for identifier in _waiting(tx):
        beacon = awaited_round(tx, now, identifier)
        if beacon is not None and _is_witnessed(tx, now, identifier):
            awaited[identifier] = beacon
    return awaited


def call_readers(tx: Connection, now: datetime) -> int:
    """Tell who reads the public numbers that campaigns wait for on the day that has them, and return how many.

    Each is told once for each entry that names numbers.
    """
    called = 0
    for identifier in _waiting(tx):
        standing = known(tx, identifier)
        beacon = deciding(named_beacon(tx, identifier), standing, now)
        if not isinstance(beacon, Sources) or SOURCES in standing.confirmed:
            continue
        if civil_date(beacon.known_from) <= civil_date(now):
            plan, named = campaigns.plans_of(tx, [identifier])[identifier], naming_entry(tx, identifier).seq
            called += calling.call_to_read(tx, now, identifier, plan, beacon, named)
    return called


def _waiting(tx: Connection) -> Iterator[str]:
    """Yield the campaigns that wait for a beacon, by id."""
    table = campaign_table
    query = select(table.c.id, table.c.state).where(table.c.state.in_(WAITING)).order_by(table.c.id)
    for identifier, state in tx.execute(query).all():
        if state != "matched" or pending_reopening(tx, identifier) is not None:
            yield identifier


def naming_entry(tx: Connection, identifier: str) -> Entry:
    """Return the newest entry that names a beacon of a campaign: its freeze, or the last one that reopens a match."""
    return (_reopenings(tx, identifier) or [campaigns.fixing_entry(tx, identifier)])[-1]


def pending_reopening(tx: Connection, identifier: str) -> Entry | None:
    """Return what reopened a campaign's matching, an inspector's or an enterprise's replacement, and waits still."""
    reopened, rematched = _reopenings(tx, identifier), log.about(tx, identifier, REMATCHED)
    return reopened[-1] if len(reopened) > len(rematched) else None


def _reopenings(tx: Connection, identifier: str) -> list[Entry]:
    return [entry for entry in log.about(tx, identifier) if entry.kind in REOPENINGS]


def awaits_beacon(tx: Connection, identifier: str) -> bool:
    """Tell whether a campaign waits for a beacon: it is frozen or listed, or a re-match is pending."""
    state = campaigns.state_of(tx, identifier)
    return state in ("frozen", "listed") or (state == "matched" and pending_reopening(tx, identifier) is not None)


def named_beacon(tx: Connection, identifier: str) -> Beacon:
    """Return the beacon that a campaign waits for, or waited for last."""
    return parse_beacon(naming_entry(tx, identifier).body["beacon"])


def known(tx: Connection, identifier: str) -> Told:
    """Return what the log tells so far of the beacon that a campaign named last."""
    since = naming_entry(tx, identifier).seq
    return told(entry for entry in log.about(tx, identifier) if entry.seq > since)


def waiting_for(tx: Connection, actor: Actor, identifier: str) -> list[str]:
    """Return the parties that a campaign's beacon still waits for."""
    campaigns.read(tx, actor, identifier)
    return waiting_for_of(tx, actor, [identifier])[identifier]


def waiting_for_of(tx: Connection, actor: Actor, identifiers: Collection[str]) -> dict[str, list[str]]:
    """Return the parties that the beacons of campaigns still wait for, by campaign that the actor may see."""
    actor.require(Role.PLANNER, Role.AUDITOR)
    states = {each.id: each.state for each in campaigns.visible(tx, actor) if each.id in identifiers}
    entries = log.about_several(tx, states)
    return {identifier: _waiting_for(entries[identifier], state) for identifier, state in states.items()}


def _waiting_for(entries: Sequence[Entry], state: str) -> list[str]:
    reopened = [entry for entry in entries if entry.kind in REOPENINGS]
    rematched = [entry for entry in entries if entry.kind == REMATCHED]
    if state not in ("frozen", "listed") and not (state == "matched" and len(reopened) > len(rematched)):
        return []
    naming = reopened[-1] if reopened else next(entry for entry in entries if entry.kind in FIXING)
    beacon = parse_beacon(naming.body["beacon"])
    reveals = told(entry for entry in entries if entry.seq > naming.seq).reveals
    return missing_parties(beacon, reveals) if isinstance(beacon, Ceremony) else []


def require_fresh(tx: Connection, now: datetime, beacon: Beacon) -> None:
    """Refuse a beacon that an earlier entry named in a way that it may be known; the log is locked.

    Raises what `parse_beacon` and `check_fresh` raise.
    """
    parse_beacon(beacon.to_json())
    check_fresh(beacon, now, (entry for kind in NAMING for entry in log.of_kind(tx, kind)))


def person(tx: Connection, actor: Actor, identifier: str) -> dict[str, documents.Sealed]:
    """Seal who it was, which the auditor opens and nobody else."""
    return {"by": documents.seal(tx, "person", {"by": actor.subject, "campaign": identifier})}


def _require_awaited(tx: Connection, found: Campaign) -> None:
    if found.state != "matched" or pending_reopening(tx, found.id) is None:
        campaigns.require_state(found, "frozen", "listed")


def _round_beacon(tx: Connection, now: datetime, identifier: str) -> Drand:
    beacon = deciding(named_beacon(tx, identifier), known(tx, identifier), now)
    if not isinstance(beacon, Drand):
        raise Conflict("beacon_is_no_round", campaign=identifier)
    return beacon


def _read(
    tx: Connection, actor: Actor, now: datetime, identifier: str, values: Sequence[str]
) -> tuple[datetime, str, list[str], Beacon]:
    """Check who enters or confirms what and when.

    Returns the entry's moment, what the values are of, the values, and the beacon that they decide.
    """
    actor.require(Role.PLANNER, Role.INSPECTOR, Role.AUDITOR)
    found = campaigns.locked(tx, identifier)
    campaigns.require_known(actor, found)
    _require_awaited(tx, found)
    now = _witnessed_moment(tx, now, identifier)
    standing = known(tx, identifier)
    beacon = deciding(named_beacon(tx, identifier), standing, now)
    expected = entered_by_persons(beacon)
    if isinstance(beacon, Sources):
        actor.require(Role.PLANNER, Role.AUDITOR)
        campaigns.for_participant(tx, actor, identifier, WAITING)
        check_due(beacon, now)
    if expected is None:
        raise Conflict("beacon_has_no_values", campaign=identifier)
    if isinstance(beacon, Ceremony) and beacon.throw is not None:
        _check_thrower(actor, now, beacon, beacon.throw, standing)
    of, each = expected
    if of in standing.confirmed:
        raise Conflict("values_confirmed", campaign=identifier)
    return now, of, canonical_values(each, values), beacon


def _check_thrower(actor: Actor, now: datetime, ceremony: Ceremony, throw: Throw, standing: Told) -> None:
    if actor.subject not in throw.before:
        raise Forbidden("person_not_named", persons=list(throw.before))
    missing = missing_parties(ceremony, standing.reveals)
    if missing:
        raise Conflict("reveals_missing", parties=missing, deadline=instant_text(ceremony.deadline))
    check_throw_in_time(throw, now)


def _witnessed_moment(tx: Connection, now: datetime, identifier: str) -> datetime:
    """Return the moment of the next entry, once the witnesses of the naming have seen it in time."""
    moment = log.moment(tx, now)
    witnessing.witnessed(tx, moment, naming_entry(tx, identifier))
    return moment


def _is_witnessed(tx: Connection, now: datetime, identifier: str) -> bool:
    try:
        witnessing.witnessed(tx, now, naming_entry(tx, identifier))
    except Refusal:
        return False
    return True
