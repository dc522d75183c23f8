"""Draws that the frozen frame and its beacon do not give: forked, repeated, or of other positions."""

import copy

import pytest

from tests.sampling.forgeries import (
    DRAWN,
    FROZEN,
    MATCHED,
    REVEALED,
    Forgeries,
    drawn_rows,
    entering_into,
    is_found,
    last_fault,
    undrawn_position,
)
from tests.sampling.forging import Forgery, taken_apart

FORGERIES: Forgeries = {}
found_by = entering_into(FORGERIES)


# The beacon, the freeze and the seed


@found_by("beacon", "the beacon does not lie after the freeze by the stated margin")
def another_margin(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["margin"] += 1


@found_by("beacon", "the beacon does not lie after the freeze by the stated margin")
def a_freeze_after_its_beacon(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["beacon"]["not_before"] = "2026-11-23T01:59:59Z"
    forgery.of(FROZEN)["body"]["margin"] = -1


@found_by("beacon", "the draw's evidence is not what stands in the log before it")
def a_reveal_that_is_not_in_the_log(forgery: Forgery) -> None:
    del forgery.entries[forgery.entries.index(forgery.of(REVEALED))]


@found_by("beacon", "the draw's evidence is not what stands in the log before it")
def a_reveal_that_the_draw_forgets(forgery: Forgery) -> None:
    evidence = forgery.of(DRAWN)["body"]["beacon"]
    del evidence["reveals"][0]
    evidence["fallback"] = {"kind": "local", "value": "00" * 32}


@found_by("beacon", "reveal_opens_nothing(party=公证处)")
def a_reveal_of_another_value(forgery: Forgery) -> None:
    forgery.of(REVEALED)["body"]["value"] = "00" * 32
    forgery.of(DRAWN)["body"]["beacon"]["reveals"][0]["value"] = "00" * 32


@found_by("beacon", "the draw's evidence is not what stands in the log before it")
def a_fallback_although_all_revealed(forgery: Forgery) -> None:
    forgery.of(DRAWN)["body"]["beacon"]["fallback"] = {"kind": "local", "value": "00" * 32}


@found_by("beacon", "reveal_out_of_time")
def a_reveal_after_the_deadline(forgery: Forgery) -> None:
    late = "2026-11-23T03:00:01Z"
    forgery.of(REVEALED, 1)["time"] = late
    forgery.of(DRAWN)["body"]["beacon"]["reveals"][1]["at"] = late
    for kind in (DRAWN, MATCHED, "match.reopened"):
        forgery.of(kind)["time"] = late


@found_by("beacon", "the beacon's evidence gives another output")
def another_output(forgery: Forgery) -> None:
    forgery.of(DRAWN)["body"]["output"] = "00" * 32


@found_by("beacon", "the draw stands before the freeze")
def a_draw_before_its_freeze(forgery: Forgery) -> None:
    entry = forgery.of(DRAWN)
    forgery.entries.remove(entry)
    forgery.entries.insert(forgery.entries.index(forgery.of(FROZEN)), entry)
    entry["time"] = forgery.of(FROZEN)["time"]


@found_by("documents", "the log has 2 entries campaign.frozen of campaign 2026-0001")
def a_freeze_that_was_done_again(forgery: Forgery) -> None:
    forgery.entries.insert(forgery.entries.index(forgery.of(FROZEN)), copy.deepcopy(forgery.of(FROZEN)))


@found_by("beacon", "the log has 2 entries campaign.drawn of campaign 2026-0001")
def a_draw_that_was_done_again(forgery: Forgery) -> None:
    forgery.entries.insert(forgery.entries.index(forgery.of(DRAWN)), copy.deepcopy(forgery.of(DRAWN)))


@found_by("void", "a campaign that was voided is drawn")
def a_freeze_that_was_void(forgery: Forgery) -> None:
    entry = copy.deepcopy(forgery.of(REVEALED, 1))
    entry["kind"] = "campaign.voided"
    entry["body"] = {"subject": forgery.campaign, "reason": "witness_quorum_late"}
    forgery.entries.insert(forgery.entries.index(forgery.of(DRAWN)), entry)


@found_by("witnesses", "evidence of witnesses whom the freeze did not name")
def witnesses_whom_nobody_named(forgery: Forgery) -> None:
    forgery.of(DRAWN)["body"]["witnessed"] = {"checkpoint": forgery.checkpoint, "proof": []}


@found_by("seed", "the seed is not that of the frozen entry and the beacon's output")
def another_seed(forgery: Forgery) -> None:
    forgery.document(DRAWN, "draw").content["seed"] = "00" * 32


@found_by("seed", "the seed is not that of the frozen entry and the beacon's output")
def a_frame_that_was_sealed_again_after_the_draw(forgery: Forgery) -> None:
    """Every hash of the new frame fits, but the tickets were drawn under the old entry."""
    forgery.of(FROZEN)["body"]["slots"] = dict(forgery.of(FROZEN)["body"]["slots"])
    forgery.document(FROZEN, "plan").salt = bytes(32)


@found_by("other draws", "was frozen and not ended")
def a_draw_that_was_left_lying_and_repeated(forgery: Forgery) -> None:
    frozen = forgery.of("campaign.frozen")
    earlier = copy.deepcopy(frozen)
    earlier["body"]["subject"] = "2025-0001"
    earlier["body"]["documents"] = {}
    forgery.entries.insert(forgery.entries.index(frozen), earlier)


# The draw


@found_by("draw", "is listed as drawn, the tickets give another draw")
def a_position_that_the_tickets_do_not_give(forgery: Forgery) -> None:
    drawn_rows(forgery)[1]["position"] = undrawn_position(forgery)


@found_by("draw", "3 positions are listed as drawn, the tickets give 4")
def a_drawn_position_left_out(forgery: Forgery) -> None:
    del drawn_rows(forgery)[-1]


@found_by("draw", "5 positions are listed as drawn, the tickets give 4")
def a_position_drawn_too_much(forgery: Forgery) -> None:
    rows = drawn_rows(forgery)
    rows.append(rows[-1] | {"position": 15})


@found_by("draw", "is listed as drawn, the tickets give another draw")
def another_visit_in_the_uniform_slice(forgery: Forgery) -> None:
    for row in drawn_rows(forgery):
        row["uniform"] = 1 - row["uniform"]


@pytest.mark.parametrize("name", ["count", "root", "file"])
def test_another_published_list_of_positions_is_found(hamlet_bundle: bytes, name: str) -> None:
    forgery = taken_apart(hamlet_bundle)
    told = forgery.of(DRAWN)["body"]["drawn"]
    told[name] = told[name] + 1 if name == "count" else "00" * 32
    assert last_fault(forgery) == ("draw", "the published list of drawn positions is another one")


@found_by("reserves", "the reserves of stratum A are not those that the tickets give")
def reserves_in_another_order(forgery: Forgery) -> None:
    forgery.document(DRAWN, "draw").content["reserves"]["A"].reverse()


@found_by("reserves", "the reserves of stratum B are not those that the tickets give")
def a_stratum_without_reserves(forgery: Forgery) -> None:
    del forgery.document(DRAWN, "draw").content["reserves"]["B"]


@found_by("design", "member of the design 5 is not what the draw gives")
def another_design_for_evaluation(forgery: Forgery) -> None:
    row = forgery.rows(DRAWN, "design", "design_member")[5]
    row["drawn"] = 1 - row["drawn"]


@found_by("design", "stratum of the design 0 is not what the draw gives")
def other_strata_for_evaluation(forgery: Forgery) -> None:
    forgery.rows(DRAWN, "design", "design_stratum")[0]["size"] += 1


@found_by("design", "there are 15 of: member of the design; the draw gives 16")
def a_member_that_evaluation_misses(forgery: Forgery) -> None:
    del forgery.rows(DRAWN, "design", "design_member")[-1]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_and_named(hamlet_bundle: bytes, name: str) -> None:
    is_found(hamlet_bundle, *FORGERIES[name])
