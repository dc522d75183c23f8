"""What staff may ask of visits and what they found (检查)."""

import strawberry

from sampling.visits.checklists import checklist
from sampling.visits.evidence import files_of
from sampling.visits.noticing import visible_form
from sampling.visits.settling import conflicts
from schema.connections import After, Before, Connection, First, Last, Paging
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.staff_mutations.arguments import CampaignCode, EnterpriseCode
from schema.staff_types.campaigns import recorded_findings, visits
from schema.staff_types.filters import WhichRecorded, WhichVisits
from schema.staff_types.findings import RecordedBy, RecordedFinding, VisitAnswer, VisitsBy
from schema.staff_types.visits import Checklist, EvidenceFile, FindingConflict, OfForm, VisitForm


@strawberry.type
class VisitQueries:
    """Visits."""

    @field("Whom to visit: an inspector's own visits, or those of the campaigns that you may see (检查任务).")
    async def visits(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichVisits = None,
        order: VisitsBy = None,
    ) -> Connection[VisitAnswer] | None:
        """Return a page of visits."""
        return await visits(info, Paging(first, after, last, before), where, order)

    @field("A campaign's findings by position; an inspector's own (检查结果).")
    async def findings(
        self,
        info: Info,
        campaign: CampaignCode,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichRecorded = None,
        order: RecordedBy = None,
    ) -> Connection[RecordedFinding] | None:
        """Return a page of findings."""
        return await recorded_findings(info, Paging(first, after, last, before), campaign, where, order)

    @field("The check points of a campaign's items, by code (检查要点).")
    async def checklist(self, info: Info, campaign: CampaignCode) -> list[Checklist] | None:
        """Return the checklist."""
        found = await read_as_staff(info, lambda tx, actor: checklist(tx, actor, campaign))
        return [Checklist.of(code, named) for code, named in found.items()]

    @field("A form of a visit with its number, and nothing where none was issued yet (检查文书).")
    async def visit_form(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode, kind: OfForm
    ) -> VisitForm | None:
        """Return a form."""
        form = await read_as_staff(info, lambda tx, actor: visible_form(tx, actor, campaign, enterprise, kind))
        return None if form is None else VisitForm.of(form)

    @field("The evidence of a visit, in the order in which it came (证据).")
    async def evidence(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode
    ) -> list[EvidenceFile] | None:
        """Return the files."""
        found = await read_as_staff(info, lambda tx, actor: files_of(tx, actor, campaign, enterprise))
        return [EvidenceFile.of(each) for each in found]

    @field("What was handed in later although another account stood, open or settled (离线冲突).")
    async def conflicts(self, info: Info, campaign: CampaignCode) -> list[FindingConflict] | None:
        """Return the conflicts."""
        found = await read_as_staff(info, lambda tx, actor: conflicts(tx, actor, campaign))
        return [FindingConflict.of(each) for each in found]
