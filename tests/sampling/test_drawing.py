"""Drawing: the frozen frame and the beacon alone decide, once, and what is published tells positions only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, text

from ledger import documents
from ledger.canonical import parse_canonical
from ledger.entries import Entry
from ledger.errors import Conflict
from sampling import announcing, campaigns, drawing
from sampling.beacon_evidence import verify_evidence
from sampling.draw import draw, positions_root, seed
from sampling.drawing import frame_slots, lots_of, strata_of
from sampling.tables import drawn
from scoring.tables import design_member, design_stratum
from tests import tampering
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    CAMPAIGN,
    CITIZENS,
    DEADLINE,
    DRAWN_AT,
    FROZEN_AT,
    MARGIN,
    NOTARY,
    PARTIES,
    PLANNER,
    REVEALED_AT,
    TRUST,
    Bureau,
    ceremony,
)
from tests.sampling.conftest import BureauIn, on_one_engine

Step = Callable[[Connection], object]


def drawing_at(now: datetime) -> Step:
    return lambda tx: drawing.draw_campaign(tx, PLANNER, now, CAMPAIGN)


def reveal_of(
    party: str, now: datetime = REVEALED_AT, salt: bytes | None = None, value: bytes | None = None
) -> Callable[[Connection], list[str]]:
    kept_salt, kept_value = PARTIES.get(party, (bytes(32), bytes(32)))
    return lambda tx: announcing.reveal(tx, PLANNER, now, CAMPAIGN, party, salt or kept_salt, value or kept_value)


def entry_of(bureau: Bureau, kind: str) -> Entry:
    return bureau.ask(lambda tx: campaigns.entry_of(tx, CAMPAIGN, kind))


# Reveals


def test_each_reveal_is_an_entry_of_its_own_and_tells_who_is_missing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == [NOTARY, CITIZENS]
    assert bureau.do(reveal_of(CITIZENS)) == [NOTARY]
    assert bureau.do(reveal_of(NOTARY)) == []
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == []
    told = bureau.ask(lambda tx: announcing.known(tx, CAMPAIGN).reveals)
    assert [(each.name, (each.salt, each.value)) for each in told] == [
        (CITIZENS, PARTIES[CITIZENS]),
        (NOTARY, PARTIES[NOTARY]),
    ]


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("reveal_opens_nothing", reveal_of(NOTARY, value=bytes(32))),
        ("reveal_opens_nothing", reveal_of(NOTARY, salt=bytes(32))),
        ("reveal_opens_nothing", reveal_of(NOTARY, salt=PARTIES[CITIZENS][0], value=PARTIES[CITIZENS][1])),
        ("party_unknown", reveal_of("过路人")),
        ("reveal_out_of_time", reveal_of(NOTARY, FROZEN_AT + MARGIN - timedelta(seconds=1))),
        ("reveal_out_of_time", reveal_of(NOTARY, DEADLINE + timedelta(seconds=1))),
    ],
    ids=["wrong value", "wrong salt", "another's", "unknown party", "early", "late"],
)
@on_one_engine
def test_a_reveal_that_is_not_the_party_s_in_time_is_refused(bureau_in: BureauIn, code: str, step: Step) -> None:
    bureau_in("frozen").refuse(code, step)


@on_one_engine
def test_a_reveal_counts_to_the_second(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.do(reveal_of(NOTARY, FROZEN_AT + MARGIN))
    assert bureau.do(reveal_of(CITIZENS, DEADLINE)) == []


def test_a_party_reveals_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.do(reveal_of(NOTARY))
    bureau.refuse("party_has_revealed", reveal_of(NOTARY))
    bureau.refuse("party_has_revealed", reveal_of(NOTARY, value=bytes(32)))


@on_one_engine
def test_a_local_beacon_knows_no_reveal(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    steps.freeze_by_local_beacon(bureau)
    bureau.refuse("beacon_is_no_ceremony", reveal_of(NOTARY))
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == []


@on_one_engine
@pytest.mark.parametrize("state", ["planned", "drawn", "closed"])
def test_nothing_is_revealed_before_the_freeze_or_after_the_draw(bureau_in: BureauIn, state: str) -> None:
    bureau_in(state).refuse("campaign_state", reveal_of(NOTARY))


# The draw


def test_a_draw_before_the_freeze_is_refused(bureau_in: BureauIn) -> None:
    refusal = bureau_in("planned").refuse("campaign_state", drawing_at(DRAWN_AT))
    assert refusal.parameters == {"campaign": CAMPAIGN, "state": "planned", "needed": ["frozen"]}


@pytest.mark.parametrize(
    ("revealed", "missing"), [([], [NOTARY, CITIZENS]), ([CITIZENS], [NOTARY]), ([NOTARY], [CITIZENS])]
)
def test_a_draw_before_all_parties_revealed_names_the_missing(
    bureau_in: BureauIn, revealed: list[str], missing: list[str]
) -> None:
    bureau = bureau_in("frozen")
    for party in revealed:
        bureau.do(reveal_of(party))
    refusal = bureau.refuse("reveals_missing", drawing_at(DRAWN_AT))
    assert refusal.parameters == {"parties": missing, "deadline": "2026-11-23T03:00:00Z"}
    bureau.refuse("reveals_missing", drawing_at(DEADLINE))


def test_a_draw_before_a_local_beacon_is_due_is_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    steps.freeze_by_local_beacon(bureau)
    refusal = bureau.refuse("beacon_too_early", drawing_at(FROZEN_AT + MARGIN - timedelta(seconds=1)))
    assert refusal.parameters == {"not_before": "2026-11-23T02:10:00Z"}
    steps.draw(bureau, now=FROZEN_AT + MARGIN)
    beacon = entry_of(bureau, "campaign.drawn").body["beacon"]
    assert (beacon["kind"], len(bytes.fromhex(beacon["value"]))) == ("local", 32)


def test_a_campaign_is_drawn_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    refusal = bureau.refuse("campaign_state", drawing_at(DRAWN_AT + timedelta(minutes=1)))
    assert refusal.parameters["state"] == "drawn"


def test_of_two_draws_at_once_one_is_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    steps.reveal(bureau)

    def attempt(_: int) -> str:
        try:
            bureau.do(drawing_at(DRAWN_AT))
        except Conflict as refusal:
            return refusal.code
        return "drawn"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["campaign_state", "drawn"]
    assert len(bureau.ask(lambda tx: tx.execute(select(drawn)).all())) == 19


def test_whoever_withholds_hands_the_decision_to_the_fallback(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.do(reveal_of(NOTARY))
    after = DEADLINE + timedelta(seconds=1)
    entry = bureau.do(lambda tx: drawing.draw_campaign(tx, PLANNER, after, CAMPAIGN))
    evidence = entry.body["beacon"]
    assert [each["name"] for each in evidence["reveals"]] == [NOTARY]
    assert evidence["fallback"]["kind"] == "local"
    assert verify_evidence(ceremony(), evidence, after).hex() == entry.body["output"]
    frozen = entry_of(bureau, "campaign.frozen")
    assert drawing.to_be_trusted(frozen, entry) == ["no_witnesses", "beacon_local", "not_attested"]
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []


def test_a_ceremony_that_was_complete_in_time_decides_whenever_the_draw_is(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    steps.reveal(bureau)
    steps.draw(bureau, now=DEADLINE + timedelta(days=3))
    drawn_entry, frozen = entry_of(bureau, "campaign.drawn"), entry_of(bureau, "campaign.frozen")
    assert drawn_entry.body["beacon"]["fallback"] is None
    assert drawing.to_be_trusted(frozen, drawn_entry) == ["no_witnesses", "beacon_ceremony", "not_attested"]


def test_each_stratum_gives_its_quota_and_the_first_tickets_the_uniform_slice(bureau_in: BureauIn) -> None:
    with bureau_in("drawn").read() as tx:
        rows = tx.execute(select(drawn).order_by(drawn.c.position)).all()
        strata = {row.stratum: row for row in tx.execute(select(design_stratum))}
    assert {label: (row.size, row.quota, row.uniform) for label, row in strata.items()} == {
        "A": (54, 6, 1),
        "B": (30, 5, 0),
        "C": (20, 4, 0),
        "D": (16, 4, 0),
    }
    for label, stratum in strata.items():
        ranks = {row.rank: row.uniform for row in rows if row.stratum == label}
        assert sorted(ranks) == list(range(stratum.quota))
        assert {rank for rank, uniform in ranks.items() if uniform} == set(range(stratum.uniform))


def test_what_is_published_is_the_ascending_list_of_positions_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    body = entry_of(bureau, "campaign.drawn").body
    with bureau.read() as tx:
        positions = tx.execute(select(drawn.c.position).order_by(drawn.c.line)).scalars().all()
        published = parse_canonical(documents.public_file(tx, body["drawn"]["file"]))
    assert published == positions == sorted(set(positions))
    assert body["drawn"].keys() == {"count", "root", "file"}
    assert (body["drawn"]["count"], body["drawn"]["root"]) == (19, positions_root(positions).hex())
    assert body.keys() <= {"subject", "documents", "beacon", "output", "drawn", "witnessed"}


def test_anybody_with_the_frame_and_the_beacon_draws_the_same(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    frozen, entry = entry_of(bureau, "campaign.frozen"), entry_of(bureau, "campaign.drawn")
    with bureau.read() as tx:
        plan = documents.opened(tx, frozen.documents["plan"])
        sealed = documents.opened(tx, entry.documents["draw"]).value["content"]
        lots = lots_of(frame_slots(tx, CAMPAIGN))
        kept = tx.execute(select(drawn).order_by(drawn.c.line)).all()
    the_seed = seed(frozen.leaf_hash, bytes.fromhex(entry.body["output"]))
    again = draw(the_seed, lots, strata_of(plan))
    assert sealed["seed"] == the_seed.hex()
    assert sealed["reserves"] == {label: list(positions) for label, positions in again.reserves.items()}
    assert [(each.position, each.stratum, each.rank, int(each.uniform)) for each in again.drawn] == [
        (row.position, row.stratum, row.rank, row.uniform) for row in kept
    ]


def test_scoring_keeps_each_member_s_stratum_and_whether_it_was_drawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    with bureau.read() as tx:
        members = tx.execute(select(design_member).order_by(design_member.c.line)).all()
        slots = frame_slots(tx, CAMPAIGN).secrets
        positions = set(tx.execute(select(drawn.c.position)).scalars())
    assert [(row.enterprise, row.stratum, row.drawn) for row in members] == [
        (code, label, int(position in positions))
        for position, (code, label) in enumerate(zip(slots.codes, slots.strata, strict=True))
    ]
    assert sum(row.uniform for row in members) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE slot SET stratum = 'A' WHERE position = (SELECT MIN(position) FROM slot WHERE stratum = 'D')",
        "DELETE FROM slot WHERE position = 119",
        "UPDATE slot SET enterprise = '91130304PDY999999X' WHERE position = 7",
    ],
    ids=["another stratum", "one slot less", "another enterprise"],
)
def test_a_frame_that_is_not_the_frozen_one_is_not_drawn(bureau_in: BureauIn, change: str) -> None:
    bureau = bureau_in("frozen")
    steps.reveal(bureau)
    with bureau.database.write() as tx:
        tampering.drop_triggers(tx)
        tx.execute(text(change))
    bureau.refuse("frame_altered", drawing_at(DRAWN_AT))


def test_a_plan_that_is_not_the_frozen_one_is_not_drawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    steps.reveal(bureau)
    with bureau.database.write() as tx:
        tampering.drop_triggers(tx)
        plan = documents.opened(tx, campaigns.entry_of(tx, CAMPAIGN, "campaign.frozen").documents["plan"])
        changed = plan.content.replace(b'"quota":4', b'"quota":3')
        tx.execute(text("UPDATE document SET content = :content WHERE id = :id"), {"content": changed, "id": plan.id})
    bureau.refuse("document_altered", drawing_at(DRAWN_AT))
