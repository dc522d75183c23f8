"""How the objects of the staff schema are found again by their ids: as their lists are read, by who may read these."""

from collections.abc import Iterable, Sequence

from ledger import jobs
from ledger.calendar import civil_date
from ledger.windows import Key, Window
from sampling import assigning, campaigns, early_warning, findings, inbox, registers, reporting
from sampling.exchange import peers, platforms, status
from sampling.publication import proceedings
from sampling.publicity import notices, submissions
from sampling.users import managing
from sampling.visits import evidence
from schema.context import Info, read_as_staff
from schema.nodes import Finder, Finders, Node, of_recorded_list, of_staff_list, of_whole
from schema.public_types.nodes import PUBLIC
from schema.staff_types.campaigns import CAMPAIGNS, StaffCampaign
from schema.staff_types.deviations import DEVIATIONS, Deviation
from schema.staff_types.documents import EXPIRING, ExpiringDocument, expiring_of
from schema.staff_types.enterprises import ENTERPRISES, RECORDS, RELATED, Enterprise, Record, RelatedEnterprise
from schema.staff_types.exchange import DELIVERIES, PEER_FINDINGS, Delivery, PeerFinding, Platform, delivery_of
from schema.staff_types.findings import RECORDED, VISITS, RecordedFinding, VisitAnswer
from schema.staff_types.grades import READINGS, GradeReading
from schema.staff_types.inbox import MESSAGES, InboxMessage
from schema.staff_types.intake import KEPT, KeptRecord
from schema.staff_types.jobs import JOBS, Job, with_files
from schema.staff_types.judgements import JUDGEMENTS, Judgement
from schema.staff_types.models import Model
from schema.staff_types.objects import OBJECTS_BY, InspectionObject
from schema.staff_types.people import INSPECTORS_BY, Inspector
from schema.staff_types.proceedings import PROCEEDINGS, Proceeding
from schema.staff_types.publicity import STAFF_NOTICES, SUBMISSIONS, StaffNotice, StaffSubmission
from schema.staff_types.sources import Source, readable_sources
from schema.staff_types.users import USERS, UserAnswer
from schema.staff_types.visits import EvidenceFile
from schema.staff_types.warnings import TO_PLAN, WARNINGS, WarningAnswer, WarningToPlan
from scoring import enterprises, grades, judgements, kept_apart, models, shared_parties


async def _findings(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    found = await read_as_staff(info, lambda tx, actor: findings.visible_at(tx, actor, keys))
    return [RecordedFinding.of(each) for each in found]


async def _models(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    names = {str(name) for name, _ in keys}
    found = await read_as_staff(info, lambda tx, actor: models.visible(tx, actor, names))
    every = [Model.of(each, info.context.bureau.today) for each in found]
    return [each for each in every if each.key in keys]


async def _sources(info: Info) -> Iterable[Node]:
    language = info.context.language
    return await read_as_staff(info, lambda tx, actor: readable_sources(tx, actor, language))


async def _platforms(info: Info) -> Iterable[Node]:
    return [Platform.of(each) for each in await read_as_staff(info, platforms.read_all)]


async def _deliveries(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    now, window = info.context.bureau.now, Window(keys=frozenset(keys))
    found = await read_as_staff(info, lambda tx, actor: status.deliveries(tx, actor, now, window))
    return [delivery_of(info, each) for each in found]


async def _documents(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    return await expiring_of(info, frozenset(keys))


async def _deviations(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    now, window = info.context.bureau.now, Window(keys=frozenset(keys))
    found = await read_as_staff(info, lambda tx, actor: reporting.report(tx, actor, now, window=window))
    return [Deviation.of(each) for each in found]


async def _peer_findings(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    now, window = info.context.bureau.now, Window(keys=frozenset(keys))
    found = await read_as_staff(info, lambda tx, actor: peers.recognisable(tx, actor, now, window))
    return [PeerFinding.of(each) for each in found]


async def _evidence(info: Info, keys: Sequence[Key], _purpose: str) -> Iterable[Node]:
    wanted = [str(document) for (document,) in keys]
    found = await read_as_staff(info, lambda tx, actor: evidence.kept_files(tx, actor, wanted))
    return [EvidenceFile.of(each) for each in found]


STAFF: Finders = {
    **PUBLIC,
    Delivery: Finder(DELIVERIES.types, _deliveries),
    Deviation: Finder(DEVIATIONS.types, _deviations),
    Enterprise: of_staff_list(ENTERPRISES, enterprises.page, lambda info, row: Enterprise.of(row)),
    EvidenceFile: Finder((str,), _evidence),
    ExpiringDocument: Finder(EXPIRING.types, _documents),
    GradeReading: of_staff_list(READINGS, grades.readings, lambda info, row: GradeReading.of(row)),
    InboxMessage: of_staff_list(
        MESSAGES,
        lambda tx, actor, window: inbox.messages(tx, actor, window=window),
        lambda info, row: InboxMessage.of(row, info.context.language),
    ),
    InspectionObject: of_staff_list(
        OBJECTS_BY.keyset(None),
        lambda tx, actor, window: registers.page(tx, actor, "object", window),
        lambda info, row: InspectionObject.of(row),
    ),
    Inspector: of_staff_list(
        INSPECTORS_BY.keyset(None),
        lambda tx, actor, window: registers.page(tx, actor, "inspector", window),
        lambda info, row: Inspector.of(row),
    ),
    Job: of_staff_list(
        JOBS,
        lambda tx, actor, window: with_files(tx, jobs.own(tx, actor, window)),
        lambda info, row: Job.of(row, info.context.language),
    ),
    Judgement: of_recorded_list(
        JUDGEMENTS,
        lambda tx, actor, now, purpose, window: judgements.read(tx, actor, now, purpose, window=window),
        lambda info, row: Judgement.of(row, civil_date(info.context.bureau.now)),
    ),
    KeptRecord: of_staff_list(KEPT, kept_apart.page, lambda info, row: KeptRecord.of(row)),
    Model: Finder((str, str), _models),
    PeerFinding: Finder(PEER_FINDINGS.types, _peer_findings),
    Platform: of_whole((str,), _platforms),
    Proceeding: of_staff_list(
        PROCEEDINGS,
        lambda tx, actor, window: proceedings.visible(tx, actor, window=window),
        lambda info, row: Proceeding.of(row),
    ),
    RecordedFinding: Finder(RECORDED.types, _findings),
    Source: of_whole((str,), _sources),
    Record: of_staff_list(RECORDS, enterprises.every_record, lambda info, row: Record.of(row)),
    RelatedEnterprise: of_staff_list(RELATED, shared_parties.some, lambda info, row: RelatedEnterprise.of(row)),
    StaffCampaign: of_staff_list(CAMPAIGNS, campaigns.page, lambda info, row: StaffCampaign.of(row)),
    StaffNotice: of_staff_list(STAFF_NOTICES, notices.page, lambda info, row: StaffNotice.of(row)),
    StaffSubmission: of_staff_list(
        SUBMISSIONS,
        lambda tx, actor, window: submissions.page(tx, actor, None, window),
        lambda info, row: StaffSubmission.of(row, info.context.bureau.today),
    ),
    UserAnswer: of_staff_list(USERS, managing.users, lambda info, row: UserAnswer.of(row)),
    WarningAnswer: of_recorded_list(WARNINGS, early_warning.page, lambda info, row: WarningAnswer.of(row)),
    WarningToPlan: of_recorded_list(TO_PLAN, early_warning.to_plan, lambda info, row: WarningToPlan.of(row)),
    VisitAnswer: of_staff_list(VISITS, assigning.page, lambda info, row: VisitAnswer.of(row)),
}
