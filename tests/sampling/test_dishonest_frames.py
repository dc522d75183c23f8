"""Frames that the register, the items, the grades or the plan do not give."""

import copy
from typing import Any

import pytest

from ledger.canonical import canonical, parse_canonical
from sampling import bundle_rows, verification
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import SIGNER, TRUST
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forgeries import (
    DRAWN,
    FROZEN,
    Forgeries,
    entering_into,
    is_found,
    last_fault,
    sealed_plan,
    slots,
)
from tests.sampling.forging import Forgery, taken_apart

FORGERIES: Forgeries = {}
READ_BY_COLUMNS = "register", "grades", "ticket keys", "frame"
found_by = entering_into(FORGERIES)


@pytest.fixture
def divided_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two processes verify small bundles, divided finely."""
    monkeypatch.setattr(verification, "LARGE", 0)
    monkeypatch.setattr(verification, "LARGE_TABLE", 1)
    monkeypatch.setattr(bundle_rows, "SHARE", 4)


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


@found_by("register", "the tags that count are not those of the plan's departments")
def tags_of_a_department_that_takes_no_part(forgery: Forgery) -> None:
    sealed_plan(forgery)["tagged_by"].append("YJ")


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


# Items


def item_changed(forgery: Forgery, code: str, **changes: Any) -> None:
    """Change what the register of items says of one."""
    row = next(row for row in forgery.imported("item").rows["item"] if row["code"] == code)
    row["content"] = canonical(parse_canonical(row["content"].encode()) | changes).decode()  # type: ignore[operator]


@found_by("items", "item_without_basis")
def an_item_without_a_legal_basis(forgery: Forgery) -> None:
    item_changed(forgery, "ZJ-01", legal_basis=" ")


@found_by("items", "item_not_in_use")
def an_item_that_was_out_of_use(forgery: Forgery) -> None:
    item_changed(forgery, "SC-01", status="停用")


@found_by("items", "item_of_other_department")
def an_item_of_a_department_that_takes_no_part(forgery: Forgery) -> None:
    item_changed(forgery, "SC-01", department="YJ")


@found_by("items", "members_not_objects")
def enterprises_that_are_objects_of_no_item(forgery: Forgery) -> None:
    for code in ("ZJ-01", "SC-01"):
        item_changed(forgery, code, sectors=["供热"])


@found_by("items", "item_without_objects")
def an_item_that_has_no_object_in_the_frame(forgery: Forgery) -> None:
    item_changed(forgery, "SC-01", sectors=["水务"])


@found_by("items", "leaves out a batch of objects")
def tags_that_no_register_shows(forgery: Forgery) -> None:
    item_changed(forgery, "SC-01", tags=["样例标签"])


@found_by("items", "leaves out a batch of items")
def a_batch_of_items_that_plan_and_bundle_forget(forgery: Forgery) -> None:
    sealed_plan(forgery)["items"] = []
    (entry,) = [each for each in forgery.entries if each["body"].get("kind") == "item"]
    del forgery.documents[entry["body"]["documents"]["batch"]]


@found_by("items", "nothing asks for")
def objects_that_nothing_asks_for(forgery: Forgery) -> None:
    sealed_plan(forgery)["objects"] = sealed_plan(forgery)["items"]


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


@found_by("quotas", "quota_takes_all")
def limits_that_let_a_stratum_of_one_stand(forgery: Forgery) -> None:
    """Whoever is alone in a stratum is drawn for certain: though the sealed limits merge nothing, it is no draw."""
    sealed_plan(forgery)["limits"]["stratum_size"] = 1
    members = [row for row in slots(forgery) if row["stratum"] == "D"]
    for row in members[1:]:
        row["stratum"] = "excluded"
    left_out = [{"enterprise": row["enterprise"], "reason": "停产"} for row in members[1:]]
    sealed_plan(forgery)["plan"]["exclusions"] = left_out
    excluded = [each | {"campaign": None} for each in left_out]
    sealed_plan(forgery)["excluded"] = sorted(excluded, key=lambda each: str(each["enterprise"]))


# The sealed frame


@found_by("ticket keys", "shares its ticket key with another one")
def two_slots_with_one_ticket_key(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = slots(forgery)[4]["ticket_key"]


@found_by("ticket keys", "hex of lower case")
def a_ticket_key_in_capitals(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = slots(forgery)[4]["ticket_key"].upper()


@found_by("ticket keys", "hex of lower case")
def a_ticket_key_with_a_blank(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = f" {'00' * 32}"


@found_by("ticket keys", "hex of lower case")
def two_ticket_keys_of_other_lengths(forgery: Forgery) -> None:
    for position, length in ((3, 31), (4, 33)):
        slots(forgery)[position]["ticket_key"] = "00" * length


@found_by("ticket keys", "ticket_key")
def a_ticket_key_that_is_no_hex(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = "xy" * 32


@found_by("ticket keys", "ticket_key is no text")
def a_ticket_key_that_is_no_text(forgery: Forgery) -> None:
    slots(forgery)[3]["ticket_key"] = 0


@found_by("ticket keys", "ticket_key")
def a_slot_without_a_ticket_key(forgery: Forgery) -> None:
    del slots(forgery)[3]["ticket_key"]


@found_by("frame", "hex of lower case")
def a_salt_in_capitals(forgery: Forgery) -> None:
    slots(forgery)[3]["identity_salt"] = "AA" * 32


@found_by("frame", "key_salt is no text")
def a_salt_that_is_no_text(forgery: Forgery) -> None:
    slots(forgery)[3]["key_salt"] = None


@found_by("frame", "hex of lower case")
def a_salt_of_another_length(forgery: Forgery) -> None:
    slots(forgery)[3]["stratum_salt"] = "00" * 31


@found_by("frame", "slot 1 is out of order")
def a_position_that_is_no_number(forgery: Forgery) -> None:
    slots(forgery)[1]["position"] = True


@found_by("frame", "slot 3 is out of order")
def a_slot_without_a_position(forgery: Forgery) -> None:
    del slots(forgery)[3]["position"]


@found_by("register", "stratum is no text")
def a_stratum_that_is_no_text(forgery: Forgery) -> None:
    slots(forgery)[3]["stratum"] = 0


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


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_and_named(hamlet_bundle: bytes, name: str) -> None:
    is_found(hamlet_bundle, *FORGERIES[name])


ONE_OF_EACH_CHECK = {check: name for name, (check, *_) in FORGERIES.items()}.values()


@pytest.mark.parametrize(
    "name",
    [name for name, (check, *_) in FORGERIES.items() if check in READ_BY_COLUMNS or name in ONE_OF_EACH_CHECK],
)
@pytest.mark.usefixtures("divided_small")
def test_two_processes_tell_the_same_as_one(hamlet_bundle: bytes, name: str) -> None:
    forgery = taken_apart(hamlet_bundle)
    FORGERIES[name][-1](forgery)
    data = forgery.made(SIGNER)
    assert verification.verify_bundle(data, TRUST, together=True) == verification.verify_bundle(data, TRUST)


def test_what_is_put_together_unchanged_passes(hamlet_bundle: bytes) -> None:
    assert taken_apart(hamlet_bundle).made(SIGNER) == hamlet_bundle


def test_grades_are_the_same_in_whatever_order_they_stand(hamlet_bundle: bytes) -> None:
    forgery = taken_apart(hamlet_bundle)
    forgery.graded().rows["grade"].reverse()
    assert last_fault(forgery)[0] == "seed", "the log is another one, and so what it draws; what comes before passes"


@pytest.mark.parametrize("name", ["a salt in capitals", "a ticket key that is no hex"])
def test_a_slot_that_cannot_be_sealed_leaves_nothing_to_the_next_bundle(hamlet_bundle: bytes, name: str) -> None:
    is_found(hamlet_bundle, *FORGERIES[name])
    assert all(check.passed for check in verify_bundle(hamlet_bundle, TRUST))


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
