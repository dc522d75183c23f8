"""How far campaigns have come, as staff see it (任务进度)."""

import strawberry

from sampling.reports import counting, progress
from schema.staff_types.campaigns import StaffCampaignState


@strawberry.type(description="So many of so many (比率).")
class Share:
    """A rate, exactly."""

    part: int = strawberry.field(description="How many (分子).")
    whole: int = strawberry.field(description="Of how many (分母).")
    permille: int | None = strawberry.field(description="In thousandths, rounded down; nothing of none (千分比).")

    @classmethod
    def of(cls, share: counting.Share) -> "Share":
        """Make the answer of a share."""
        return cls(part=share.part, whole=share.whole, permille=share.permille)


@strawberry.type(description="Visits by how far they have come; each counts in all that it has passed (检查数).")
class VisitCounts:
    """Counts of visits."""

    due: int = strawberry.field(description="To be made (应检查).")
    visited: int = strawberry.field(description="With a finding (已检查).")
    recorded: int = strawberry.field(description="With a finding that was not returned (已录入).")
    approved: int = strawberry.field(description="With a finding that passed its review (已审核).")
    published: int = strawberry.field(description="With a published finding (已公示).")
    settled: int = strawberry.field(description="Published, and nothing is left to do (已完结).")
    overdue: int = strawberry.field(description="Not published in time (逾期).")
    completion: Share = strawberry.field(description="The published of the due (完成率).")
    conclusion: Share = strawberry.field(description="The settled of the published (完结率).")

    @classmethod
    def of(cls, counts: counting.Counts) -> "VisitCounts":
        """Make the answer of counts."""
        return cls(
            **vars(counts),
            completion=Share.of(counts.completion),
            conclusion=Share.of(counts.conclusion),
        )


@strawberry.type(description="A department's part of a campaign (部门进度).")
class DepartmentProgress:
    """A department's visits."""

    department_code: str = strawberry.field(description="The department (部门代码).")
    counts: VisitCounts = strawberry.field(description="The visits that its inspectors take part in (检查数).")


@strawberry.type(description="An inspector's part of a campaign (检查人员进度).")
class InspectorProgress:
    """An inspector's visits."""

    certificate: str = strawberry.field(description="The certificate number (证件号).")
    name: str = strawberry.field(description="The name (姓名).")
    department_code: str = strawberry.field(description="The department (部门代码).")
    counts: VisitCounts = strawberry.field(description="The visits of the inspector's teams (检查数).")


@strawberry.type(description="How far a campaign has come, as far as you may know it (任务进度).")
class CampaignProgress:
    """A campaign's progress."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    state: StaffCampaignState = strawberry.field(description="Its state (任务状态).")
    drawn: int | None = strawberry.field(
        description="How many were drawn, replaced ones included; nothing for inspectors (已抽取)."
    )
    total: VisitCounts | None = strawberry.field(description="All its visits; nothing for inspectors (合计).")
    departments: list[DepartmentProgress] = strawberry.field(description="By department, the lead first (分部门).")
    inspectors: list[InspectorProgress] = strawberry.field(description="By inspector (分检查人员).")

    @classmethod
    def of(cls, found: progress.Progress) -> "CampaignProgress":
        """Make the answer of a progress."""
        return cls(
            campaign_code=found.campaign,
            state=StaffCampaignState(found.state),
            drawn=found.drawn,
            total=None if found.total is None else VisitCounts.of(found.total),
            departments=[
                DepartmentProgress(department_code=code, counts=VisitCounts.of(counts))
                for code, counts in found.departments.items()
            ],
            inspectors=[
                InspectorProgress(
                    certificate=each.certificate,
                    name=each.name,
                    department_code=each.department,
                    counts=VisitCounts.of(each.counts),
                )
                for each in found.inspectors
            ],
        )
