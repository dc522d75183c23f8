"""The rules of the draw, sentence by sentence, each with the tests that show it and those that attack it.

A test stands as "file::test", a class as "file::Class"; of the forgeries in `test_dishonest_…`, which
are found by re-computing the bundle, the function that forges. That every name here is
one of a test, and that no rule is without one, is itself a test.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent

RULES: dict[str, tuple[str, ...]] = {
    # Plan
    "The planner sees coverage and what outsiders could infer before anything is fixed": (
        "test_planning.py",
        "test_inference.py::test_the_worst_case_is_the_larger_of_drawn_and_not_drawn",
    ),
    "It is the worst case over all published campaigns": (
        "test_inference.py::test_the_worst_case_is_that_of_enumerating_every_draw",
        "test_designs.py::test_a_second_campaign_that_would_tell_too_much_together_with_the_first_is_refused",
        "test_designs.py::test_the_verifier_computes_the_worst_case_anew",
    ),
    "Items, objects and frame agree": (
        "test_conditions.py",
        "test_freezing.py::test_an_item_that_went_out_of_use_since_it_was_planned_is_not_frozen",
        "test_dishonest_frames.py::enterprises_that_are_objects_of_no_item",
        "test_dishonest_frames.py::an_item_without_a_legal_basis",
        "test_dishonest_frames.py::a_batch_of_items_that_plan_and_bundle_forget",
    ),
    # Freeze
    "Every enterprise of the register that meets the public conditions has exactly one slot": (
        "test_freezing.py::test_every_enterprise_that_meets_the_conditions_has_one_slot",
        "test_dishonest_frames.py::an_enterprise_left_out_of_the_frame",
        "test_dishonest_frames.py::an_enterprise_with_two_slots",
        "test_dishonest_frames.py::an_enterprise_that_was_closed_down_in_the_frame",
        "test_dishonest_frames.py::a_batch_of_registrations_that_plan_and_bundle_forget",
    ),
    "The excluded stand in a sealed stratum of quota 0": (
        "test_freezing.py::test_an_excluded_enterprise_has_a_slot_like_any_other_and_is_never_drawn",
        "test_draw.py::test_the_excluded_are_neither_drawn_nor_in_reserve",
        "test_dishonest_frames.py::an_enterprise_quietly_excluded",
        "test_dishonest_frames.py::an_exclusion_without_a_plan",
    ),
    "A slot is over three commitments, and each opens without the others": (
        "test_slots.py::test_a_slot_is_the_hash_of_its_three_commitments",
        "test_slots.py::TestPublishedOpening",
    ),
    "Every salt and key is fresh for every slot, field and campaign": (
        "test_freezing.py::test_every_salt_and_key_is_fresh",
        "test_freezing.py::test_frozen_twice_from_one_plan_only_what_was_public_before_is_the_same",
        "test_dishonest_frames.py::two_slots_with_one_ticket_key",
        "test_dishonest_frames.py::a_ticket_key_in_capitals",
    ),
    "All slots stand in one list, sorted by their bytes": (
        "test_slots.py::test_every_slot_stands_once_in_byte_order_whatever_the_input_order",
        "test_dishonest_frames.py::two_slots_that_changed_places",
    ),
    "The frozen entry holds the public part, commitments to plan and matching, the beacon and its margin": (
        "test_freezing.py::test_the_frozen_entry_says_in_public_what_decides",
        "test_secrecy.py::test_each_entry_says_what_its_kind_makes_public_and_no_more",
        "test_dishonest_frames.py::other_conditions_in_public",
        "test_dishonest_visits.py::a_recusal_added_after_the_freeze",
        "test_dishonest_frames.py::another_algorithm",
    ),
    "The sealed plan holds strata, sizes, quotas, rates, exclusions, and the entries of register and grade run": (
        "test_freezing.py::test_the_sealed_plan_holds_all_that_the_frame_came_from",
        "test_sealed_plans.py",
        "test_dishonest_frames.py::an_older_grade_run",
        "test_dishonest_frames.py::an_exclusion_under_a_rule_that_does_not_hold",
    ),
    # Beacon
    "A beacon counts only if a quorum cosigned the freeze before it by the margin": (
        "test_witnessing.py::TestVerifying",
        "test_dishonest_draws.py::another_margin",
        "test_dishonest_draws.py::a_freeze_after_its_beacon",
    ),
    "A late quorum voids the campaign by rule, publicly": (
        "test_witnessing.py::TestVoiding",
        "test_dishonest_draws.py::a_freeze_that_was_void",
    ),
    "Without witnesses every answer that shows the draw says what must be trusted": (
        "test_announcing.py::test_what_must_be_trusted_is_said_from_the_freeze_on",
    ),
    "drand: the named round of a pinned chain, verified": (
        "test_announcing.py::TestRounds",
        "test_dishonest_beacons.py::test_a_chain_counts_only_if_the_verifier_pins_it",
    ),
    "A beacon that answers wrong, late, for another round or not at all decides nothing": (
        "../api/test_drand.py",
        "test_announcing.py::TestRounds",
    ),
    "sources: public numbers named beforehand, in RFC 3797's form, read by two persons": (
        "test_announcing.py::TestSources",
        "test_announcing.py::TestSourcesThatNeverAppear",
        "test_public_numbers.py",
    ),
    "ceremony: a party that withholds is replaced by the fallback, which decides alone": (
        "test_drawing.py::test_whoever_withholds_hands_the_decision_to_the_fallback",
        "test_announcing.py::TestThrow",
        "test_dishonest_draws.py::a_reveal_that_the_draw_forgets",
        "test_dishonest_draws.py::a_fallback_although_all_revealed",
        "test_dishonest_draws.py::a_reveal_after_the_deadline",
    ),
    "Below 2^32 equally likely outcomes a beacon is refused as the only source": (
        "test_beacons.py::TestSpecification",
        "test_announcing.py::TestSources",
    ),
    "Each beacon yields 32 bytes and states its entropy": (
        "test_beacons.py::TestSpecification",
        "test_beacons.py::TestEvidence",
    ),
    "local: works everywhere, marked as to be trusted": (
        "test_announcing.py::test_what_must_be_trusted_is_said_from_the_freeze_on",
        "test_reporting.py",
    ),
    "The randomness of every campaign, and of every round of one, is fresh": ("test_fresh_beacons.py",),
    # Draw
    "The seed is that of the frozen entry's leaf hash and the beacon's output": (
        "test_draw.py::test_the_seed_binds_the_frozen_entry_and_the_beacon",
        "test_dishonest_draws.py::another_seed",
        "test_dishonest_draws.py::another_output",
        "test_dishonest_draws.py::a_frame_that_was_sealed_again_after_the_draw",
    ),
    "In each stratum the quota's smallest tickets are drawn; ties go by slot bytes": (
        "test_draw.py::test_each_stratum_gives_its_quota_and_every_slot_is_drawn_or_in_reserve",
        "test_draw.py::test_the_drawing_is_the_one_that_was_computed_by_hand",
        "test_draw.py::TestUniformity",
        "test_dishonest_frames.py::a_smaller_quota",
    ),
    "The public list is ascending; reserves and order stay sealed": (
        "test_drawing.py::test_what_is_published_is_the_ascending_list_of_positions_alone",
        "test_dishonest_draws.py::reserves_in_another_order",
        "test_dishonest_draws.py::a_stratum_without_reserves",
        "test_position_lists.py",
    ),
    "The drawn list is what the tickets give": (
        "test_dishonest_draws.py::a_position_that_the_tickets_do_not_give",
        "test_dishonest_draws.py::a_drawn_position_left_out",
        "test_dishonest_draws.py::a_position_drawn_too_much",
        "test_dishonest_draws.py::test_another_published_list_of_positions_is_found",
    ),
    "A frozen campaign whose quorum was in time is always drawn": (
        "test_voiding.py::TestBeforeTheBeacon",
        "test_freezing.py::test_a_campaign_that_has_gone_on_is_not_frozen_again",
        "test_dishonest_draws.py::a_draw_that_was_left_lying_and_repeated",
    ),
    "It may be voided only before its beacon or after its draw is logged, by two persons with a reason": (
        "test_voiding.py::TestBeforeTheBeacon",
        "test_voiding.py::TestAfterTheDraw",
        "test_voiding.py::TestTheReason",
        "test_voiding.py::TestWitnesses",
        "test_voiding.py::test_a_dishonest_void_is_found",
    ),
    "A re-freeze names what it replaces": ("test_voiding.py::TestTryingAgain", "test_voiding.py::unnamed"),
    "Overlapping frozen campaigns on the same items are refused": (
        "test_freezing.py::test_two_frozen_campaigns_over_the_same_matters_and_enterprises_are_refused",
        "test_freezing.py::test_campaigns_that_do_not_overlap_are_frozen_side_by_side",
    ),
    "One frozen frame, one beacon, one draw": (
        "test_drawing.py::test_a_campaign_is_drawn_once",
        "test_drawing.py::test_of_two_draws_at_once_one_is_refused",
        "test_dishonest_draws.py::a_freeze_that_was_done_again",
        "test_dishonest_draws.py::a_draw_that_was_done_again",
    ),
    "The first tickets of every stratum are the uniform slice, marked in the design": (
        "test_drawing.py::test_each_stratum_gives_its_quota_and_the_first_tickets_the_uniform_slice",
        "test_dishonest_frames.py::another_uniform_slice",
        "test_dishonest_draws.py::another_design_for_evaluation",
    ),
    "Keys and strata were fixed before the seed existed": (
        "test_dishonest_draws.py::a_frame_that_was_sealed_again_after_the_draw",
        "test_dishonest_draws.py::a_freeze_after_its_beacon",
        "test_dishonest_frames.py::an_enterprise_in_a_milder_stratum",
    ),
    "Who froze a frame cannot leave it lying unseen": (
        "test_reporting.py::test_a_frame_that_lies_undrawn_though_its_beacon_came_is_told",
        "test_dishonest_draws.py::a_draw_that_was_left_lying_and_repeated",
    ),
    # Match
    "Inspectors are assigned by an algorithm seeded with seed and match key": (
        "test_assigning.py",
        "test_matching.py",
        "test_dishonest_visits.py::another_inspector",
    ),
    "A re-match takes a later beacon, named in the entry that records its cause": (
        "test_rematching.py::test_a_dishonest_re_match_is_found",
        "test_rematching.py::test_nothing_decides_before_the_beacon_or_without_a_cause",
    ),
    "They are eligible, not recused, enough for a team and not overloaded": (
        "test_assigning.py",
        "test_pools.py",
        "test_matching.py::test_every_team_is_full_possible_and_under_caps",
        "test_dishonest_visits.py::another_inspector",
    ),
    # Visit, find, publish
    "Names stay sealed until their findings are published": (
        "test_secrecy.py::test_before_publication_nobody_is_named",
        "test_findings.py::test_nobody_who_is_not_of_the_team_learns_whether_an_enterprise_was_drawn",
    ),
    "A published finding opens its slot's identity and nothing of its stratum": (
        "test_findings.py::test_a_disclosure_says_what_was_found_and_opens_its_slot",
        "test_secrecy.py::test_a_disclosure_opens_the_code_and_neither_stratum_nor_key",
        "test_dishonest_visits.py::a_finding_of_an_enterprise_that_was_not_drawn",
        "test_dishonest_visits.py::a_finding_under_another_code",
    ),
    "Every drawn position is opened by its deadline or reported overdue": (
        "test_campaigns.py::test_what_is_unpublished_after_the_period_is_reported_as_overdue",
        "test_reporting.py::test_overdue_positions_are_told_before_the_close_and_after_it",
        "test_dishonest_visits.py::an_overdue_position_that_is_kept_quiet",
    ),
    "The frame stands after freezing: what changed since is the visit's result": (
        "test_freezing.py::test_what_changes_after_the_freeze_changes_nothing_of_the_draw",
        "test_dishonest_frames.py::a_registration_that_came_in_before_the_freeze_changed_after_it",
    ),
    "Cannot be contacted is a finding, not a replacement": (
        "test_findings.py::test_each_official_result_is_a_finding_also_that_nobody_was_met",
        "test_replacements.py::TestReplacing",
        "test_replacements.py::for_what_a_visit_finds",
    ),
    "A replacement is a sealed entry, of the next reserve of the same stratum": (
        "test_replacements.py::TestTheNextReserve",
        "test_replacements.py::TestReplacing",
        "test_replacements.py::test_a_dishonest_replacement_is_found",
    ),
    "Positions of used reserves appear once, at close, as one ascending list, tied to nobody": (
        "test_replacements.py::TestClosing",
        "test_replacements.py::another_list_of_reserves",
        "test_replacements.py::published_before_the_close",
    ),
    "The log holds commitments to findings alone; what is shown beside it ends at retention": (
        "test_secrecy.py::test_the_log_names_no_enterprise_and_no_inspector",
        "test_retention.py::test_whoever_reads_what_is_gone_is_told_or_finds_nothing",
    ),
    "Anybody sees that a published enterprise was fixed before the seed and is listed as drawn": (
        "test_public_checks.py",
        "../api/test_public_verification.py",
    ),
    # Prove
    "Auditors receive all openings and re-compute everything": (
        "test_verification.py",
        "test_dishonest_frames.py::test_a_forgery_is_found_and_named",
        "test_dishonest_beacons.py::test_a_forgery_is_found_and_named",
    ),
    "A verdict becomes an entry and stands alone; until then the draw is not attested": (
        "test_attesting.py::test_a_verdict_becomes_an_entry_that_everybody_sees",
        "test_verdicts.py",
    ),
    "docs/draw.md says every byte, with vectors, and a second implementation shows that it is enough": (
        "../test_vectors.py",
        "../test_draw_document.py",
        "test_sealed_plans.py::test_both_verifiers_take_the_same_for_a_plan",
    ),
    # Inference
    "Freezing above the bound is refused": (
        "test_freezing.py::test_a_design_that_tells_too_much_is_refused",
        "test_inference.py::test_a_design_at_the_bound_is_let_through_and_above_it_refused",
    ),
    "Rates of 0 or 1 that depend on a grade are refused, small strata merged, small frames no campaign": (
        "test_strata.py",
        "test_dishonest_frames.py::strata_that_should_have_been_merged",
        "test_dishonest_frames.py::limits_that_forbid_the_draw",
    ),
    "A rule that is equal for all excludes, and may": (
        "test_campaigns.py::test_who_was_drawn_this_year_stands_in_the_next_frame_without_a_chance",
        "test_frequency.py",
        "test_dishonest_frames.py::test_a_rule_of_once_a_year_that_was_bent_is_found",
    ),
    "Past visits may choose an enterprise's stratum, never its ticket": (
        "test_designs.py::test_who_was_visited_may_be_drawn_at_another_rate",
        "test_draw.py::test_a_ticket_is_the_hash_of_seed_and_key",
        "test_frequency.py::test_who_was_visited",
    ),
    # Attacks
    "Against a late freeze": (
        "test_witnessing.py::TestVerifying",
        "test_freezing.py::test_a_beacon_that_falls_before_the_freeze_is_refused",
        "test_dishonest_draws.py::a_freeze_after_its_beacon",
    ),
    "Against a forked freeze": (
        "test_dishonest_draws.py::a_freeze_that_was_done_again",
        "../ledger/test_witness.py::test_a_fork_is_answered_422",
        "../ledger/test_following.py::test_a_fork_is_reported_with_both_signed_notes_which_prove_it",
    ),
    "Against a void after the beacon is known": (
        "test_voiding.py::after_the_beacon",
        "test_voiding.py::after_a_reveal",
        "test_public_checks.py::test_a_void_after_the_beacon_and_before_the_draw_is_found",
    ),
    "Against a frame that leaves out an enterprise or doubles it": (
        "test_dishonest_frames.py::an_enterprise_left_out_of_the_frame",
        "test_dishonest_frames.py::an_enterprise_with_two_slots",
        "test_dishonest_frames.py::two_slots_with_one_ticket_key",
    ),
    "Against a stratum of one": (
        "test_strata.py::test_a_small_stratum_is_merged_towards_less_risk_under_its_parts_highest_rate",
        "test_strata.py::test_a_quota_that_rounds_up_to_the_whole_stratum_is_refused",
        "test_dishonest_frames.py::limits_that_let_a_stratum_of_one_stand",
    ),
    "Against a guessable beacon": (
        "test_beacons.py::TestSpecification",
        "test_fresh_beacons.py::test_a_commitment_that_an_earlier_entry_named_is_found",
        "test_dishonest_beacons.py::test_a_forgery_is_found_and_named",
    ),
    "Against a withheld reveal": (
        "test_drawing.py::test_whoever_withholds_hands_the_decision_to_the_fallback",
        "test_beacons.py::TestEvidence",
        "test_dishonest_draws.py::a_reveal_that_the_draw_forgets",
    ),
    "Against a listed position that the tickets do not give": (
        "test_dishonest_draws.py::a_position_that_the_tickets_do_not_give",
        "test_dishonest_draws.py::test_another_published_list_of_positions_is_found",
        "test_public_checks.py",
    ),
}


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_shown_by_tests_that_exist(rule: str) -> None:
    assert RULES[rule]
    for place in RULES[rule]:
        file, _, name = place.partition("::")
        assert not name or name in names_in(file), place
        assert names_in(file)
