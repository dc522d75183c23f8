"""Visits and what they found, before and after publication (检查与结果)."""

from datetime import date
from enum import Enum

import strawberry

from sampling import findings
from sampling.assigning import Visit
from schema.connections import Keyset
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC


@strawberry.type(description="An inspector's place in a team (检查组成员).")
class TeamMember:
    """A member of a team."""

    role: str = strawberry.field(description="The place: lead, or member and a number (分工).")
    certificate: str = strawberry.field(description="The inspector's certificate number (证件号).")


@strawberry.type(
    name="Visit", description="A drawn enterprise with its team: sealed until its finding is published (检查任务)."
)
class VisitAnswer:
    """A visit."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    enterprise_name: str = strawberry.field(description="Its name (企业名称).")
    address: str = strawberry.field(description="Where it is (地址).")
    team: list[TeamMember] = strawberry.field(description="Who visits; empty before the matching (检查组).")

    @classmethod
    def of(cls, visit: Visit) -> "VisitAnswer":
        """Make the answer of a visit."""
        return cls(
            campaign_code=visit.campaign,
            position=visit.position,
            enterprise_code=USCC(visit.enterprise),
            enterprise_name=visit.name,
            address=visit.address,
            team=[TeamMember(role=role, certificate=certificate) for role, certificate in visit.team],
        )


VISITS: Keyset[Visit] = Keyset("visits", (str, int), lambda visit: (visit.campaign, visit.position))


@strawberry.enum(description="How far a finding has come (结果状态).")
class FindingState(Enum):
    """The states."""

    RECORDED = strawberry.enum_value("recorded", description="Waits for review (待审核).")
    RETURNED = strawberry.enum_value("returned", description="To be recorded anew (已退回).")
    APPROVED = strawberry.enum_value("approved", description="May be published (已审核).")
    PUBLISHED = strawberry.enum_value("published", description="Published (已公示).")


@strawberry.type(description="What a visit found, as staff see it (检查结果).")
class RecordedFinding:
    """The newest version of a finding."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    version: int = strawberry.field(description="Its version, from 1 (版本).")
    state: FindingState = strawberry.field(description="How far it has come.")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    facts: str = strawberry.field(description="The facts in words; never published (检查情况).")
    recorded_by: str = strawberry.field(description="Who recorded it (录入人).")

    @classmethod
    def of(cls, found: findings.Finding) -> "RecordedFinding":
        """Make the answer of a finding."""
        return cls(
            campaign_code=found.campaign,
            position=found.position,
            enterprise_code=USCC(found.enterprise),
            version=found.version,
            state=FindingState(found.state),
            visited_on=found.visited,
            results=[ResultAnswer.of(each) for each in found.results],
            follow_up=FollowUpAnswer.of(found.follow_up),
            facts=found.facts,
            recorded_by=found.recorded_by,
        )


RECORDED: Keyset[findings.Finding] = Keyset("recorded findings", (int,), lambda found: (found.position,))
