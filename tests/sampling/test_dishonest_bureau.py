"""A bureau that owns its database and its key: whatever it forges, an auditor who verifies the bundle finds it.

Each forgery is hashed, chained and signed anew by the log's own key, so that only re-computing the campaign finds it.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ledger.canonical import canonical, parse_canonical
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import ForgedDocument, Forgery, taken_apart

FROZEN, REVEALED, DRAWN, MATCHED = "campaign.frozen", "beacon.revealed", "campaign.drawn", "campaign.matched"
RECORDED, REVIEWED, PUBLISHED, CLOSED = "finding.recorded", "finding.reviewed", "finding.published", "campaign.closed"

Forge = Callable[[Forgery], object]

FORGERIES: dict[str, tuple[str, str, Forge]] = {}
"""By name: the check that finds it, what its fault says, and the forgery."""


def found_by(check: str, says: str) -> Callable[[Forge], Forge]:
    """Enter a forgery into the table."""

    def enter(forge: Forge) -> Forge:
        FORGERIES[forge.__name__.replace("_", " ")] = (check, says, forge)
        return forge

    return enter


def sealed_plan(forgery: Forgery) -> dict[str, Any]:
    return forgery.document(FROZEN, "plan").content


def slots(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(FROZEN, "plan", "slot")


def drawn_rows(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(DRAWN, "draw", "drawn")


def disclosed(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(PUBLISHED, "disclosure", "disclosure")


def undrawn_position(forgery: Forgery) -> int:
    chosen = {row["position"] for row in drawn_rows(forgery)}
    return min(set(range(len(slots(forgery)))) - chosen)


def entry_with(forgery: Forgery, kind: str, name: str, table: str, position: int) -> dict[str, Any]:
    """Return the entry of a kind whose document has the row of a position."""
    for entry in forgery.entries:
        if entry["kind"] == kind:
            document = forgery.documents[entry["body"]["documents"][name]]
            if document.rows[table][0]["position"] == position:
                return entry
    raise AssertionError(position)


def sealed_again(forgery: Forgery, document: ForgedDocument) -> str:
    """Put a copy of a document into the bundle and return what stands for its commitment."""
    other = copy.deepcopy(document)
    other.salt = bytes(32)
    name = f"{len(forgery.documents):064x}"
    forgery.documents[name] = other
    return name


# The plan


@found_by("plan", "the frozen entry's title is not the sealed plan's")
def another_title_in_public(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["title"] = "别的抽查"


@found_by("plan", "the frozen entry's ends is not the sealed plan's")
def another_period_in_public(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["ends"] = "2027-12-31"


@found_by("plan", "the frozen entry's items is not the sealed plan's")
def other_items_in_public(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["items"] = ["ZJ-01"]


@found_by("plan", "another algorithm than qian/draw/v1")
def another_algorithm(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["algorithm"] = "qian/draw/v0"


@found_by("plan", "the sealed plan is another campaign's")
def a_plan_of_another_campaign(forgery: Forgery) -> None:
    sealed_plan(forgery)["campaign"] = "2026-0002"


@found_by("plan", "team_too_small(least=2)")
def a_plan_that_could_not_be(forgery: Forgery) -> None:
    sealed_plan(forgery)["plan"]["matching"]["size"] = 1


# The register


@found_by("register", "is left out of the frame")
def an_enterprise_left_out_of_the_frame(forgery: Forgery) -> None:
    del slots(forgery)[3]


@found_by("register", "has 2 slots")
def an_enterprise_with_two_slots(forgery: Forgery) -> None:
    slots(forgery).append(dict(slots(forgery)[3]))


@found_by("register", "is wrongly in the frame")
def an_enterprise_that_was_closed_down_in_the_frame(forgery: Forgery) -> None:
    slots(forgery).append(slots(forgery)[3] | {"enterprise": files.code(17)})


@found_by("register", "stands in the frame with another sector than in the register")
def an_enterprise_of_another_trade(forgery: Forgery) -> None:
    slots(forgery)[3]["sector"] = "供热" if slots(forgery)[3]["sector"] != "供热" else "燃气经营"


@found_by("register", "the public conditions are not those of the sealed plan")
def other_conditions_in_public(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["conditions"]["statuses"] = ["存续", "注销"]


@found_by("register", "is left out of the frame")
def a_registration_that_came_in_before_the_freeze_changed_after_it(forgery: Forgery) -> None:
    for row in forgery.imported("registration").rows["record"]:
        row["content"] = row["content"].replace("注销", "存续")


@found_by("documents", "belongs to nothing that is verified")
def a_batch_of_registrations_that_the_plan_forgets(forgery: Forgery) -> None:
    sealed_plan(forgery)["register"] = []


@found_by("register", "the plan leaves out a batch of registrations")
def a_batch_of_registrations_that_plan_and_bundle_forget(forgery: Forgery) -> None:
    sealed_plan(forgery)["register"] = []
    (entry,) = [each for each in forgery.entries if each["body"].get("kind") == "registration"]
    del forgery.documents[entry["body"]["documents"]["batch"]]


# Exclusions


@found_by("exclusions", "is excluded without standing on the list")
def an_enterprise_quietly_excluded(forgery: Forgery) -> None:
    slots(forgery)[3]["stratum"] = "excluded"


@found_by("exclusions", "is not what the plan and the earlier draws give")
def an_exclusion_without_a_plan(forgery: Forgery) -> None:
    code = slots(forgery)[3]["enterprise"]
    sealed_plan(forgery)["excluded"] = [{"enterprise": code, "reason": "停产", "campaign": None}]


@found_by("exclusions", "is not what the plan and the earlier draws give")
def an_exclusion_under_a_rule_that_does_not_hold(forgery: Forgery) -> None:
    code = slots(forgery)[3]["enterprise"]
    sealed_plan(forgery)["excluded"] = [{"enterprise": code, "reason": "drawn_this_year", "campaign": "2026-0001"}]
    slots(forgery)[3]["stratum"] = "excluded"


# Grades, strata and quotas


@found_by("grades", "is not the one that its reasons give")
def a_score_that_its_points_do_not_give(forgery: Forgery) -> None:
    forgery.graded().rows["grade"][0]["score"] += 1


@found_by("grades", "not those of its digest")
def a_run_that_was_counted_otherwise(forgery: Forgery) -> None:
    forgery.graded().rows["grade_run"][0]["enterprises"] += 1


@found_by("grades", "does not stand on the one before it")
def a_run_on_a_base_that_is_not_told(forgery: Forgery) -> None:
    forgery.graded().rows["grade_run"][0]["base"] = "f" * 32


@found_by("grades", "the model of the grade of")
def a_grade_by_a_model_that_did_not_hold(forgery: Forgery) -> None:
    forgery.graded().rows["grade"][0]["model"] = "f" * 32


@found_by("other draws", "was frozen and not ended")
def a_draw_that_was_left_lying_and_repeated(forgery: Forgery) -> None:
    frozen = forgery.of("campaign.frozen")
    earlier = copy.deepcopy(frozen)
    earlier["body"]["subject"] = "2025-0001"
    earlier["body"]["documents"] = {}
    forgery.entries.insert(forgery.entries.index(frozen), earlier)


@found_by("findings", "publishes")
def a_publication_that_counts_otherwise(forgery: Forgery) -> None:
    forgery.of("finding.published")["body"]["count"] += 1


@found_by("findings", "another time of publication than the log")
def a_finding_dated_otherwise_than_the_log(forgery: Forgery) -> None:
    forgery.rows("finding.published", "disclosure", "disclosure")[0]["published_at"] = "2031-01-01T00:00:00Z"


@found_by("grades", "stands in another stratum than its grade gives")
def an_enterprise_in_a_milder_stratum(forgery: Forgery) -> None:
    next(row for row in slots(forgery) if row["stratum"] == "D")["stratum"] = "A"


@found_by("grades", "has no grade in the run")
def an_enterprise_without_grade(forgery: Forgery) -> None:
    del forgery.graded().rows["grade"][3]


@found_by("grades", "the grade run is not the newest one before the freeze")
def an_older_grade_run(forgery: Forgery) -> None:
    (run,) = [entry for entry in forgery.entries if entry["kind"] == "grades.run"]
    newer = copy.deepcopy(run)
    forgery.entries.insert(forgery.entries.index(run) + 1, newer)
    newer["body"]["documents"]["grades"] = "f" * 64


@found_by("grades", "stands in another stratum than its grade gives")
def a_grade_that_was_made_milder_after_the_draw(forgery: Forgery) -> None:
    next(row for row in forgery.graded().rows["grade"] if row["grade"] == "D")["grade"] = "A"


@found_by("quotas", "stratum D is not what rates and sizes give")
def a_smaller_quota(forgery: Forgery) -> None:
    sealed_plan(forgery)["strata"][3]["quota"] = 0


@found_by("quotas", "stratum A is not what rates and sizes give")
def another_uniform_slice(forgery: Forgery) -> None:
    sealed_plan(forgery)["strata"][0]["uniform"] = 0


@found_by("quotas", "stratum D is not what rates and sizes give")
def another_rate_than_the_strata_s(forgery: Forgery) -> None:
    sealed_plan(forgery)["plan"]["rates"]["D"] = 5000


@found_by("quotas", "stratum A is not what rates and sizes give")
def strata_that_should_have_been_merged(forgery: Forgery) -> None:
    sealed_plan(forgery)["limits"]["stratum_size"] = 16


@found_by("quotas", "other strata than rates and sizes give")
def a_stratum_of_nobody(forgery: Forgery) -> None:
    strata = sealed_plan(forgery)["strata"]
    strata.append({**strata[0], "label": "excluded", "grades": [], "size": 0, "quota": 0, "uniform": 0, "rate": 0})


@found_by("quotas", "frame_too_small")
def limits_that_forbid_the_draw(forgery: Forgery) -> None:
    sealed_plan(forgery)["limits"]["frame_size"] = 50


@found_by("quotas", "the public number to be drawn is not the sum of the quotas")
def another_number_to_be_drawn(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["to_draw"] = 5


# The sealed frame


@found_by("ticket keys", "shares its ticket key with another one")
def two_slots_with_one_ticket_key(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = slots(forgery)[4]["ticket_key"]


@found_by("frame", "is out of order")
def two_slots_that_changed_places(forgery: Forgery) -> None:
    rows = slots(forgery)
    rows[3], rows[4] = rows[4] | {"position": 3}, rows[3] | {"position": 4}


@found_by("frame", "slot 3 is out of order")
def a_slot_of_another_campaign(forgery: Forgery) -> None:
    slots(forgery)[3]["campaign"] = "2026-0002"


@found_by("frame", "the slots do not give the frozen root")
def another_root(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["slots"]["root"] = "00" * 32


@found_by("frame", "the slots do not give the frozen root")
def another_number_of_slots(forgery: Forgery) -> None:
    forgery.of(FROZEN)["body"]["slots"]["count"] = 17


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


# The matching


@found_by("matching", "matching_differs")
def another_inspector(forgery: Forgery) -> None:
    row = forgery.rows(MATCHED, "assignments", "assignment")[0]
    row["inspector"] = "ZJ002" if row["inspector"] != "ZJ002" else "ZJ003"


@found_by("matching", "matching_differs")
def a_target_without_its_team(forgery: Forgery) -> None:
    del forgery.rows(MATCHED, "assignments", "assignment")[0]


@found_by("matching", "another campaign's")
def an_assignment_of_another_campaign(forgery: Forgery) -> None:
    forgery.rows(MATCHED, "assignments", "assignment")[0]["campaign"] = "2026-0002"


@found_by("seed", "the seed is not that of the frozen entry and the beacon's output")
def a_recusal_added_after_the_freeze(forgery: Forgery) -> None:
    forgery.document(FROZEN, "matching").content["pool"]["inspectors"][0]["recused"] = [files.code(1)]


@found_by("matching", "the matching stands before the draw")
def a_matching_before_the_draw(forgery: Forgery) -> None:
    entry = forgery.of(MATCHED)
    forgery.entries.remove(entry)
    forgery.entries.insert(forgery.entries.index(forgery.of(DRAWN)), entry)
    entry["time"] = forgery.of(DRAWN)["time"]


@found_by("matching", "the log has 2 entries campaign.matched")
def a_matching_that_was_done_again(forgery: Forgery) -> None:
    forgery.entries.insert(forgery.entries.index(forgery.of(MATCHED)), copy.deepcopy(forgery.of(MATCHED)))


# Findings


@found_by("findings", "was published without record or review")
def a_finding_that_nobody_recorded(forgery: Forgery) -> None:
    forgery.rows(RECORDED, "finding", "finding")[0]["position"] = undrawn_position(forgery)


@found_by("findings", "was published without record or review")
def a_finding_recorded_in_another_campaign(forgery: Forgery) -> None:
    forgery.rows(RECORDED, "finding", "finding")[0]["campaign"] = "2026-0002"


@found_by("findings", "was not recorded by its team")
def a_finding_by_a_stranger(forgery: Forgery) -> None:
    forgery.rows(RECORDED, "finding", "finding")[0]["recorded_by"] = "YJ001"


@found_by("findings", "was reviewed by its own team")
def a_finding_reviewed_by_who_recorded_it(forgery: Forgery) -> None:
    finding = forgery.rows(RECORDED, "finding", "finding")[0]
    entry = entry_with(forgery, REVIEWED, "review", "finding_review", finding["position"])
    review = forgery.documents[entry["body"]["documents"]["review"]].rows["finding_review"][0]
    review["reviewed_by"] = finding["recorded_by"]


@found_by("findings", "was published without approval")
def a_finding_that_was_returned(forgery: Forgery) -> None:
    forgery.rows(REVIEWED, "review", "finding_review")[0]["approved"] = 0


@found_by("findings", "was published without approval")
def a_review_of_another_version(forgery: Forgery) -> None:
    forgery.rows(REVIEWED, "review", "finding_review")[0]["version"] = 2


@found_by("findings", "was published without record or review")
def a_review_after_the_publication(forgery: Forgery) -> None:
    review = forgery.of(REVIEWED)
    forgery.entries.remove(review)
    published = forgery.of(PUBLISHED)
    review["time"] = published["time"]
    forgery.entries.insert(forgery.entries.index(published) + 1, review)


@found_by("findings", "is dated before the draw")
def a_visit_before_the_draw(forgery: Forgery) -> None:
    position = disclosed(forgery)[0]["position"]
    entry = entry_with(forgery, RECORDED, "finding", "finding", position)
    forgery.documents[entry["body"]["documents"]["finding"]].rows["finding"][0]["visited"] = "2026-11-22"
    disclosed(forgery)[0]["visited"] = "2026-11-22"


@found_by("findings", "the published results at position")
def a_milder_result_than_was_found(forgery: Forgery) -> None:
    row = next(row for row in disclosed(forgery) if row["results"] != '["no_problem"]')
    row["results"] = '["no_problem"]'


@found_by("findings", "which was not drawn")
def a_finding_of_an_enterprise_that_was_not_drawn(forgery: Forgery) -> None:
    disclosed(forgery)[0]["position"] = undrawn_position(forgery)


@found_by("findings", "is published under another code")
def a_finding_under_another_code(forgery: Forgery) -> None:
    row = disclosed(forgery)[0]
    row["enterprise"] = slots(forgery)[undrawn_position(forgery)]["enterprise"]


@found_by("findings", "is published twice")
def a_finding_published_twice(forgery: Forgery) -> None:
    disclosed(forgery).append(dict(disclosed(forgery)[0]))
    forgery.of("finding.published")["body"]["count"] += 1


@pytest.mark.parametrize(
    "name",
    ["position", "slots", "root", "slot", "identity_salt", "stratum_commitment", "key_commitment", "proof"],
)
def test_an_opening_of_another_slot_is_found(hamlet_bundle: bytes, name: str) -> None:
    forgery = taken_apart(hamlet_bundle)
    row = disclosed(forgery)[0]
    opening: Any = parse_canonical(row["opening"].encode())
    if name == "proof":
        opening["proof"].reverse()
    else:
        opening[name] = opening[name] + 1 if isinstance(opening[name], int) else "00" * 32
    row["opening"] = canonical(opening).decode()
    check, says = last_fault(forgery)
    assert check == "findings"
    assert "another slot's" in says or "slot_not_in_frame" in says


# The end


@found_by("closing", "the closing entry counts otherwise")
def an_overdue_position_that_is_kept_quiet(forgery: Forgery) -> None:
    del disclosed(forgery)[-1]
    forgery.of("finding.published")["body"]["count"] -= 1


@found_by("closing", "the closing entry counts otherwise")
def more_published_than_were(forgery: Forgery) -> None:
    forgery.of(CLOSED)["body"]["published"] = 5


@found_by("closing", "the log goes on about the campaign after its end")
def a_finding_after_the_end(forgery: Forgery) -> None:
    later = copy.deepcopy(forgery.of(RECORDED))
    later["time"] = forgery.of(CLOSED)["time"]
    later["body"]["documents"]["finding"] = sealed_again(forgery, forgery.document(RECORDED, "finding"))
    forgery.entries.append(later)


# The tests


@pytest.fixture(scope="module")
def hamlet_bundle(sqlite_hamlet: Bureau) -> bytes:
    """The bundle of a closed campaign among 16 enterprises."""
    return sqlite_hamlet.bundle()


def last_fault(forgery: Forgery) -> tuple[str, str]:
    """Return the failed check of a forgery and what it says; the log's own key signed it."""
    *passed, failed = verify_bundle(forgery.made(SIGNER), TRUST)
    assert all(check.passed for check in passed)
    return failed.name, failed.fault or ""


def test_what_is_put_together_unchanged_passes(hamlet_bundle: bytes) -> None:
    assert taken_apart(hamlet_bundle).made(SIGNER) == hamlet_bundle


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_and_named(hamlet_bundle: bytes, name: str) -> None:
    check, says, forge = FORGERIES[name]
    forgery = taken_apart(hamlet_bundle)
    forge(forgery)
    found, told = last_fault(forgery)
    assert (found, says in told) == (check, True), f"{found}: {told}"


@on_one_engine
def test_a_rule_of_once_a_year_that_was_bent_is_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    data = bureau.bundle(steps.second_campaign(bureau))
    again = taken_apart(data)
    excluded = sealed_plan(again)["excluded"]
    del excluded[0]
    assert last_fault(again)[0] == "exclusions"
    of_another = taken_apart(data)
    sealed_plan(of_another)["excluded"][0]["campaign"] = None
    assert last_fault(of_another)[0] == "exclusions"
    reason = taken_apart(data)
    sealed_plan(reason)["excluded"][0]["reason"] = "停产"
    assert last_fault(reason)[0] == "exclusions"
    earlier = taken_apart(data)
    rows = earlier.documents[
        next(each for each in earlier.entries if each["kind"] == DRAWN)["body"]["documents"]["draw"]
    ].rows["drawn"]
    del rows[0]
    assert last_fault(earlier)[0] == "exclusions"
