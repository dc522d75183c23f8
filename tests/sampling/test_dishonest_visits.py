"""Teams that the matching does not give, and findings that are not what was found, or found at all."""

import copy
from typing import Any

import pytest

from ledger.canonical import canonical, parse_canonical
from tests import bureau_files as files
from tests.sampling.forgeries import (
    CLOSED,
    CONFIRMED,
    DRAWN,
    FROZEN,
    MATCHED,
    PUBLISHED,
    RECORDED,
    REVIEWED,
    Forgeries,
    disclosed,
    entering_into,
    entry_with,
    is_found,
    last_fault,
    sealed_again,
    slots,
    undrawn_position,
)
from tests.sampling.forging import Forgery, taken_apart

FORGERIES: Forgeries = {}
found_by = entering_into(FORGERIES)


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


@found_by("findings", "was not confirmed by another inspector of its team")
def a_finding_confirmed_by_who_recorded_it(forgery: Forgery) -> None:
    finding = forgery.rows(RECORDED, "finding", "finding")[0]
    entry = entry_with(forgery, CONFIRMED, "confirmation", "finding_confirmation", finding["position"])
    confirmation = forgery.documents[entry["body"]["documents"]["confirmation"]].rows["finding_confirmation"][0]
    confirmation["confirmed_by"] = finding["recorded_by"]


@found_by("findings", "was not confirmed by another inspector of its team")
def a_finding_confirmed_by_a_stranger(forgery: Forgery) -> None:
    forgery.rows(CONFIRMED, "confirmation", "finding_confirmation")[0]["confirmed_by"] = "YJ001"


@found_by("findings", "was not confirmed by another inspector of its team")
def a_finding_that_was_disputed(forgery: Forgery) -> None:
    forgery.rows(CONFIRMED, "confirmation", "finding_confirmation")[0]["agreed"] = 0


@found_by("findings", "was not confirmed between record and review")
def a_finding_of_which_another_version_was_confirmed(forgery: Forgery) -> None:
    forgery.rows(CONFIRMED, "confirmation", "finding_confirmation")[0]["version"] = 2


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


@found_by("findings", "publishes")
def a_publication_that_counts_otherwise(forgery: Forgery) -> None:
    forgery.of("finding.published")["body"]["count"] += 1


@found_by("findings", "another time of publication than the log")
def a_finding_dated_otherwise_than_the_log(forgery: Forgery) -> None:
    forgery.rows("finding.published", "disclosure", "disclosure")[0]["published_at"] = "2031-01-01T00:00:00Z"


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


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_and_named(hamlet_bundle: bytes, name: str) -> None:
    is_found(hamlet_bundle, *FORGERIES[name])
