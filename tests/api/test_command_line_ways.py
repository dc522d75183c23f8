"""How the command line speaks: exit codes, stdout and stderr, both languages, tokens, and what nobody foresaw."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from api.bureau import Bureau, create
from api.settings import Settings
from ledger import jobs
from ledger.canonical import JSON
from ledger.jobs import JobFile
from tests.api.console import ADMINISTRATOR, AUDITOR, PLANNER, SCRIPT, SOUND, Console

GARBAGE = "abc"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """The installed script, on a bureau in SQLite."""
    settings = Settings(home=tmp_path / "home")
    create(settings, "log.test/qian", "测试单位").close()
    return Console(settings, tmp_path, script=True)


@pytest.fixture
def within(console: Console) -> Console:
    """The same without a process for each command."""
    return Console(console.settings, console.folder)


def test_the_script_names_its_commands(console: Console) -> None:
    answer = console.run("--help")
    assert answer.code == 0
    for command in ("init", "import", "grade", "campaign", "finding", "verify", "audit", "token", "serve"):
        assert f" {command} " in answer.stdout


def test_what_takes_a_while_to_load_is_loaded_by_those_commands_that_need_it() -> None:
    heavy = ["alembic", "asyncssh", "fpdf", "matplotlib", "pandas", "strawberry"]
    heavy += ["scipy.optimize", "scipy.special", "scipy.stats"]
    program = f"import sys, api.command_line.app; print(*(name for name in {heavy} if name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout == "\n"


def test_a_token_from_the_script_is_taken_from_a_file(console: Console, tmp_path: Path) -> None:
    issued = console.run("token", "--role", "auditor", "--subject", "审计员", "--days", "1")
    assert (issued.code, issued.stderr, len(issued.stdout.splitlines())) == (0, "", 1)
    (tmp_path / "token").write_text(issued.stdout)
    assert console.json("audit", "--token-file", tmp_path / "token").json == SOUND


def test_a_refusal_is_one_json_document_on_stdout_and_exit_code_1(console: Console) -> None:
    answer = console.json("audit", actor=PLANNER)
    assert (answer.code, answer.stderr) == (1, "")
    assert set(answer.json["error"]) == {"code", "field", "parameters", "message", "remedy"}


def test_a_refusal_to_people_is_words_and_remedy_on_stderr(console: Console) -> None:
    answer = console.run("audit", actor=PLANNER, QIAN_LANGUAGE="zh")
    assert (answer.code, answer.stdout) == (1, "")
    assert answer.stderr.splitlines() == [
        "角色“抽查管理员”无权执行此操作。",
        "请由具有下列角色之一的人员办理：审计员、系统管理员。",
    ]


@pytest.mark.parametrize(
    "arguments", [["campaign", "draw"], ["sing"], ["audit", "--loudly"], ["token", "--role", "king"]]
)
def test_a_wrong_call_is_exit_code_2(within: Console, arguments: list[str]) -> None:
    told = within.run(*arguments)
    assert (told.code, told.stdout) == (2, "")
    assert told.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["campaign", "draw"], "缺少 'CAMPAIGN'。"),
        (["sing"], "没有命令 'sing'。"),
        (["audit", "--loudly"], "没有选项 --loudly。"),
        (["grade", "--as"], "没有选项 --as；相近的选项：--as-of, --json。"),
        (["model", "list", "x", "y"], "多余的参数：x y。"),
        (["import", "--source"], "选项 '--source' 缺少值。"),
        (["import", "nowhere.csv", "--source", "penalty"], "'files'：'nowhere.csv' 不存在。"),
        (["import", "/", "--source", "penalty"], "'files'：'/' 是文件夹，此处须为文件。"),
        (["token", "--role", "king"], "'--role'：'king' 不是可用的值；可用：'planner', "),
        (["token", "--role", "planner", "--subject", "a", "--days", "x"], "'--days' 的值应为整数。"),
        (["grade", "--as-of", "gestern"], "参数值不可用：gestern: YYYY-MM-DD"),
    ],
)
def test_a_wrong_call_is_told_in_chinese(within: Console, arguments: list[str], told: str) -> None:
    answer = within.run(*arguments, actor=ADMINISTRATOR, QIAN_LANGUAGE="zh")
    assert answer.code == 2
    assert answer.stderr.startswith(told)


def test_a_wrong_call_is_json_where_json_was_asked_for(within: Console) -> None:
    answer = within.run("campaign", "draw", "--json")
    assert (answer.code, answer.error) == (2, "usage")


@pytest.mark.parametrize("value", ["2026-13-01", "gestern", "2026-11-23T"])
def test_a_date_that_is_none_is_a_wrong_call(within: Console, value: str) -> None:
    assert within.json("grade", "--as-of", value, actor=ADMINISTRATOR).code == 2


def test_no_token_and_a_bad_token_are_refused(within: Console) -> None:
    assert within.json("audit").error == "command_without_token"
    assert within.run("audit", "--json", QIAN_TOKEN=GARBAGE).error == "token_refused"


def test_no_bureau_is_said_and_none_is_made(tmp_path: Path) -> None:
    nowhere = Console(Settings(home=tmp_path / "nowhere"), tmp_path)
    assert nowhere.run("audit", "--json", QIAN_TOKEN=GARBAGE).error == "bureau_missing"
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_does_not_answer_is_said_without_its_password(within: Console) -> None:
    address = "postgresql://qian:hidden-value@127.0.0.1:1/qian"
    answer = within.run("audit", "--json", QIAN_DATABASE_URL=address)
    assert answer.error == "database_unreachable"
    assert "hidden-value" not in answer.stdout + answer.stderr


def test_settings_that_cannot_be_are_named_without_their_values(within: Console) -> None:
    answer = within.run("audit", QIAN_PORT="hidden-value", QIAN_LOG_FORMAT="xml")
    assert answer.code == 1
    assert "QIAN_LOG_FORMAT" in answer.stderr
    assert "QIAN_PORT" in answer.stderr
    assert "hidden-value" not in answer.stderr


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the grade is D")

    monkeypatch.setattr("api.command_line.bureau.audit_bureau", fail)


@pytest.mark.usefixtures("broken")
def test_what_nobody_foresaw_has_an_id_and_exit_code_70_and_no_trace(within: Console) -> None:
    answer = within.json("audit", actor=AUDITOR)
    assert (answer.code, answer.error) == (70, "unexpected")
    assert "Traceback" not in answer.stdout + answer.stderr
    assert "the grade is D" not in answer.stdout + answer.stderr


@pytest.mark.usefixtures("broken")
def test_the_trace_is_shown_where_debug_lines_are_asked_for(within: Console) -> None:
    answer = within.run("audit", actor=AUDITOR, QIAN_LOG_LEVEL="debug")
    assert answer.code == 70
    assert "Traceback" in answer.stderr


def test_numbers_and_dates_of_a_plan_are_checked_before_anything_is_planned(within: Console, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    expected = {
        "title = 1": "plan_value_unusable",
        'title = "甲"': "plan_key_missing",
        "= 1": "plan_file_unreadable",
    }
    whole = (
        'title = "甲"\ndepartments = ["ZJ"]\nitems = ["1"]\nstarts = 2026-11-01\nends = 2026-12-01\n'
        "rates = { A = 100 }\n"
    )
    expected[whole + "colour = 1"] = "plan_key_unknown"
    expected[whole.replace("100", "1.5")] = "plan_value_unusable"
    expected[whole.replace("12-01", "10-01")] = "period_unusable"
    expected[whole] = "department_missing"
    for text, code in expected.items():
        file.write_text(text)
        assert within.json("campaign", "plan", "--file", file, actor=PLANNER).error == code
    assert within.json("campaign", "plan", "--rate", "A", actor=PLANNER).code == 2
    assert within.json("campaign", "plan", "--rate", "A=5%", actor=PLANNER).code == 2


def test_a_party_s_file_that_is_none_is_refused(within: Console, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("{}")
    answer = within.json("campaign", "reveal", "2026-0001", "--kept", tmp_path / "kept", actor=PLANNER)
    assert answer.error == "kept_file_unreadable"


def test_a_file_that_cannot_be_written_is_said(within: Console, tmp_path: Path) -> None:
    answer = within.json("ceremony", "commit", "--party", "甲", "--keep", tmp_path / "no" / "kept")
    assert answer.error == "file_unwritable"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_serve_answers_until_it_is_interrupted(console: Console) -> None:
    port = free_port()
    with started(console, "serve", QIAN_PORT=str(port)) as process:
        until(process, lambda: answered(port) == 200)
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


def test_an_address_that_is_taken_is_said(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer = console.run("serve", QIAN_PORT=str(listening.getsockname()[1]))
    assert answer.code == 1
    assert "Cannot listen on 127.0.0.1" in answer.stderr


def test_work_does_jobs_until_it_is_told_to_stop(console: Console) -> None:
    bureau = Bureau(console.settings)
    file = JobFile("departments.csv", "部门代码,部门名称\nZJ,住建局\n".encode())
    parameters: dict[str, JSON] = {"source": "department", "strict": True}

    def ended() -> bool:
        with bureau.read() as tx:
            return jobs.read(tx, ADMINISTRATOR, job).state == "done"

    with bureau.write() as tx:
        job = jobs.enqueue(tx, ADMINISTRATOR, bureau.now, "import_file", parameters, [file])
    with started(console, "work") as process:
        until(process, ended)
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
    bureau.close()


def started(console: Console, command: str, **environment: str) -> subprocess.Popen[bytes]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("QIAN_")}
    given = {**plain, "QIAN_HOME": str(console.settings.home), **environment}
    return subprocess.Popen([SCRIPT, command], env=given, stderr=subprocess.DEVNULL)


def until(process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not holds():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)


def answered(port: int) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
