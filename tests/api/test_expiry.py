"""Verdicts and expiry through the doors: GraphQL over HTTP and the command line, years after the campaign."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.auditing import audit_bureau, count_expired
from api.bureau import Bureau, create
from api.settings import Settings
from ledger import erasing
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid
from ledger.note import Verifier
from ledger.s3 import S3Storage
from ledger.storage import FolderStorage, open_storage
from ledger.tlog_proof import parse_proof, verify_proof
from sampling.judging import judge
from sampling.verdicts import sign_verdict
from sampling.verification import Trust, verify_bundle
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import SOUND, Console
from tests.api.house import ADMINISTRATOR, AUDITOR, NAME, ORIGIN, House, served_bureau
from tests.engines import ENGINES, fresh_database
from tests.ledger.storages import storage_address
from tests.sampling.auditing import LI, ZHANG

OTHER = Actor("另一管理员", Role.ADMINISTRATOR)


def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let eleven years go by."""
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=366 * 11)
    monkeypatch.setattr(Bureau, "now", property(lambda _: later))


on_both = pytest.mark.parametrize("campaign", ENGINES, indirect=True)
"""For a whole way; how an expiry is stored is asked of the ledger and of sampling."""


@pytest.fixture
def campaign(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A served bureau whose documents lie in a folder, after one whole campaign."""
    engine = getattr(request, "param", "sqlite")
    with fresh_database(engine, tmp_path) as url:
        settings = Settings(
            home=tmp_path / "home",
            database_url=None if engine == "sqlite" else SecretStr(url),
            documents=f"folder:{tmp_path / 'documents'}",
        )
        create(settings, ORIGIN, NAME).close()
        with served_bureau(Bureau(settings)) as house:
            yield house, small_bureau.run_campaign(house, lambda _: None)


REGISTER = "mutation ($key: String!) { registerAuditor(verifierKey: $key) { auditor { name } refusal { code } } }"
SUBMIT = """mutation ($verdict: String!) { submitVerdict(verdict: $verdict) {
    attestation { auditor verified entry { seq } } proof refusal { code } } }"""
EXPORT = "mutation ($code: String!) { exportBundle(campaign: $code) { job { id } refusal { code } } }"
CAMPAIGN = """query ($code: String!) { campaign(code: $code) {
    toBeTrusted { code } publishedCount attestations { auditor verified reasons dated stands entry { seq } } } }"""
PROPOSE = """mutation ($ids: [ID!]!, $reason: String!) { proposeExpiry(documents: $ids, reason: $reason) {
    documents { id state proposal { by reason } } refusal { code } } }"""
CONFIRM = """mutation ($ids: [ID!]!) { confirmExpiry(documents: $ids) {
    documents { id state expiredEntry { seq kind } } refusal { code } } }"""
WITHDRAW = "mutation ($ids: [ID!]!) { withdrawExpiry(documents: $ids) { documents { id state } refusal { code } } }"
DOCUMENTS = """query ($after: String, $state: ExpiryState) { documents(
    first: 40, after: $after, filter: { state: $state }) {
    nodes { id documentId kind state dueOn boundBy { subject } needed { code } proposal { by } }
    pageInfo { hasNextPage endCursor } } }"""


def all_documents(house: House, state: str | None = None) -> list[dict[str, Any]]:
    """Return all that the connection has, page by page."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        answer = house.ask(DOCUMENTS, AUDITOR, after=after, state=state)["documents"]
        nodes += answer["nodes"]
        if not answer["pageInfo"]["hasNextPage"]:
            return nodes
        after = answer["pageInfo"]["endCursor"]


def bundle_of(house: House, code: str) -> bytes:
    job = house.work(EXPORT, AUDITOR, code=code)
    return house.fetch(job["files"][0]["path"], AUDITOR).content


def attest(house: House, code: str) -> str:
    """Have two auditors attest the campaign, one of whom refuses it at first; return the first one's proof."""
    trust = Trust((house.bureau.verifier,))
    for signer in (ZHANG, LI):
        house.do(REGISTER, ADMINISTRATOR, key=signer.verifier_key)
    bundle, today = bundle_of(house, code), house.bureau.today
    assert house.ask(CAMPAIGN, code=code)["campaign"]["toBeTrusted"][-1] == {"code": "not_attested"}
    note = sign_verdict(judge(bundle, trust, [], today)[1], ZHANG)
    assert house.refused(SUBMIT, AUDITOR, verdict=note.replace("tree", "trees")) == "verdict_unusable"
    answer = house.do(SUBMIT, AUDITOR, verdict=note)
    assert answer["attestation"]["auditor"] == ZHANG.name
    refusing = sign_verdict(judge(bundle, trust, ["尚有疑问"], today)[1], LI)
    house.do(SUBMIT, AUDITOR, verdict=refusing)
    assert house.ask(CAMPAIGN, code=code)["campaign"]["toBeTrusted"][-1] == {"code": "attestation_refused"}
    house.do(SUBMIT, AUDITOR, verdict=sign_verdict(judge(bundle_of(house, code), trust, [], today)[1], LI))
    return str(answer["proof"])


@on_both
def test_a_campaign_is_attested_and_years_later_expires(
    campaign: tuple[House, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, code = campaign
    bureau, folder = house.bureau, FolderStorage(tmp_path / "documents")
    proof = parse_proof(attest(house, code))
    assert proof.extra is not None
    verify_proof(proof, proof.extra, [bureau.verifier])
    told = house.ask(CAMPAIGN, code=code)["campaign"]
    assert told["toBeTrusted"] == [{"code": "no_witnesses"}, {"code": "beacon_ceremony"}]
    said = [(each["auditor"], each["verified"], each["stands"]) for each in told["attestations"]]
    assert said == [(ZHANG.name, True, True), (LI.name, False, False), (LI.name, True, True)]
    known = house.ask("{ auditors { name verifierKey withdrawnEntry { seq } } }")["auditors"]
    assert [each["name"] for each in known] == [ZHANG.name, LI.name]
    bundle = bundle_of(house, code)

    assert all_documents(house) == []
    years_later(monkeypatch)
    due = all_documents(house)
    of_campaign = [each for each in due if each["boundBy"]["subject"] == code]
    needed = {each["kind"]: (each["needed"] or {}).get("code") for each in of_campaign}
    assert needed == {
        **dict.fromkeys(("plan", "draw", "assignments", "confirmation", "review"), "expiry_needed_by_findings"),
        **dict.fromkeys(("matching", "design", "disclosure")),
        "finding": "expiry_of_published",
    }
    expire_all(house, folder, of_campaign)
    assert {each["kind"] for each in all_documents(house, "EXPIRED")} == set(needed)
    gone_everywhere(house, code, bundle)


def expire_all(house: House, folder: FolderStorage, of_campaign: list[dict[str, Any]]) -> None:
    """Let a campaign's documents expire, in their order, by two administrators."""
    of_kind: dict[str, list[str]] = {}
    stored = {each["id"]: each["documentId"] for each in of_campaign}
    for each in of_campaign:
        of_kind.setdefault(each["kind"], []).append(each["id"])
    plan = of_kind["plan"]
    assert house.refused(PROPOSE, ADMINISTRATOR, ids=plan, reason="保存期满") == "expiry_needed_by_findings"
    assert house.refused(CONFIRM, OTHER, ids=plan) == "expiry_not_proposed"
    for kind in (
        "disclosure",
        "finding",
        "confirmation",
        "review",
        "assignments",
        "matching",
        "design",
        "draw",
        "plan",
    ):
        ids = of_kind[kind]
        proposed = house.do(PROPOSE, ADMINISTRATOR, ids=ids, reason="保存期满")["documents"]
        assert proposed[0]["proposal"] == {"by": "admin", "reason": "保存期满"}
        assert [each["id"] for each in all_documents(house, "PROPOSED")] == [
            each["id"] for each in of_campaign if each["id"] in ids
        ]
        assert house.refused(CONFIRM, ADMINISTRATOR, ids=ids) == "expiry_of_own_proposal"
        if kind == "disclosure":
            house.do(WITHDRAW, OTHER, ids=ids)
            house.do(PROPOSE, ADMINISTRATOR, ids=ids, reason="保存期满")
        assert all(folder.get(stored[identifier]) for identifier in ids)
        gone = house.do(CONFIRM, OTHER, ids=ids)["documents"]
        assert {each["expiredEntry"]["kind"] for each in gone} == {"document.expired"}
    while any(folder.get(stored[identifier]) for ids in of_kind.values() for identifier in ids):
        assert house.size()  # the service removes them in the background


def gone_everywhere(house: House, code: str, bundle: bytes) -> None:
    """Everything that reads what is gone says so or leaves it out, and all that was proved before is still proved."""
    assert audit_bureau(house.bureau, AUDITOR) == []
    assert count_expired(house.bureau) > 0
    job = house.work("mutation { auditDatabase { job { id } refusal { code } } }", AUDITOR)
    query = "query ($id: ID!) { job(id: $id) { result { ... on AuditResult { sound expired } } } }"
    result = house.ask(query, AUDITOR, id=job["id"])["job"]["result"]
    assert result == {"sound": True, "expired": count_expired(house.bureau)}
    checks = verify_bundle(bundle, Trust((house.bureau.verifier,), (), (Verifier.from_vkey(ZHANG.verifier_key),)))
    assert [check for check in checks if not check.passed] == []
    ended = house.ended(house.do(EXPORT, AUDITOR, code=code)["job"]["id"], AUDITOR)
    assert (ended["state"], ended["refusal"]["code"]) == ("FAILED", "document_expired")
    jobs = house.ask("{ jobs(first: 50) { nodes { kind files { name } } } }", AUDITOR)["jobs"]["nodes"]
    assert [each["files"] for each in jobs if each["kind"] == "EXPORT_BUNDLE"] == [[]] * 4
    published = house.ask(CAMPAIGN, code=code)["campaign"]["publishedCount"]
    query = """query ($code: String!) { campaign(code: $code) {
        drawnPositions findings(first: 9) { nodes { enterpriseName } } } }"""
    found = house.ask(query, code=code)["campaign"]
    assert (published, found["findings"]["nodes"]) == (len(found["drawnPositions"]), [])
    query = "query ($code: String!, $at: Int!) { finding(campaign: $code, position: $at) { enterpriseName } }"
    (error,) = house.errors(query, code=code, at=found["drawnPositions"][0])
    assert error["extensions"]["code"] == "finding_expired"
    before = {"If-Modified-Since": format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)}
    assert house.http.get("/feed.json", headers=before).json()["items"] == []
    query = """query ($code: String!) { campaign(code: $code) { planExpired plannedBy plan { title rates { grade } }
        visits(first: 9) { nodes { position } } findings(first: 9) { nodes { position } } } }"""
    staff = house.ask(query, AUDITOR, code=code)["campaign"]
    assert (staff["planExpired"], staff["plannedBy"], staff["plan"]["rates"]) == (True, "", [])
    assert (staff["visits"]["nodes"], staff["findings"]["nodes"]) == ([], [])


def test_the_command_line_does_the_same(
    campaign: tuple[House, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, code = campaign
    attest(house, code)
    console = Console(house.bureau.settings, tmp_path)
    assert console.done("document", "list", actor=ADMINISTRATOR) == {"documents": []}
    assert console.json("document", "list", actor=Actor("p", Role.PLANNER)).error == "role_not_allowed"
    years_later(monkeypatch)
    listed = console.done("document", "list", actor=ADMINISTRATOR)["documents"]
    (disclosure,) = [each for each in listed if each["kind"] == "disclosure"]
    identifier = disclosure["id"]
    expire = ("document", "expire", identifier)
    assert console.json(*expire, actor=ADMINISTRATOR).error == "expire_one_way"
    proposed = console.done(*expire, "--reason", "保存期满", actor=ADMINISTRATOR)
    assert proposed["documents"][0]["proposal"]["by"] == ADMINISTRATOR.subject
    assert console.json(*expire, "--confirm", actor=ADMINISTRATOR).error == "expiry_of_own_proposal"
    console.done(*expire, "--withdraw", actor=OTHER)
    assert console.json(*expire, "--confirm", actor=OTHER).error == "expiry_not_proposed"
    console.done(*expire, "--reason", "保存期满", actor=ADMINISTRATOR)
    assert "保存期满" not in console.run("document", "list", actor=ADMINISTRATOR).stdout
    gone = console.done(*expire, "--confirm", actor=OTHER)
    assert (gone["documents"][0]["state"], gone["erased"]) == ("expired", True)
    answer = console.json("audit", actor=AUDITOR)
    assert answer.json == {**SOUND, "expired": 1}
    assert "1 documents have expired by rule and are not lost" in console.run("audit", actor=AUDITOR).stdout


@pytest.mark.parametrize("engine", ENGINES)
def test_a_content_in_an_s3_store_expires_through_the_command_line(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database(engine, tmp_path) as url, storage_address("s3", tmp_path) as address:
        settings = Settings(
            home=tmp_path / "home", database_url=None if engine == "sqlite" else SecretStr(url), documents=address
        )
        create(settings, ORIGIN, NAME).close()
        console, store = Console(settings, tmp_path), open_storage(address)
        assert store is not None
        for name in ("样例住建局", "样例住房局"):  # the second one takes the first one's place in the register
            (tmp_path / "d.csv").write_bytes(files.csv_bytes([files.department("ZJ", name)]))
            console.done("import", "--source", "department", tmp_path / "d.csv", actor=ADMINISTRATOR)
        years_later(monkeypatch)
        listed = console.done("document", "list", actor=ADMINISTRATOR)["documents"]
        (identifier,) = [each["id"] for each in listed if each["needed"] is None]
        kept = [each["id"] for each in listed if each["needed"] is not None]
        assert (content := store.get(identifier))
        expire = ("document", "expire", identifier)
        console.done(*expire, "--reason", "保存期满", actor=ADMINISTRATOR)
        with monkeypatch.context() as away:
            away.setattr(S3Storage, "delete", unreachable)
            gone = console.done(*expire, "--confirm", actor=OTHER)
            assert (gone["documents"][0]["state"], gone["erased"]) == ("expired", False)
        assert store.get(identifier) == content
        with closing(Bureau(settings)) as bureau:
            assert erasing.erase_contents(bureau.database) == 1
            assert audit_bureau(bureau, AUDITOR) == []
        assert store.get(identifier) is None
        assert all(store.get(each) for each in kept)
        assert console.done("audit", actor=AUDITOR)["expired"] == 1


def unreachable(storage: S3Storage, key: str) -> None:
    raise Conflict("storage_failed", place=storage.bucket, reason="away")


def test_settings_that_shorten_a_retention_are_refused(campaign: tuple[House, str]) -> None:
    settings = campaign[0].bureau.settings
    for years, code in (({"plan": 9}, "retention_years"), ({"x": 9}, "retention_kind_unknown")):
        with pytest.raises(Invalid, match=code):
            Bureau(settings.model_copy(update={"retention_years": years}))
    longer = Bureau(settings.model_copy(update={"retention_years": {"plan": 30}}))
    assert longer.retention.years["plan"] == 30
    longer.close()
