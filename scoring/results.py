"""The official result codes of an inspection (检查结果) and what follows it (后续处理).

Their texts are those of the public inspection platforms; the identifiers are ours and never change.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Self

from ledger.errors import Invalid


class Worded(StrEnum):
    """An identifier with its official Chinese text."""

    text: str

    def __new__(cls, identifier: str, text: str = "") -> Self:
        """Make a member of its identifier and its text; called with an identifier alone, the class finds the member."""
        member = str.__new__(cls, identifier)
        member._value_ = identifier
        member.text = text
        return member


class Result(Worded):
    """What a visit found; several may hold together, but `no_problem` stands alone."""

    NO_PROBLEM = "no_problem", "未发现问题"
    UNREACHABLE = "unreachable", "通过登记的住所（经营场所）无法联系"
    CLOSED = "closed", "已关闭停业或正在组织清算"
    UNCOOPERATIVE = "uncooperative", "不配合检查情节严重"
    DEREGISTERED = "deregistered", "注销"
    LICENCE_REVOKED = "licence_revoked", "被吊销"
    REGISTRATION_ANNULLED = "registration_annulled", "被撤销"
    MOVED_AWAY = "moved_away", "迁出"
    NOT_DISCLOSED = "not_disclosed", "未按规定公示应当公示的信息"
    FALSELY_DISCLOSED = "falsely_disclosed", "公示信息隐瞒真实情况、弄虚作假"
    OTHER_VIOLATION = "other_violation", "违反其他管理规定"
    CORRECTED = "corrected", "发现问题经责令已改正"
    NO_SUCH_ACTIVITY = "no_such_activity", "未发现开展本次抽查涉及的经营活动"
    PENDING = "pending", "发现问题待后续处理"


class FollowUp(Worded):
    """What follows a visit."""

    NONE = "none", "无需后续处置"
    STOPPED = "stopped", "停止检查反馈日常监管部门"
    CORRECTION = "correction", "责令改正"
    CASE = "case", "案件线索移送"
    OTHER_DEPARTMENT = "other_department", "抄告其他部门"
    OTHER = "other", "其他"


CONTRADICTING = (
    (Result.UNREACHABLE, Result.UNCOOPERATIVE),
    (Result.UNREACHABLE, Result.CORRECTED),
    (Result.DEREGISTERED, Result.UNCOOPERATIVE),
    (Result.DEREGISTERED, Result.CORRECTED),
)
"""Who cannot be contacted, or is no more, was not met there and corrected nothing on the spot."""

NOT_FOLLOWED_BY = (
    (Result.NO_PROBLEM, FollowUp.CORRECTION),
    (Result.NO_PROBLEM, FollowUp.CASE),
    (Result.PENDING, FollowUp.NONE),
)
"""Where nothing was found, nothing is ordered or transferred; what is to be handled later is not without follow-up."""

NOT_INSPECTABLE = frozenset(
    {
        Result.DEREGISTERED,
        Result.LICENCE_REVOKED,
        Result.REGISTRATION_ANNULLED,
        Result.MOVED_AWAY,
        Result.NO_SUCH_ACTIVITY,
    }
)


def check_results(identifiers: Sequence[str]) -> list[Result]:
    """Return the results of one visit in the official order.

    Raises Invalid `result_missing`, `result_unknown`, `result_twice` or `result_no_problem_with_others`.
    """
    if not identifiers:
        raise Invalid("result_missing")
    for identifier in identifiers:
        if identifier not in list(Result):
            raise Invalid("result_unknown", value=identifier, known=list(Result))
        if identifiers.count(identifier) > 1:
            raise Invalid("result_twice", value=identifier)
    if Result.NO_PROBLEM in identifiers and len(identifiers) > 1:
        raise Invalid("result_no_problem_with_others", value=Result.NO_PROBLEM.text)
    return [result for result in Result if result in identifiers]


def check_outcome(results: Collection[str], follow_up: str) -> None:
    """Check that the results of a visit do not contradict each other or what follows.

    It is for what is recorded here: files of earlier years tell what they tell. Raises Invalid `results_contradict`,
    `follow_up_contradicts`.
    """
    for one, other in CONTRADICTING:
        if one in results and other in results:
            raise Invalid("results_contradict", field="results", one=one.text, other=other.text)
    for result, next_ in NOT_FOLLOWED_BY:
        if result in results and follow_up == next_:
            raise Invalid("follow_up_contradicts", field="follow_up", result=result.text, follow_up=next_.text)


def was_inspectable(results: Collection[str]) -> bool:
    """Tell whether a visit counts in the denominator of a finding rate: some result is more than "there is nobody"."""
    return any(result not in NOT_INSPECTABLE for result in results)


def found_problem(results: Collection[str]) -> bool:
    """Tell whether a visit counts in the numerator of a finding rate."""
    return any(result != Result.NO_PROBLEM and result not in NOT_INSPECTABLE for result in results)
