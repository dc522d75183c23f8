"""One whole campaign through the command line, on both engines, and what is refused on the way."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.bureau import Bureau
from api.sample.bureau import SampleFile
from api.settings import Settings
from ledger import log
from ledger.actors import Actor, Role
from scoring.grades import NOTICE
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, REVIEWER, SOUND, Console

ORIGIN = "log.test/qian"

on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Console:
    return Console(settings, tmp_path)


def import_sample(console: Console, sample: tuple[Path, list[SampleFile]]) -> None:
    folder, files = sample
    for file in files:
        console.done("source", "add", folder / file.document, actor=ADMINISTRATOR)
        given = ("--source", file.source, "--strict")
        answer = console.done("import", folder / file.name, *given, actor=ADMINISTRATOR)
        assert (answer["refused"], answer["files"][0]["same"]) == ([], 0)


def inspector(visit: dict[str, Any], place: int) -> Actor:
    return Actor(visit["team"][place]["inspector"], Role.INSPECTOR, ("ZJ", "SC")[place])


def test_a_whole_campaign(console: Console, sample: tuple[Path, list[SampleFile]], tmp_path: Path) -> None:
    created = console.done("init", "--origin", ORIGIN, "--name", "测试单位")
    assert created["vkey"].startswith(f"{ORIGIN}+")
    assert console.json("init", "--origin", ORIGIN, "--name", "再来").error == "bureau_exists"

    import_sample(console, sample)
    folder, files = sample
    for file in (next(file for file in files if file.kind == kind) for kind in ("registration", "item", "inspector")):
        again = ("import", folder / file.name, "--source", file.source)
        twice = console.done(*again, actor=ADMINISTRATOR)["files"][0]
        assert (twice["new"], twice["same"]) == (0, twice["read"])

    run = console.done("grade", actor=ANALYST)
    assert sum(each["enterprises"] for each in run["distribution"]) == run["enterprises"]
    assert run["notice"] == NOTICE
    assert "distribution" not in console.done("grade", actor=ADMINISTRATOR)
    code = "91130304PDY00001XL"
    shown = console.done("grade", "show", code, "--purpose", "核对", actor=ANALYST)
    assert (shown["enterprise"], shown["notice"]) == (code, NOTICE)
    assert shown["score"] == sum(each["points"] for each in shown["reasons"]["indicators"])
    assert console.json("grade", "show", code, "--purpose", "好奇", actor=PLANNER).error == "role_not_allowed"

    planned = plan(console)
    campaign = planned["campaign"]["id"]
    preview = planned["preview"]
    assert preview["visits"] == sum(stratum["quota"] for stratum in preview["strata"])
    assert preview["coverage"] == preview["visits"] * 10_000 // preview["slots"]
    assert preview["inference"]["worst_case"] <= preview["inference"]["bound"]
    assert preview["notice"] == NOTICE
    assert console.json("campaign", "draw", campaign, actor=PLANNER).error == "campaign_state"

    frozen = freeze_by_ceremony(console, campaign, tmp_path)
    assert frozen["entry"]["kind"] == "campaign.frozen"
    assert console.json("campaign", "draw", campaign, actor=PLANNER).error == "reveals_missing"
    assert console.json("campaign", "plan", "--replace", campaign, *OPTIONS, actor=PLANNER).error == "campaign_state"
    reveal = ("campaign", "reveal", campaign, "--kept")
    assert console.done(*reveal, tmp_path / "甲.json", actor=PLANNER)["missing"] == ["乙"]
    assert console.json(*reveal, tmp_path / "甲.json", actor=PLANNER).error == "party_has_revealed"
    assert console.done(*reveal, tmp_path / "乙.json", actor=PLANNER)["missing"] == []

    drawn = console.done("campaign", "draw", campaign, actor=PLANNER)
    assert len(drawn["positions"]) == preview["visits"]
    assert drawn["to_be_trusted"] == ["no_witnesses", "beacon_ceremony", "not_attested"]
    assert console.json("campaign", "draw", campaign, actor=PLANNER).error == "campaign_state"
    assert console.done("campaign", "match", campaign, actor=PLANNER)["visits"] == preview["visits"]

    visits = replace_one(console, campaign)
    assert [visit["position"] for visit in visits] == drawn["positions"]
    own = console.done("visits", actor=inspector(visits[0], 0))["visits"]
    assert all(inspector(visits[0], 0).subject in [each["inspector"] for each in visit["team"]] for visit in own)
    record_and_publish(console, campaign, visits)

    closed = console.done("campaign", "close", campaign, actor=PLANNER)
    assert (closed["published"], closed["overdue"]) == (len(visits), [])
    told = console.done("campaign", "show", campaign, actor=AUDITOR)
    assert told["in_log"]["published"] == len(visits)
    assert [each["id"] for each in console.done("campaign", "list", actor=PLANNER)["campaigns"]] == [campaign]

    verify_and_audit(console, campaign, created["vkey"], tmp_path)


OPTIONS = (
    *("--title", "测试任务", "--department", "ZJ", "--department", "SC", "--item", "YB-SC-008"),
    *("--starts", "2026-01-01", "--ends", "2027-12-31"),
    *("--rate", "A=100", "--rate", "B=200", "--rate", "C=500", "--rate", "D=500"),
)


def plan(console: Console) -> Any:
    assert console.json("campaign", "plan", *OPTIONS, "--rate", "D=0", actor=PLANNER).error == "rate_zero"
    assert console.json("campaign", "plan", *OPTIONS, "--region", "月亮", actor=PLANNER).error == "frame_empty"
    assert console.done("campaign", "list", actor=PLANNER)["campaigns"] == []
    return console.done("campaign", "plan", *OPTIONS, actor=PLANNER)


def freeze_by_ceremony(console: Console, campaign: str, folder: Path) -> Any:
    freeze = ["campaign", "freeze", campaign, "--beacon", "ceremony"]
    assert console.json(*freeze, "--deadline", "2036-01-01T00:00", actor=PLANNER).error == "too_few_parties"
    for party in ("甲", "乙"):
        kept = folder / f"{party}.json"
        committed = console.done("ceremony", "commit", "--party", party, "--keep", kept)
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert kept.read_text().count(committed["commitment"]) == 1
        freeze += ["--party", f"{party}={committed['commitment']}"]
        assert console.json("ceremony", "commit", "--party", party, "--keep", kept).error == "file_exists"
    assert console.json(*freeze, actor=PLANNER).error == "ceremony_incomplete"
    return console.done(*freeze, "--deadline", "2036-01-01T00:00", actor=PLANNER)


def replace_one(console: Console, campaign: str) -> list[dict[str, Any]]:
    """Replace an inspector at one enterprise and return the visits."""

    def visits() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = console.done("visits", "--campaign", campaign, actor=PLANNER)["visits"]
        return found

    before = visits()
    ill, code = inspector(before[0], 1).subject, before[0]["enterprise"]
    reopen = ("campaign", "reopen", campaign, "--inspector", ill, "--enterprise", code, "--beacon", "local")
    assert console.json("campaign", "rematch", campaign, actor=PLANNER).error == "nothing_reopened"
    assert console.json(*reopen, "--cause", " ", actor=PLANNER).error == "cause_missing"
    reopened = console.done(*reopen, "--cause", "突发疾病", actor=PLANNER)
    assert (reopened["entry"]["kind"], reopened["beacon"]["kind"]) == ("match.reopened", "local")
    assert console.json(*reopen, "--cause", "突发疾病", actor=PLANNER).error == "rematch_pending"
    rematched = console.done("campaign", "rematch", campaign, actor=PLANNER)
    assert rematched["entry"]["kind"] == "campaign.rematched"
    after = visits()
    assert inspector(after[0], 1).subject != ill
    assert [each["team"] for each in after[1:]] == [each["team"] for each in before[1:]]
    chances = console.done("campaign", "chances", campaign, actor=AUDITOR)["chances"]
    assert all(each["certain"] or 2 * each["times"] > each["of"] for each in chances)
    return after


def record_and_publish(console: Console, campaign: str, visits: list[dict[str, Any]]) -> None:
    first = visits[0]
    on = str(Bureau(console.settings).today)

    def record(code: str, actor: Actor, *more: str, day: str = on, result: str = "no_problem") -> tuple[Any, ...]:
        given = ("--enterprise", code, "--visited", day, "--result", result, "--signed-by", "样例负责人", *more)
        return ("finding", "record", campaign, *given, actor)

    def refused(*call: Any) -> Any:
        return console.json(*call[:-1], actor=call[-1]).error

    stranger = next(actor for visit in visits for actor in [inspector(visit, 0)] if actor.subject not in str(first))
    drawn = {visit["enterprise"] for visit in visits}
    undrawn = next(f"91130304PDY{n}" for n in ("00001XL", "000028L", "000036F") if f"91130304PDY{n}" not in drawn)
    lead = inspector(first, 0)
    assert refused(*record(undrawn, lead)) == "finding_not_assigned"
    assert refused(*record(first["enterprise"], stranger)) == "finding_not_assigned"
    assert refused(*record(first["enterprise"], PLANNER)) == "role_not_allowed"
    assert refused(*record(first["enterprise"], lead, day="2020-01-01")) == "visit_before_draw"
    both = record(first["enterprise"], lead, "--result", "corrected")
    assert refused(*both) == "result_no_problem_with_others"
    for visit in visits:
        *call, actor = record(visit["enterprise"], inspector(visit, 0))
        assert console.done(*call, actor=actor)["finding"]["state"] == "recorded"
    assert console.json("finding", "publish", campaign, actor=PLANNER).error == "nothing_to_publish"
    review = ("finding", "review", campaign, "--enterprise")
    assert console.json(*review, first["enterprise"], "--approve", actor=REVIEWER).error == "finding_unconfirmed"
    for visit in visits:
        confirm = ("finding", "confirm", campaign, "--enterprise", visit["enterprise"], "--agree")
        assert console.done(*confirm, actor=inspector(visit, 1))["finding"]["state"] == "confirmed"
    assert console.json(*review, first["enterprise"], "--return", actor=REVIEWER).error == "return_without_note"
    for visit in visits:
        reviewed = console.done(*review, visit["enterprise"], "--approve", actor=REVIEWER)
        assert reviewed["finding"]["state"] == "approved"
    assert console.json("campaign", "close", campaign, actor=PLANNER).error == "campaign_not_over"
    assert console.done("finding", "publish", campaign, actor=PLANNER)["published"] == len(visits)
    states = [each["state"] for each in console.done("finding", "list", campaign, actor=PLANNER)["findings"]]
    assert states == ["published"] * len(visits)


def verify_and_audit(console: Console, campaign: str, vkey: str, folder: Path) -> None:
    bundle, trust = folder / "bundle", folder / "trust.toml"
    assert console.json("campaign", "export", campaign, "--output", bundle, actor=PLANNER).error == "role_not_allowed"
    exported = console.done("campaign", "export", campaign, "--output", bundle, actor=AUDITOR)
    assert exported["bytes"] == bundle.stat().st_size
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    trust.write_text(f'log = ["{vkey}"]\n')
    elsewhere = Console(Settings(home=folder / "nowhere"), folder)  # a verifier has no bureau
    verified = elsewhere.done("verify", bundle, "--trust", trust)
    assert (verified["passed"], verified["pinned"]) == (True, True)
    assert elsewhere.done("verify", bundle)["pinned"] is False
    assert "keys unverified" in elsewhere.run("verify", bundle).stdout.lower()
    (folder / "cut").write_bytes(bundle.read_bytes()[:-100])
    cut = elsewhere.json("verify", folder / "cut", "--trust", trust)
    assert (cut.code, cut.json["passed"], cut.json["checks"][-1]["name"]) == (1, False, "file")
    trust.write_text('log = ["log.test/qian+00000000+AAAA"]\n')
    assert elsewhere.json("verify", bundle, "--trust", trust).error == "trust_malformed"
    assert console.done("audit", actor=AUDITOR) == SOUND
    trust.write_text(f'log = ["{vkey}"]\n')
    attest(console, elsewhere, campaign, bundle, trust)
    assert console.done("audit", actor=AUDITOR) == SOUND


def attest(console: Console, elsewhere: Console, campaign: str, bundle: Path, trust: Path) -> None:
    """An auditor makes a key, verifies and signs elsewhere, and hands the verdict in; anybody verifies the files."""
    folder = bundle.parent
    key, note, proof = folder / "zhang.key", folder / "verdict.note", folder / "verdict.tlog-proof"
    vkey = elsewhere.done("auditor", "create-key", "--name", "audit.test/张", "--keep", key)["vkey"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    create = ("auditor", "create-key", "--keep", folder / "other.key", "--name")
    assert elsewhere.json(*create, "a b").error == "auditor_key_unusable"
    signing = ("attest", bundle, "--trust", trust, "--key", key, "--output", note)
    refused = elsewhere.done(*signing, "--reason", "仪式未按公告进行")["verdict"]
    assert (refused["verified"], refused["reasons"]) == (False, ["仪式未按公告进行"])
    assert elsewhere.json(*signing, "--reason", "91130304PDY00001XL 未抽中").error == "reason_unusable"
    signed = elsewhere.done(*signing)
    assert (signed["passed"], signed["verdict"]["verified"]) == (True, True)
    assert elsewhere.done("verdict", "verify", note, "--auditor", vkey)["verdict"] == signed["verdict"]
    assert elsewhere.json("verdict", "verify", note, "--trust", trust).error == "verdict_unusable"
    submit = ("verdict", "submit", note, "--proof", proof)
    assert console.json(*submit, actor=AUDITOR).error == "verdict_unusable"  # nobody registered the key yet
    assert console.json("auditor", "register", vkey, actor=AUDITOR).error == "role_not_allowed"
    console.done("auditor", "register", vkey, actor=ADMINISTRATOR)
    submitted = console.done(*submit, actor=AUDITOR)
    assert submitted["proof"] == proof.read_text()
    proved = elsewhere.done("log", "verify-proof", proof, "--trust", trust)
    assert (proved["entry"]["kind"], proved["entry"]["body"]["auditor"]) == ("campaign.attested", vkey)
    told = console.done("campaign", "show", campaign, actor=AUDITOR)["in_log"]
    assert told["to_be_trusted"] == ["no_witnesses", "beacon_ceremony"]
    assert [each["verified"] for each in told["attestations"]] == [True]
    assert told["attestations"][0]["entry"] == submitted["entry"]["seq"]
    assert "audit.test/张" in console.run("campaign", "show", campaign, actor=AUDITOR).stdout
    console.done("campaign", "export", campaign, "--output", bundle, actor=AUDITOR)
    trust.write_text(trust.read_text() + f'auditors = ["{vkey}"]\n')
    checks = elsewhere.done("verify", bundle, "--trust", trust)["checks"]
    assert "audit.test/张 (pinned)" in checks[-1]["compared"]
    console.done("auditor", "withdraw", vkey, actor=ADMINISTRATOR)
    (known,) = console.done("auditor", "list")["auditors"]
    assert known["withdrawn"] == known["registered"] + 2
    key.with_name("zhang.key.vkey").unlink()
    assert elsewhere.json(*signing).error == "auditor_vkey_file_unusable"


@on_sqlite
def test_too_few_inspectors_are_told_before_the_freeze(
    console: Console, sample: tuple[Path, list[SampleFile]], tmp_path: Path
) -> None:
    console.done("init", "--origin", ORIGIN, "--name", "测试单位")
    import_sample(console, sample)
    console.done("grade", actor=ANALYST)
    file = tmp_path / "plan.toml"
    day = Bureau(console.settings).today
    file.write_text(
        f"""
        title = "人手不足"
        departments = ["ZJ"]
        items = ["YB-ZJ-001", "YB-ZJ-004"]
        starts = {day}
        ends = {day + timedelta(days=30)}
        rates = {{ A = 3000, B = 3500, C = 4000, D = 4500 }}
        [conditions]
        sectors = ["建筑施工", "物业服务"]
        [matching]
        cap = 1
        """
    )
    planned = console.done("campaign", "plan", "--file", file, actor=PLANNER)
    assert planned["preview"]["obstacle"] == "capacity_too_small"
    campaign = planned["campaign"]["id"]
    parties = ("--party", "甲=00")
    local = ("campaign", "freeze", campaign, "--beacon", "local")
    assert console.json(*local, *parties, actor=PLANNER).error == "beacon_option_unused"
    refused = console.json(*local, actor=PLANNER)
    assert refused.error == "capacity_too_small"
    assert refused.json["error"]["parameters"]["role"] == "lead"
    assert console.done("campaign", "show", campaign, actor=PLANNER)["campaign"]["state"] == "planned"


@on_sqlite
def test_a_campaign_without_inspectors_is_not_frozen(
    console: Console, sample: tuple[Path, list[SampleFile]], tmp_path: Path
) -> None:
    console.done("init", "--origin", ORIGIN, "--name", "测试单位")
    import_sample(console, sample)
    console.done("grade", actor=ANALYST)
    (tmp_path / "department.csv").write_text("部门代码,部门名称\nXX,无人局\n")
    given = ("--source", "department")
    console.done("import", tmp_path / "department.csv", *given, actor=ADMINISTRATOR)
    campaign = console.done("campaign", "plan", *OPTIONS, "--department", "XX", actor=PLANNER)["campaign"]["id"]
    size = log_size(console)
    freeze = ("campaign", "freeze", campaign, "--beacon", "local")
    assert console.json(*freeze, actor=PLANNER).error == "inspectors_missing"
    assert log_size(console) == size


def log_size(console: Console) -> int:
    bureau = Bureau(console.settings)
    with bureau.read() as tx:
        size = log.size(tx)
    bureau.close()
    return size
