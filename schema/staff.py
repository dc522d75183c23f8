"""The staff schema: everything of the flow. The use cases decide who may; the schema only hides."""

import strawberry

from schema.building import make_schema
from schema.context import Info
from schema.decorators import field
from schema.nodes import Node, NodeId, NodeIds, ReadFor, find, find_one
from schema.staff_mutations.annual_plans import AnnualPlanMutations
from schema.staff_mutations.attesting import AttestingMutations
from schema.staff_mutations.beacons import BeaconMutations
from schema.staff_mutations.campaigns import CampaignMutations
from schema.staff_mutations.checking import CheckingMutations
from schema.staff_mutations.departments import DepartmentMutations
from schema.staff_mutations.evaluation import EvaluationMutations
from schema.staff_mutations.exchange import ExchangeMutations
from schema.staff_mutations.expiry import ExpiryMutations
from schema.staff_mutations.findings import FindingMutations
from schema.staff_mutations.holds import HoldMutations
from schema.staff_mutations.inbox import InboxMutations
from schema.staff_mutations.judgements import JudgementMutations
from schema.staff_mutations.learning import LearningMutations
from schema.staff_mutations.models import ModelMutations
from schema.staff_mutations.provincial import ProvincialMutations
from schema.staff_mutations.publications import PublicationMutations
from schema.staff_mutations.publicity import PublicityMutations
from schema.staff_mutations.records import RecordMutations
from schema.staff_mutations.reports import ReportMutations
from schema.staff_mutations.users import UserMutations
from schema.staff_mutations.visits import VisitMutations
from schema.staff_mutations.warnings import WarningMutations
from schema.staff_queries.campaigns import CampaignQueries
from schema.staff_queries.evaluation import EvaluationQueries
from schema.staff_queries.exchange import ExchangeQueries
from schema.staff_queries.grades import GradeQueries
from schema.staff_queries.models import ModelQueries
from schema.staff_queries.operation import OperationQueries
from schema.staff_queries.own import OwnQueries
from schema.staff_queries.provincial import ProvincialQueries
from schema.staff_queries.publications import PublicationQueries
from schema.staff_queries.publicity import PublicityQueries
from schema.staff_queries.records import RecordQueries
from schema.staff_queries.registers import RegisterQueries
from schema.staff_queries.users import UserQueries
from schema.staff_queries.visits import VisitQueries
from schema.staff_queries.warnings import WarningQueries
from schema.staff_subscriptions import Subscription
from schema.staff_types.files import UPLOADS
from schema.staff_types.nodes import STAFF


@strawberry.type(description="What staff may ask (内部查询).")
class Query(
    RegisterQueries,
    GradeQueries,
    RecordQueries,
    ModelQueries,
    CampaignQueries,
    VisitQueries,
    PublicationQueries,
    PublicityQueries,
    OwnQueries,
    OperationQueries,
    EvaluationQueries,
    ExchangeQueries,
    ProvincialQueries,
    UserQueries,
    WarningQueries,
):
    """The staff's queries."""

    @field("The object with an id; nothing where you may not see it (按标识查找).")
    async def node(self, info: Info, id: NodeId, purpose: ReadFor = None) -> Node | None:  # noqa: A002
        """Find a node."""
        return await find_one(info, STAFF, id, purpose or "")

    @field("The objects with ids, in their order; nothing for each that you may not see (按标识批量查找).")
    async def nodes(self, info: Info, ids: NodeIds, purpose: ReadFor = None) -> list[Node | None]:
        """Find nodes."""
        return await find(info, STAFF, ids, purpose or "")


@strawberry.type(description="What staff may do (内部操作).")
class Mutation(
    ModelMutations,
    LearningMutations,
    JudgementMutations,
    RecordMutations,
    AnnualPlanMutations,
    CampaignMutations,
    BeaconMutations,
    FindingMutations,
    VisitMutations,
    InboxMutations,
    PublicationMutations,
    ReportMutations,
    PublicityMutations,
    CheckingMutations,
    AttestingMutations,
    ExpiryMutations,
    HoldMutations,
    EvaluationMutations,
    ExchangeMutations,
    ProvincialMutations,
    UserMutations,
    DepartmentMutations,
    WarningMutations,
):
    """The staff's mutations."""


schema = make_schema("staff", Query, Mutation, Subscription, UPLOADS)
