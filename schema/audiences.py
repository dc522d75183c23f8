"""Who may do what on the staff side: the permission table, as ARCHITECTURE.md shows it (权限表).

The use cases decide, each for itself; this is what they decide, in one place. tests/api/test_permissions.py asks every
cell over HTTP, so that neither says more than the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

from ledger.actors import Role

LETTERS: Final[Mapping[str, Role]] = {
    "P": Role.PLANNER,
    "I": Role.INSPECTOR,
    "N": Role.ANALYST,
    "U": Role.AUDITOR,
    "A": Role.ADMINISTRATOR,
    "D": Role.PEER,
}


class Rows(Enum):
    """Whose rows somebody of a department reaches. Who is of none, and an auditor, reaches those of all."""

    BUREAU = "all"
    OWN = "—"
    JOINT = "joint campaigns"
    SELF = "self"
    VISITED = "all, to inspectors of own visits"
    SCOPED = "those of no department"
    SHARED = "those of no department; joint campaigns"
    WHOLE = "—; it is for whoever is of no department"
    OFFERED = "all, to peers its own"
    NAMED = "whom the ceremony names; of public numbers joint campaigns"


@dataclass(frozen=True)
class Rule:
    """Which roles may ask for a field of Query or Mutation, and whose rows it reaches."""

    roles: frozenset[Role]
    rows: Rows


def _declared(*groups: tuple[str, Rows, str]) -> dict[str, Rule]:
    return {
        name: Rule(frozenset(LETTERS[letter] for letter in letters), rows)
        for letters, rows, names in groups
        for name in names.split()
    }


MUTATIONS: Final = _declared(
    ("P", Rows.BUREAU, "draftNotice enterDeliveryReceipt exportDeliveries resendDeliveries"),
    ("P", Rows.JOINT, "reviewFinding"),
    (
        "P",
        Rows.OWN,
        "adoptAnnualPlan answerPunishment answerQuestion answerTransfer changePlan closeCampaign confirmReplacement "
        "confirmVoid decideCorrection decideObjection decidePunishment decideRepair draftAnnualPlan drawCampaign "
        "endPunishment enterBeaconRound freezeCampaign matchCampaign planCampaign planSpecialCheck "
        "proposeAnswer proposeDecision "
        "proposePunishment proposeRepair proposeReplacement proposeVoid publishFindings publishNotice "
        "rematchCampaign reopenMatch revealBeacon sendTransfer setObjectionAside setQuestionAside withdrawAnswer "
        "withdrawNotice",
    ),
    ("PI", Rows.JOINT, "issueNotice settleConflict"),
    ("PI", Rows.OWN, "proposeCorrection"),
    ("PINUA", Rows.BUREAU, "verifyBundle"),
    (
        "PINUA",
        Rows.SELF,
        "beginSecondFactor changePassword confirmSecondFactor markMessagesRead setMailAddress signOut",
    ),
    ("PINUAD", Rows.SELF, "cancelJob"),
    ("PIU", Rows.NAMED, "confirmBeaconValues enterBeaconValues"),
    ("PNAD", Rows.OFFERED, "importFile importRows"),
    ("NA", Rows.SCOPED, "draftModel enforceModel importProvincialModel retireModel reviewModel"),
    ("PNU", Rows.JOINT, "fileCampaignReport"),
    ("PNU", Rows.OWN, "fileAnnualReport"),
    ("PNA", Rows.BUREAU, "pullSource"),
    ("PA", Rows.BUREAU, "queueBacklog"),
    ("I", Rows.JOINT, "confirmFinding keepEvidence recogniseInspection recordFinding recordRecheck"),
    ("N", Rows.SCOPED, "confirmJudgement proposeJudgement withdrawJudgement"),
    ("N", Rows.SHARED, "acknowledgeWarnings dismissWarnings"),
    ("N", Rows.WHOLE, "exportTrainingData"),
    ("NU", Rows.SCOPED, "checkModel compareModels"),
    ("NU", Rows.SHARED, "fileQuarterlyReport"),
    ("NU", Rows.OWN, "analyseIndicators checkProvincialModel evaluateCampaign evaluatePeriod learnModel"),
    ("NA", Rows.BUREAU, "gradeEnterprises raiseWarnings"),
    ("U", Rows.JOINT, "exportBundle"),
    ("UA", Rows.BUREAU, "auditDatabase submitVerdict"),
    (
        "A",
        Rows.BUREAU,
        "addCalendarYear addPlatform addSource confirmExpiry proposeExpiry registerAuditor stateLogComplete "
        "tendPublications withdrawAuditor withdrawExpiry",
    ),
    (
        "A",
        Rows.OWN,
        "addClient addDepartment addUser changeUser closeDepartment disableUser enableUser inviteUser "
        "inviteUserAgain renameDepartment reopenDepartment resetSecondFactor rotateClientSecret",
    ),
)
QUERIES: Final = _declared(
    ("P", Rows.BUREAU, "conditionsPreview gradeScale"),
    ("P", Rows.SHARED, "warningsToPlan"),
    ("PINUA", Rows.VISITED, "inspectionsElsewhere"),
    ("PNUAD", Rows.OFFERED, "sources unreadableSources"),
    ("PNU", Rows.SCOPED, "gradeDistribution gradeMigration"),
    ("NU", Rows.SCOPED, "grade gradeHistory"),
    ("NUA", Rows.SCOPED, "model models"),
    ("P", Rows.OWN, "campaignOverlap planPreview"),
    ("PINU", Rows.JOINT, "conflicts evidence findings proceedings recognitions visitForm visits"),
    ("PINUA", Rows.BUREAU, "calendarYears logHold"),
    ("PINUA", Rows.JOINT, "annualPlan annualProgress campaigns"),
    ("PINUA", Rows.SELF, "inbox mailAddress"),
    ("PINUAD", Rows.BUREAU, "auditors departments divisions findDivisions items ledger"),
    ("PINUAD", Rows.SELF, "job jobs me node nodes"),
    ("UA", Rows.OWN, "gradeReadings user userChanges users"),
    ("PNU", Rows.JOINT, "campaign campaignProgress checklist publicationDeadlines"),
    (
        "PNUA",
        Rows.BUREAU,
        "coverage deliveries enterprise enterprises exchangeCompleteness exchangeStatus "
        "keptApart keptApartCounts platforms reconciliation",
    ),
    ("PNUA", Rows.OWN, "inspectors objects"),
    ("PU", Rows.OWN, "notice notices objection objections publicWork question questions"),
    ("N", Rows.BUREAU, "resolvedPseudonyms"),
    ("NU", Rows.BUREAU, "outsideGrades"),
    ("NU", Rows.SCOPED, "judgements"),
    ("NU", Rows.SHARED, "warning warningPrecision warnings"),
    ("NU", Rows.OWN, "campaignEvaluation indicatorAnalysis periodEvaluation"),
    ("U", Rows.BUREAU, "deviations"),
    ("UA", Rows.BUREAU, "documents system"),
    ("UD", Rows.BUREAU, "recognisableFindings"),
)

SUBSCRIPTIONS: Final = _declared(
    ("PINU", Rows.JOINT, "findings"),
    ("PINUAD", Rows.BUREAU, "ledgerEntries"),
    ("PINUAD", Rows.SELF, "job"),
    ("PNU", Rows.JOINT, "draw"),
)

AGAIN: Final = ("node", "nodes")
"""What finds again, by its id, what its query gives to who may ask that."""

EDGES: Final = _declared(
    ("P", Rows.OWN, "StaffCampaign.preview"),
    ("PU", Rows.OWN, "StaffCampaign.replacementProposal"),
    ("PU", Rows.JOINT, "StaffCampaign.waitingFor StaffCampaign.predictableAssignments"),
)
"""Fields of other types that fewer may ask for than may ask for what leads to them."""

OPERATIONS: Final[Mapping[str, Mapping[str, Rule]]] = {
    "query": QUERIES,
    "mutation": MUTATIONS,
    "subscription": SUBSCRIPTIONS,
}


def reached(schema: GraphQLSchema) -> dict[str, frozenset[Role]]:
    """Return by object type the roles that some way leads to it: from a query that they may ask, edge by edge."""
    found: dict[str, set[Role]] = {}
    fields = {} if schema.query_type is None else schema.query_type.fields
    for name, rule in QUERIES.items():
        if name in AGAIN:
            continue
        waiting = [(each, rule.roles) for each in objects(schema, fields[name].type)]
        while waiting:
            current, roles = waiting.pop()
            if roles <= found.setdefault(current.name, set()):
                continue
            found[current.name] |= roles
            for field, definition in current.fields.items():
                edge = EDGES.get(f"{current.name}.{field}")
                left = roles if edge is None else roles & edge.roles
                waiting += [(each, left) for each in objects(schema, definition.type)]
    return {name: frozenset(roles) for name, roles in found.items()}


def objects(schema: GraphQLSchema, kind: object) -> Iterator[GraphQLObjectType]:
    """Give the object types that a field of a type may give."""
    named: GraphQLNamedType = get_named_type(kind)  # type: ignore[call-overload]
    if isinstance(named, GraphQLObjectType):
        yield named
    elif isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        yield from schema.get_possible_types(named)
