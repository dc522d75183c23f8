"""Intake through its doors: reconciliation, coverage, former codes, what waits, and grades that nobody else sees."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.actors import Actor, Role
from ledger.tables import log_entry
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, House, served_on
from tests.api.test_permissions import QUERIES
from tests.engines import ENGINES

NUMBER = "110108000000016"
TELLING = "丙级机密"
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")


def csv(*rows: files.Row) -> bytes:
    return files.csv_bytes(list(rows))


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with three enterprises, a change, a revocation, a record that waits, and grades from outside."""
    with served_on(request.param, tmp_path_factory.mktemp("intake")) as house:
        builders = [files.registration(number, 行业="建筑施工") for number in (1, 2)]
        closed = files.registration(3, 登记状态="注销", 注吊销日期="2026-02-01")
        house.import_file("registration", csv(*builders, closed))
        fined = [files.penalty(number, "罚1", "2026-01-05") for number in (1, 77)]
        house.import_file("penalty", csv(*fined, files.penalty(1, "罚2", "2026-02-30")))
        house.import_file("revocation", csv(files.revocation(1, "行政处罚", "罚1", "2026-05-01")))
        house.import_file("change", csv(files.change(1, "换照", NUMBER), files.change(2, "合并", files.code(3))))
        house.import_file("licence", csv(files.licence(1)))
        house.import_file("outside_grade", csv(files.outside_grade(1, TELLING), files.outside_grade(77, TELLING)))
        yield house


@pytest.fixture
def console(house: House, tmp_path: Path) -> Console:
    """The command line of the same bureau."""
    return Console(house.bureau.settings, tmp_path)


def test_a_job_tells_what_waits_and_what_was_revoked(house: House) -> None:
    job = house.import_file("penalty", csv(files.penalty(78, "罚1", "2026-01-05")))["id"]
    result = "result { ... on ImportResult { files { read new keptApart revoking refused } } }"
    assert house.followed(job, ANALYST, result)[-1]["result"]["files"] == [
        {"read": 1, "new": 0, "keptApart": 1, "revoking": 0, "refused": 0}
    ]
    house.import_file("registration", csv(files.registration(78)))
    counts = house.ask("{ keptApartCounts { source kind enterprises records } }", PLANNER)["keptApartCounts"]
    assert counts == [{"source": "penalty", "kind": "PENALTY", "enterprises": 1, "records": 1}]


def test_what_waits_is_listed(house: House) -> None:
    query = "{ keptApart(first: 10, filter: { kind: PENALTY }) { nodes { enterpriseCode number source content } } }"
    assert house.ask(query, PLANNER)["keptApart"]["nodes"][0]["enterpriseCode"] == files.code(77)


def test_the_month_is_reconciled(house: House, console: Console) -> None:
    query = """query ($month: String!) { reconciliation(firstMonth: $month, lastMonth: $month, kind: PENALTY) {
        source read new same superseding revoking keptApart refused refusals { code message rows } } }"""
    month = house.bureau.today.isoformat()[:7]
    (told,) = house.ask(query, ANALYST, month=month)["reconciliation"]
    assert told["refusals"] == [{"code": "date_impossible", "message": "The day … does not exist.", "rows": "1"}]
    counts = ("new", "same", "superseding", "revoking", "keptApart", "refused")
    released = 1  # of the enterprise that another test registers
    assert int(told["read"]) <= sum(int(told[name]) for name in counts) <= int(told["read"]) + released
    (row,) = console.done("reconcile", "--from", month, "--kind", "penalty", actor=PLANNER)["months"]
    assert row["refusals"] == {"date_impossible": 1}
    assert str(row["read"]) == told["read"]
    assert console.json("reconcile", "--from", "2026-13", actor=PLANNER).error == "month_unusable"
    shown = console.run("reconcile", actor=PLANNER).stdout
    assert "penalty" in shown
    assert "date_impossible" in shown


def test_an_enterprise_is_found_by_its_old_number_and_by_the_code_of_whom_it_absorbed(
    house: House, console: Console
) -> None:
    query = """query ($code: FormerCode!) { enterprise(code: $code) {
        code succeededBy formerCodes { code since reason } formerNames { name } } }"""
    found = house.ask(query, PLANNER, code=NUMBER)["enterprise"]
    assert (found["code"], found["formerCodes"]) == (
        files.code(1),
        [{"code": NUMBER, "since": "2016-03-01", "reason": "换照"}],
    )
    assert house.ask(query, PLANNER, code=files.code(3))["enterprise"]["succeededBy"] == files.code(2)
    (error,) = house.errors(query, PLANNER, code=NUMBER[:-1] + "7")
    assert error["extensions"]["code"] == "registration_number_check_digit"
    assert console.done("enterprise", "show", NUMBER, actor=PLANNER)["code"] == files.code(1)
    by_name = console.done("enterprise", "find", files.name(1), actor=PLANNER)["enterprises"]
    assert [each["code"] for each in by_name] == [files.code(1)]
    shown = console.run("enterprise", "show", NUMBER, actor=PLANNER).stdout
    assert files.name(1) in shown
    assert NUMBER in shown


def test_related_enterprises_are_told_alike_by_both_doors(house: House, console: Console) -> None:
    house.import_file("relation", csv(*(files.relation(number, "项目", "样例合建项目") for number in (1, 2))))
    query = """query ($code: FormerCode!) { enterprise(code: $code) {
        related(first: 10) { nodes { code name status shared { kind party } } } } }"""
    (told,) = house.ask(query, PLANNER, code=files.code(1))["enterprise"]["related"]["nodes"]
    assert (told["code"], told["shared"]) == (files.code(2), [{"kind": "PROJECT", "party": "样例合建项目"}])
    (found,) = console.done("enterprise", "related", NUMBER, actor=PLANNER)["enterprises"]
    assert found == {**told, "shared": [{"kind": "project", "party": "样例合建项目"}]}
    assert "project 样例合建项目" in console.run("enterprise", "related", NUMBER, actor=PLANNER).stdout


def test_a_revoked_record_says_so_and_each_source_its_batch_and_time(house: House) -> None:
    query = """query ($code: FormerCode!) { enterprise(code: $code) { records(first: 10, filter: { kind: PENALTY }) {
        nodes { version number revoked superseded sources { source batch seenAt } } } } }"""
    nodes = house.ask(query, PLANNER, code=files.code(1))["enterprise"]["records"]["nodes"]
    told = [(node["version"], node["number"], node["revoked"], node["superseded"]) for node in nodes]
    assert sorted(told) == [(1, "罚1", False, True), (2, "撤罚1", True, False)]
    (source,) = nodes[0]["sources"]
    with house.bureau.read() as tx:
        assert tx.execute(select(log_entry.c.seq).where(log_entry.c.subject == source["batch"])).scalar() is not None
    assert source["seenAt"].endswith("Z")


def test_what_the_register_lacks_is_told_and_drawn(house: House, console: Console, tmp_path: Path) -> None:
    query = """{ coverage(by: SECTOR, years: 2) { cells { group kind covered enterprises }
        lacking { group what lacking enterprises } heatMap } }"""
    told = house.ask(query, PLANNER)["coverage"]
    assert {"group": "建筑施工", "kind": "LICENCE", "covered": 1, "enterprises": 2} in told["cells"]
    assert {"group": "建筑施工", "what": "LICENCE", "lacking": 1, "enterprises": 2} in told["lacking"]
    assert told["heatMap"].startswith("<svg")
    drawn = tmp_path / "map.svg"
    answer = console.done("coverage", "--by", "region", "--heat-map", drawn, actor=PLANNER)
    assert any(cell["group"] == "示范镇" for cell in answer["cells"])
    assert "示范镇" in drawn.read_text()
    assert console.json("coverage", "--heat-map", drawn, actor=PLANNER).error == "file_exists"
    assert "建筑施工" in console.run("coverage", actor=PLANNER).stdout


def test_a_region_that_is_a_code_is_told_with_its_division_s_name(
    house: House, console: Console, tmp_path: Path
) -> None:
    code, town = files.code(970), "130304001"
    house.import_file("registration", csv(files.registration(970, 区域=town)))
    assert console.done("enterprise", "show", code, actor=PLANNER)["division"] is None
    house.import_file("division", csv(files.division(town, "样例区示范镇")))
    answer = console.done("enterprise", "show", code, actor=PLANNER)
    assert (answer["region"], answer["division"]) == (town, "样例区示范镇")
    told, drawn = f"{town} 样例区示范镇", tmp_path / "map.svg"
    assert told in console.run("enterprise", "show", code, actor=PLANNER).stdout
    assert told in console.run("coverage", "--by", "region", "--heat-map", drawn, actor=PLANNER).stdout
    assert told in drawn.read_text()
    assert told in house.ask("{ coverage(by: REGION) { heatMap } }", PLANNER)["coverage"]["heatMap"]


def test_grades_from_outside_are_read_by_those_who_read_grades(house: House, console: Console) -> None:
    query = """query ($code: FormerCode!, $purpose: String!) { outsideGrades(enterprise: $code, purpose: $purpose) {
        system grade gradedOn notice } }"""
    (told,) = house.ask(query, ANALYST, code=files.code(1), purpose="核对")["outsideGrades"]
    assert (told["system"], told["grade"], told["gradedOn"]) == ("省平台", TELLING, "2026-06-30")
    assert "no evaluation of credit" in told["notice"]
    answer = console.done("grade", "outside", files.code(1), "--purpose", "复核", actor=ANALYST)
    assert [each["grade"] for each in answer["grades"]] == [TELLING]
    readings = house.ask("{ gradeReadings(first: 10) { nodes { subject purpose } } }", AUDITOR)["gradeReadings"]
    assert {each["purpose"] for each in readings["nodes"]} >= {"核对", "复核"}


@pytest.mark.parametrize("actor", [PLANNER, INSPECTOR, ADMINISTRATOR], ids=lambda actor: actor.role.value)
def test_no_answer_to_anybody_else_holds_one(house: House, console: Console, actor: Actor) -> None:
    told = [house.post(f"{{ {query} }}", {}, actor).text for query, _ in QUERIES.values()]
    everything = """{ enterprises(first: 10) { nodes { code name status formerNames { name } records(first: 50) {
        nodes { kind number content sources { source unit } } } } } keptApart(first: 50) { nodes { content } }
        reconciliation { source refusals { code } } coverage(by: REGION) { heatMap } jobs(first: 50) { nodes {
        refusal { message } files { name path } result { __typename } } } }"""
    told.append(house.post(everything, {}, actor).text)
    told += [console.run(*call, actor=actor).stdout for call in (["reconcile"], ["coverage"])]
    told += [console.run("grade", "outside", files.code(1), "--purpose", "x", actor=actor).stdout]
    assert TELLING not in "".join(told)


def test_no_public_answer_no_line_logged_and_no_entry_holds_one(house: House) -> None:
    public = (
        "{ findings(first: 10) { nodes { enterpriseName } } campaigns(first: 10) { nodes { code } } ledger { size } }"
    )
    told = [house.post(public).text, house.http.get("/feed.json").text, house.logged.getvalue()]
    with house.bureau.read() as tx:
        told += [bytes(data).decode() for data in tx.execute(select(log_entry.c.data)).scalars()]
    assert TELLING not in "".join(told)


def test_refused_rows_of_a_file_of_grades_come_back_to_who_handed_it_in_alone(house: House) -> None:
    bad = files.outside_grade(1, TELLING, "2026-02-30")
    job = house.import_file("outside_grade", csv(bad))
    (file,) = job["files"]
    assert TELLING in house.fetch(file["path"], ANALYST).text
    assert TELLING in house.fetch(file["path"], AUDITOR).text
    for actor in (PLANNER, INSPECTOR, ADMINISTRATOR, Actor("other analyst", Role.ANALYST)):
        answer = house.fetch(file["path"], actor)
        assert answer.status_code == 404
        assert TELLING not in answer.text
    told: dict[str, Any] = house.ask(
        "query ($id: ID!) { job(id: $id) { result { __typename } } }", ANALYST, id=job["id"]
    )
    assert TELLING not in str(told)


def test_a_planner_does_not_take_grades_in(house: House) -> None:
    mutation = """mutation ($file: Upload!) { importFile(file: $file, source: "outside_grade") {
        refusal { code } } }"""
    payload = house.upload(mutation, PLANNER, ("g.csv", csv(files.outside_grade(1, TELLING))))["importFile"]
    assert payload["refusal"]["code"] == "role_not_allowed"


def test_the_whole_bureau_is_sound(house: House) -> None:
    audit = "mutation { auditDatabase { job { id } refusal { code } } }"
    job = house.do(audit, AUDITOR)["job"]["id"]
    fields = "state result { ... on AuditResult { faults { table row code } } }"
    assert house.followed(job, AUDITOR, fields)[-1]["result"]["faults"] == []


def test_a_bundle_after_releases_and_changes_still_verifies(tmp_path: Path) -> None:
    with served_on("sqlite", tmp_path) as house:
        house.import_file("penalty", csv(files.penalty(1, "罚前", "2026-01-05")))
        small_bureau.import_all(house)
        house.import_file("change", csv(files.change(1, "换照", NUMBER)))
        small_bureau.grade_all(house)
        campaign = small_bureau.plan(house)
        small_bureau.freeze(house, campaign)
        small_bureau.reveal(house, campaign)
        house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=campaign)
        export = "mutation ($c: String!) { exportBundle(campaign: $c) { job { id } refusal { code } } }"
        job = house.work(export, AUDITOR, c=campaign)
        bundle = house.fetch(job["files"][0]["path"], AUDITOR).content
        verify = "mutation ($file: Upload!) { verifyBundle(file: $file) { job { id } refusal { code } } }"
        asked = house.upload(verify, AUDITOR, ("bundle", bundle))["verifyBundle"]["job"]["id"]
        fields = "result { ... on VerificationResult { passed checks { name fault } } }"
        told = house.followed(asked, AUDITOR, fields)[-1]["result"]
        assert told["passed"], told
