"""The one map of prices, by type and field, for both schemas.

A cost of 1 is about an object that stands in the answer: some ten microseconds of the server. A field that reads by
itself costs more, and one that writes or computes much, much more. What a field costs it costs for each object that has
it, so that connections within connections multiply. Values (texts, numbers, lists of them) cost nothing of their own,
unless the map says so. Every list that is no connection has an expected length here; a test finds one that has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schema.connections import MOST

OBJECT: Final = 1
READ: Final = 10
HEAVY: Final = 1000
WRITE: Final = 100
JOB: Final = 500
"""A mutation that leaves work to a worker, which costs far more than asking for it."""
SUBSCRIPTION: Final = 200
"""A subscription and its first event; each further event costs as a field that reads, with what is asked of it."""


@dataclass(frozen=True)
class Price:
    """A field's price.

    `cost` is what it costs beside its objects; `length` how many a list is expected to have. Where `sized_by` names
    arguments, the greatest of them says how many instead: a number, or the length of a list.
    """

    cost: int = 0
    length: int = 1
    sized_by: tuple[str, ...] = ()


PAGE: Final = Price(READ, MOST, ("first", "last"))
"""A connection: its page has as many places as `first` or `last` says."""

PAGED: Final = ("edges", "nodes")
"""The fields of a connection that are as long as its page."""

ROOTS: Final[Mapping[str, int]] = {"Query": READ, "Mutation": WRITE, "Subscription": SUBSCRIPTION}
"""What a field of a root costs that the map does not name."""

LENGTHS: Final[Mapping[str, int]] = {
    # How many objects of a type a list of them is expected to have.
    **dict.fromkeys(
        (
            *(
                "AnnualPlanVersion",
                "Attestation",
                "Auditor",
                "Burden",
                "Captured",
                "CodeBefore",
                "Department",
                "Design",
            ),
            *("DeliveryReceipt", "DepartmentProgress", "Domain", "Entry", "EvidenceFile", "ExclusionCount"),
            *(
                "FailedFile",
                "FindingConflict",
                "FiredRule",
                "FrequencyRule",
                "GradeCoverage",
                "GradeLevel",
                "GradeStep",
            ),
            *("ImportedFile", "Inference", "InspectionElsewhere", "LackingCount", "LeftOut", "LeftOutCount"),
            *(
                "LinkedPenalty",
                "LogKey",
                "LogWitness",
                "InspectedItem",
                "ModelStep",
                "NameBefore",
                "Note",
                "OutsideGrade",
                "OutsideGradeInReasons",
                "Participant",
            ),
            *("Party", "PastCampaign", "PastVisits", "PendingVisits", "PlanDeviation", "Platform", "PlatformStatus"),
            *("Prevalence", "ProceedingStep", "ProvedEntry", "PublicNumbers", "Rate", "RecordSource", "RefusedRows"),
            *(
                "Result",
                "ResultFile",
                "RoleLoad",
                "ScoreBand",
                "SeenVisit",
                "SharedParty",
                "SubmissionStep",
                "TeamMember",
                "TeamRole",
            ),
            *("UnreadableSource", "UpheldCorrection", "VisitForm", "WaitingCount", "WarningStep"),
        ),
        5,
    ),
    **dict.fromkeys(
        (
            *("AnnualLine", "AnnualProgress", "AuditFault", "CalendarYear", "CheckAnswer", "Checklist", "Correlation"),
            *("CoverageCell", "DesignRule", "Deviation", "ExchangeMonth", "Exclusion", "Grade", "GradeCount"),
            *("GradeMove", "IndicatorBin", "IndicatorEvidence", "IndicatorPoints", "InspectorProgress"),
            *("InspectorStringency", "Item", "MatrixCell", "ModelRemark", "Programme", "ProgrammeLine", "Recognition"),
            *("FindingCount", "Source", "Stratum", "VerificationCheck", "UserChange", "WarningPrecision"),
        ),
        20,
    ),
    **dict.fromkeys(
        (
            *("ExpiringDocument", "InboxMessage", "PredictableAssignment", "PublicationDeadline", "ReconciliationRow"),
            "ResolvedPseudonym",
            "Setting",
        ),
        100,
    ),
}

FIELDS: Final[Mapping[str, Price]] = {
    # Introspection tells all of a schema, some thousands of objects.
    "Query.__schema": Price(5000),
    "Query.__type": Price(200),
    "Query.node": Price(READ),
    "Query.nodes": Price(READ, MOST, ("ids",)),
    # The ledger: proofs hash a path of the tree, and long lists of positions may come from files.
    "Ledger.entry": Price(READ),
    "Ledger.inclusionProof": Price(2 * READ),
    "Ledger.consistencyProof": Price(2 * READ),
    "Campaign.proof": Price(10 * READ, 1),
    "Campaign.drawnPositions": Price(2 * READ),
    "Campaign.overduePositions": Price(2 * READ),
    "Campaign.replacedPositions": Price(2 * READ),
    "Campaign.substitutePositions": Price(2 * READ),
    "Campaign.replacedBy": Price(READ),
    "Campaign.publishedCount": Price(READ),
    "Campaign.witnesses": Price(READ),
    "Campaign.departments": Price(READ, 5),
    "Campaign.items": Price(READ, 20),
    "Campaign.attestations": Price(READ, 5),
    "ProgrammeLine.departments": Price(0, 5),
    "ProgrammeLine.items": Price(0, 10),
    # What a plan would give is computed over the whole register.
    "StaffCampaign.preview": Price(HEAVY),
    # Each rule of what must be kept is asked of each document.
    "ExpiringDocument.needed": Price(10 * READ),
    "StaffCampaign.published": Price(READ),
    "Enterprise.tags": Price(READ),
    "StaffCampaign.waitingFor": Price(READ),
    "StaffCampaign.replacementProposal": Price(READ),
    "StaffCampaign.predictableAssignments": Price(HEAVY, 20),
    "Query.divisions": Price(READ, MOST, ("codes",)),
    "Query.findDivisions": Price(READ, 20),
    "Query.figures": Price(HEAVY),
    "Query.conditionsPreview": Price(HEAVY),
    "Query.planPreview": Price(HEAVY),
    "Query.gradeScale": Price(READ),
    "Query.campaignOverlap": Price(HEAVY),
    "Query.campaignEvaluation": Price(5 * HEAVY),
    "Query.periodEvaluation": Price(5 * HEAVY),
    "Query.indicatorAnalysis": Price(10 * HEAVY),
    "Query.gradeMigration": Price(HEAVY),
    "Query.gradeDistribution": Price(HEAVY),
    "Query.coverage": Price(HEAVY),
    "Query.reconciliation": Price(HEAVY, 100),
    "Query.deviations": Price(HEAVY, 20),
    "Query.exchangeCompleteness": Price(10 * READ, 20),
    "Query.resolvedPseudonyms": Price(READ, 100, ("pseudonyms",)),
    "Query.recognitions": Price(10 * READ, 20),
    "Query.campaignProgress": Price(10 * READ),
    "Query.publicWork": Price(10 * READ),
    "Query.visitForm": Price(10 * READ),
    "Query.warningPrecision": Price(10 * READ, 20),
    "Mutation.cancelJob": Price(WRITE),
    "Delivery.receipts": Price(READ, 5),
    "Visit.inspectedElsewhere": Price(READ),
    "RecordedFinding.penalties": Price(READ, 5),
    "StaffSubmission.contact": Price(READ),
}


def connection_named(name: str) -> bool:
    """Tell whether a type of this name is a connection."""
    return name.endswith("Connection")


def priced(owner: str, field: str, named: str, *, is_list: bool, is_leaf: bool) -> Price | None:
    """Return the price of a field of a type; `named` is the type of what it has. None: a list that has no length."""
    known = FIELDS.get(f"{owner}.{field}")
    if known is not None:
        return known
    if connection_named(owner) and field == "totalCount":
        return Price(READ)
    cost = ROOTS.get(owner, 0)
    if connection_named(named):
        return PAGE
    if owner == "Mutation" and named == "JobPayload":
        cost = JOB
    if is_leaf or not is_list:
        return Price(cost)
    if connection_named(owner) and field in PAGED:
        return Price()
    length = LENGTHS.get(named)
    return None if length is None else Price(cost, length)
