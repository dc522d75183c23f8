"""What the visits of the sample's campaign find: more at worse enterprises, so that its evaluation shows something."""

from datetime import date, timedelta
from typing import Final

from api.sample.chance import below, happens
from api.sample.enterprises import number_of, quality_of
from sampling.visits.accounts import Account, Signature, Signed
from scoring.results import FollowUp, Result

PROBLEMS: Final = (60, 180, 400, 700)
"""Visits of a thousand that find something, by quality: one in six of all enterprises."""

# In parts of a hundred of those that find something: most cannot be contacted.
OUTCOMES: Final = (
    (41, Result.UNREACHABLE, FollowUp.STOPPED, "按登记的住所（经营场所）无法联系。（合成样本）"),
    (71, Result.CORRECTED, FollowUp.CORRECTION, "现场发现一般问题，已责令改正并复查。（合成样本）"),
    (83, Result.NOT_DISCLOSED, FollowUp.CORRECTION, "未按规定公示应当公示的信息。（合成样本）"),
    (94, Result.OTHER_VIOLATION, FollowUp.CASE, "涉嫌违反有关管理规定，线索已移送。（合成样本）"),
    (100, Result.CLOSED, FollowUp.NONE, "企业已关闭停业。（合成样本）"),
)

CORRECTION: Final = timedelta(days=15)


def outcome(enterprise: str) -> tuple[Result, FollowUp, str]:
    """Return the result at an enterprise, what follows and the facts, the same in every trial that visits it."""
    if not happens(PROBLEMS[quality_of(number_of(enterprise))], "found", enterprise):
        return Result.NO_PROBLEM, FollowUp.NONE, ""
    part = below(100, "outcome", enterprise)
    return next((result, follow_up, facts) for limit, result, follow_up, facts in OUTCOMES if part < limit)


def told(enterprise: str, visited: date) -> Account:
    """Return what a team tells of its visit of an enterprise."""
    result, follow_up, facts = outcome(enterprise)
    nobody = result in (Result.UNREACHABLE, Result.CLOSED)
    signature = Signature(Signed.NOBODY_THERE, reason=facts) if nobody else Signature(Signed.SIGNED, "样例负责人")
    correct_by = visited + CORRECTION if follow_up is FollowUp.CORRECTION else None
    return Account(visited, (result.value,), follow_up.value, facts, signature, correct_by=correct_by)
