"""What the visits of the sample's campaign find."""

from typing import Final

from api.sample.chance import below
from scoring.results import FollowUp, Result

# In parts of a hundred: most find nothing; of the rest, most cannot be contacted.
OUTCOMES: Final = (
    (83, Result.NO_PROBLEM, FollowUp.NONE, ""),
    (90, Result.UNREACHABLE, FollowUp.STOPPED, "按登记的住所（经营场所）无法联系。（合成样本）"),
    (95, Result.CORRECTED, FollowUp.CORRECTION, "现场发现一般问题，已责令改正并复查。（合成样本）"),
    (97, Result.NOT_DISCLOSED, FollowUp.CORRECTION, "未按规定公示应当公示的信息。（合成样本）"),
    (99, Result.OTHER_VIOLATION, FollowUp.CASE, "涉嫌违反有关管理规定，线索已移送。（合成样本）"),
    (100, Result.CLOSED, FollowUp.NONE, "企业已关闭停业。（合成样本）"),
)


def outcome(enterprise: str) -> tuple[Result, FollowUp, str]:
    """Return the result at an enterprise, what follows and the facts, the same in every trial that visits it."""
    part = below(100, "outcome", enterprise)
    return next((result, follow_up, facts) for limit, result, follow_up, facts in OUTCOMES if part < limit)
