"""What the visits of the sample's campaign find."""

from api.sample.enterprises import Quality, number_of, quality_of
from api.sample.visits import OUTCOMES, outcome
from scoring.codes import make_uscc
from scoring.results import Result, check_results

CODES = [make_uscc("130304", f"PDY{number:05d}") for number in range(1, 2001)]


def test_most_visits_find_no_problem_and_most_of_the_others_nobody() -> None:
    found = [outcome(code)[0] for code in CODES]
    assert 0.80 < found.count(Result.NO_PROBLEM) / len(found) < 0.86
    problems = [result for result in found if result is not Result.NO_PROBLEM]
    assert max(set(problems), key=problems.count) is Result.UNREACHABLE


def test_an_enterprise_is_always_found_as_before() -> None:
    assert [outcome(code) for code in CODES[:3]] == [outcome(code) for code in CODES[:3]]


def test_every_outcome_is_an_official_result() -> None:
    assert all(check_results([result]) == [result] for _, result, _, _ in OUTCOMES)
    assert OUTCOMES[-1][0] == 100


def test_visits_find_more_at_worse_enterprises() -> None:
    shares = []
    for quality in Quality:
        found = [outcome(code)[0] for code in CODES if quality_of(number_of(code)) is quality]
        shares.append(1 - found.count(Result.NO_PROBLEM) / len(found))
    assert shares == sorted(shares)
    assert shares[-1] > 5 * shares[0]
