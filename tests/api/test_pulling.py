"""Pulling: files that are fetched go in once, bad ones hold nobody up, and a server may be as bad as it likes."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import fetching_http, fetching_sftp
from api.auditing import audit_bureau
from api.bureau import Bureau
from api.pulling import PullReport, pull_source
from api.worker import Worker
from ledger import jobs, log
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.jobs import Job
from sampling import pull_states, registers, sources
from sampling.pull_states import PullState
from tests.api.file_servers import SftpServer, WebFile, basic, sftp_server, web_server
from tests.scoring.source_text import PULLED

ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
ANALYST = Actor("analyst", Role.ANALYST)
NAME = "信用平台"
SECRET = "t0ken-that-nobody-may-see"  # noqa: S105  - of a server that the test starts
LONG_AGO = time.time() - 3600


def departments(*codes: str) -> bytes:
    return ("部门代码,部门名称\n" + "".join(f"{code},{code}局\n" for code in codes)).encode()


def add(bureau: Bureau, table: str, version: str = "1") -> None:
    text = PULLED.replace('"1"', f'"{version}"') + f'[pull]\nschedule = "daily 02:30"\n{table}'
    with bureau.write() as tx:
        sources.add(tx, ADMINISTRATOR, bureau.now, text)


def pull(bureau: Bureau) -> PullReport:
    return pull_source(bureau, ADMINISTRATOR, NAME)


def refused(bureau: Bureau) -> Refusal:
    """Pull, which has to be refused as a whole, be seen in the state, and change nothing."""
    before = size(bureau)
    with pytest.raises(Refusal) as refusal:
        pull(bureau)
    held = state(bureau).error
    assert held is not None
    assert held.code == refusal.value.code
    assert size(bureau) == before
    return refusal.value


def failed(bureau: Bureau) -> str:
    """Pull one file, which has to be refused, be seen in the state, and change nothing; return the code."""
    before = size(bureau)
    report = pull(bureau)
    [(file, refusal)] = report.failed
    found = state(bureau)
    assert found.error is not None
    assert (found.error.code, found.file) == (refusal.code, file)
    assert refusal.parameters["file"] == file
    assert (report.taken, size(bureau)) == ([], before)
    return refusal.code


def state(bureau: Bureau) -> PullState:
    with bureau.read() as tx:
        return pull_states.states(tx, ANALYST)[NAME]


def size(bureau: Bureau) -> int:
    with bureau.read() as tx:
        return log.size(tx)


def held(bureau: Bureau) -> list[str]:
    with bureau.read() as tx:
        return list(registers.departments(tx))


class TestFolder:
    FOLDER = 'folder = "platform"\nfiles = "*.csv"\n'

    @pytest.fixture
    def folder(self, bureau: Bureau) -> Path:
        folder = bureau.settings.inbox_folder / "platform"
        folder.mkdir(parents=True)
        add(bureau, self.FOLDER)
        return folder

    def put(self, folder: Path, name: str, content: bytes, modified: float = LONG_AGO) -> Path:
        path = folder / name
        path.write_bytes(content)
        os.utime(path, (modified, modified))
        return path

    def test_new_files_go_in_each_as_a_batch_and_stay_where_they_are(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ"))
        path = self.put(folder, "b.csv", departments("SC"))
        before = size(bureau)
        report = pull(bureau)
        assert [(each.file, each.new) for each in report.taken] == [("a.csv", 1), ("b.csv", 1)]
        assert (held(bureau), size(bureau), path.exists()) == (["SC", "ZJ"], before + 2, True)
        assert (state(bureau).failures, state(bureau).error) == (0, None)
        assert audit_bureau(bureau, ADMINISTRATOR) == []

    def test_what_was_taken_in_changes_nothing_again(self, bureau: Bureau, folder: Path) -> None:
        path = self.put(folder, "a.csv", departments("ZJ"))
        pull(bureau)
        before = size(bureau)
        assert (pull(bureau).unchanged, pull(bureau).taken) == (1, [])
        os.utime(path, (LONG_AGO + 9, LONG_AGO + 9))
        assert (pull(bureau).unchanged, size(bureau)) == (1, before)

    def test_a_file_that_goes_back_to_what_it_was_is_taken_in_again(self, bureau: Bureau, folder: Path) -> None:
        for count, name in enumerate(("住建局", "住房局", "住建局")):
            self.put(folder, "a.csv", f"部门代码,部门名称\nZJ,{name}\n".encode(), LONG_AGO + count)
            assert len(pull(bureau).taken) == 1
        with bureau.read() as tx:
            assert registers.departments(tx)["ZJ"]["name"] == "住建局"

    def test_another_version_of_the_source_reads_files_anew(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ"))
        pull(bureau)
        add(bureau, self.FOLDER, version="2")
        assert [each.same for each in pull(bureau).taken] == [1]

    def test_a_bad_file_does_not_stop_the_next_and_goes_in_once_it_is_mended(
        self, bureau: Bureau, folder: Path
    ) -> None:
        self.put(folder, "a.csv", b"\xff\xfe")
        self.put(folder, "b.csv", departments("SC"))
        report = pull(bureau)
        assert [(name, refusal.code) for name, refusal in report.failed] == [("a.csv", "encoding_unknown")]
        assert held(bureau) == ["SC"]
        found = state(bureau)
        assert (found.file, found.failures) == ("a.csv", 1)
        assert found.retry_at is not None
        self.put(folder, "a.csv", departments("ZJ"))
        assert [each.file for each in pull(bureau).taken] == ["a.csv"]
        assert (state(bureau).failures, state(bureau).error) == (0, None)

    def test_bad_rows_are_handed_back_and_the_others_go_in(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ", "-"))
        [report] = pull(bureau).taken
        assert (report.new, len(report.refused)) == (1, 1)

    def test_a_file_that_was_just_written_waits(self, bureau: Bureau, folder: Path) -> None:
        path = self.put(folder, "a.csv", departments("ZJ"), time.time())
        assert pull(bureau).taken == []
        os.utime(path, (LONG_AGO, LONG_AGO))
        assert len(pull(bureau).taken) == 1

    def test_a_file_of_a_clock_far_ahead_does_not_wait_for_ever(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ"), time.time() + 86400)
        assert len(pull(bureau).taken) == 1

    def test_a_marker_says_that_a_file_is_complete(self, bureau: Bureau, folder: Path) -> None:
        add(bureau, self.FOLDER + 'marker = ".done"\n', version="2")
        self.put(folder, "a.csv", departments("ZJ"))
        assert pull(bureau).taken == []
        self.put(folder, "a.csv.done", b"", time.time())
        assert len(pull(bureau).taken) == 1

    def test_other_files_folders_and_links_are_left_alone(self, bureau: Bureau, folder: Path) -> None:
        secret = self.put(bureau.settings.home, "secret.csv", departments("XX"))
        (folder / "link.csv").symlink_to(secret)
        (folder / "folder.csv").mkdir()
        self.put(folder, "a.csv.part", departments("ZJ"))
        self.put(folder, "a.xlsx", departments("ZJ"))
        assert (pull(bureau).taken, held(bureau)) == ([], [])

    def test_a_folder_that_leads_elsewhere_or_is_not_there_is_refused(self, bureau: Bureau, folder: Path) -> None:
        folder.rmdir()
        assert refused(bureau).code == "pull_folder_missing"
        folder.symlink_to(bureau.settings.home)
        assert refused(bureau).code == "pull_folder_missing"

    def test_a_file_beyond_the_limit_is_refused(self, bureau: Bureau, folder: Path) -> None:
        add(bureau, self.FOLDER + "largest_mebibytes = 1\n", version="2")
        self.put(folder, "a.csv", departments("ZJ") + b" " * (1 << 20))
        assert failed(bureau) == "pull_too_large"

    def test_a_source_that_holds_no_more_is_not_pulled(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ"))
        text = PULLED.replace('"1"', '"2"').replace("2020-01-01", "2020-01-01\nvalid_to = 2020-12-31")
        with bureau.write() as tx:
            sources.add(tx, ADMINISTRATOR, bureau.now, f'{text}[pull]\nschedule = "daily 02:30"\n{self.FOLDER}')
        assert refused(bureau).code == "source_not_in_force"


class TestHttp:
    @pytest.fixture
    def file(self) -> WebFile:
        return WebFile(departments("ZJ"))

    @pytest.fixture
    def url(self, bureau: Bureau, file: WebFile) -> Iterator[str]:
        with web_server(file) as (url, _):
            add(bureau, f'url = "{url}"\n')
            yield url

    @pytest.fixture
    def secure(self, bureau: Bureau, file: WebFile, tmp_path: Path) -> Iterator[str]:
        """The table of a server with TLS, whose authority is pinned."""
        with web_server(file, tmp_path) as (url, authority):
            yield f'url = "{url}"\ncertificates = """\n{authority}"""\n'

    def test_a_file_goes_in(self, bureau: Bureau, url: str) -> None:
        assert [(each.file, each.new) for each in pull(bureau).taken] == [("departments.csv", 1)]
        assert held(bureau) == ["ZJ"]

    def test_what_has_not_changed_is_not_sent_again(self, bureau: Bureau, file: WebFile, url: str) -> None:
        pull(bureau)
        before = size(bureau)
        assert (pull(bureau).unchanged, size(bureau)) == (1, before)
        assert [asked.get("if-none-match") for asked in file.asked] == [None, file.etag]
        file.content = departments("ZJ", "SC")
        assert [each.new for each in pull(bureau).taken] == [1]

    def test_without_an_etag_the_same_content_changes_nothing(self, bureau: Bureau, file: WebFile, url: str) -> None:
        file.validators = False
        pull(bureau)
        before = size(bureau)
        assert (pull(bureau).unchanged, size(bureau)) == (1, before)
        assert "if-none-match" not in file.asked[-1]

    def test_a_bad_file_is_asked_for_again_in_full(self, bureau: Bureau, file: WebFile, url: str) -> None:
        file.content = b"<html>log in</html>"
        assert failed(bureau) == "header_unknown"
        assert failed(bureau) == "header_unknown"
        assert "if-none-match" not in file.asked[-1]
        assert state(bureau).failures == 2

    @pytest.mark.parametrize("status", [302, 401, 404, 500, 503, 204])
    def test_another_status_is_refused(self, bureau: Bureau, file: WebFile, url: str, status: int) -> None:
        file.status = status
        assert failed(bureau) == "pull_http_status"
        assert len(file.asked) == 1

    def test_a_file_that_breaks_off_is_refused(self, bureau: Bureau, file: WebFile, url: str) -> None:
        file.cut_at = len(file.content) // 2
        assert failed(bureau) == "pull_failed"

    def test_a_file_that_takes_too_long_is_refused(self, bureau: Bureau, file: WebFile, url: str) -> None:
        add(bureau, f'url = "{url}"\nseconds = 1\n', version="2")
        file.pause = 0.2
        assert failed(bureau) == "pull_too_slow"

    def test_a_server_that_says_nothing_is_refused(
        self, bureau: Bureau, file: WebFile, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching_http, "WAIT_SECONDS", 0.3)
        file.pause = 3
        assert failed(bureau) == "pull_failed"

    def test_a_file_beyond_the_limit_is_refused(self, bureau: Bureau, file: WebFile, url: str) -> None:
        add(bureau, f'url = "{url}"\nlargest_mebibytes = 1\n', version="2")
        file.content = departments("ZJ") + b" " * (1 << 20)
        assert failed(bureau) == "pull_too_large"

    def test_a_compressed_answer_is_refused(self, bureau: Bureau, file: WebFile, url: str) -> None:
        file.compressed = True
        assert failed(bureau) == "pull_failed"

    def test_a_server_that_is_away_is_refused(self, bureau: Bureau) -> None:
        with web_server(WebFile()) as (url, _):
            pass
        add(bureau, f'url = "{url}"\n')
        assert failed(bureau) == "pull_failed"

    def test_a_server_that_is_pinned_is_trusted_and_no_other(
        self, bureau: Bureau, secure: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        add(bureau, secure)
        assert len(pull(bureau).taken) == 1
        with web_server(WebFile(), tmp_path_factory.mktemp("other")) as (_, stranger):
            certificates = secure[secure.index("certificates") :]
            add(bureau, secure.replace(certificates, f'certificates = """\n{stranger}"""\n'), version="2")
        assert failed(bureau) == "pull_failed"
        add(bureau, secure[: secure.index("certificates")], version="3")
        assert failed(bureau) == "pull_failed"

    @pytest.mark.parametrize(
        ("kind", "content", "header"),
        [("bearer", SECRET, f"Bearer {SECRET}"), ("basic", f"qian:{SECRET}", basic("qian", SECRET))],
    )
    def test_a_credential_is_shown_to_the_server_and_to_nobody_else(
        self,
        bureau: Bureau,
        file: WebFile,
        secure: str,
        kind: str,
        content: str,
        header: str,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        keep(bureau, "platform", content)
        add(bureau, f'{secure}credential = "platform"\nauthorization = "{kind}"\n')
        file.authorization = header
        assert len(pull(bureau).taken) == 1
        file.authorization = "another"
        assert failed_code(bureau) == "pull_http_status"
        assert SECRET not in str(state(bureau)) + "".join(capfd.readouterr())

    def test_a_credential_that_others_can_read_is_refused(self, bureau: Bureau, secure: str) -> None:
        add(bureau, f'{secure}credential = "platform"\n')
        assert refused(bureau).code == "key_file_missing"
        keep(bureau, "platform", SECRET).chmod(0o644)
        assert refused(bureau).code == "key_file_readable_by_others"

    @pytest.mark.parametrize(("kind", "content"), [("bearer", "a\nb"), ("bearer", "令牌"), ("basic", "nobody")])
    def test_a_credential_that_is_none_is_refused(self, bureau: Bureau, secure: str, kind: str, content: str) -> None:
        keep(bureau, "platform", content)
        add(bureau, f'{secure}credential = "platform"\nauthorization = "{kind}"\n')
        assert refused(bureau).code == "pull_credential_unusable"


def failed_code(bureau: Bureau) -> str:
    [(_, refusal)] = pull(bureau).failed
    return refusal.code


def keep(bureau: Bureau, name: str, content: str | bytes) -> Path:
    folder = bureau.settings.credentials_folder
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    return path


class TestSftp:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "served" / "out"
        folder.mkdir(parents=True)
        return folder

    @pytest.fixture
    def server(self, bureau: Bureau, folder: Path) -> Iterator[SftpServer]:
        with sftp_server(folder.parent) as server:
            keep(bureau, "sftp-key", server.private_key)
            add(bureau, self.table(server))
            yield server

    def table(self, server: SftpServer, more: str = "") -> str:
        return (
            f'url = "sftp://qian@127.0.0.1:{server.port}/out/*.csv"\ncredential = "sftp-key"\n'
            f'host_keys = ["{server.host_key}"]\n{more}'
        )

    def put(self, folder: Path, name: str, content: bytes, modified: float = LONG_AGO) -> Path:
        path = folder / name
        path.write_bytes(content)
        os.utime(path, (modified, modified))
        return path

    def test_new_files_go_in_once(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        self.put(folder, "a.csv", departments("ZJ"))
        self.put(folder, "b.csv", b"\xff\xfe")
        self.put(folder, "c.csv", departments("SC"))
        self.put(folder, "d.csv", departments("YJ"), time.time())
        self.put(folder, "e.txt", departments("YJ"))
        (folder / "f.csv").mkdir()
        report = pull(bureau)
        assert [each.file for each in report.taken] == ["a.csv", "c.csv"]
        assert [(name, refusal.code) for name, refusal in report.failed] == [("b.csv", "encoding_unknown")]
        before = size(bureau)
        assert (pull(bureau).unchanged, size(bureau)) == (2, before)
        self.put(folder, "a.csv", departments("ZJ", "YJ"))
        assert [each.new for each in pull(bureau).taken] == [1]

    def test_a_large_file_comes_whole(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        codes = [f"A{number}" for number in range(8000)]
        self.put(folder, "a.csv", departments(*codes))
        assert [each.new for each in pull(bureau).taken] == [len(codes)]

    def test_a_marker_says_that_a_file_is_complete(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        add(bureau, self.table(server, 'marker = ".ok"\n'), version="2")
        self.put(folder, "a.csv", departments("ZJ"))
        assert pull(bureau).taken == []
        self.put(folder, "a.csv.ok", b"")
        assert len(pull(bureau).taken) == 1

    def test_a_server_with_another_key_is_refused(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        with sftp_server(folder) as other:
            stranger = other.host_key
        add(bureau, self.table(server).replace(server.host_key, stranger), version="2")
        assert refused(bureau).code == "pull_host_key_wrong"

    def test_a_key_that_the_server_does_not_know_is_refused(
        self, bureau: Bureau, folder: Path, server: SftpServer
    ) -> None:
        with sftp_server(folder) as other:
            keep(bureau, "sftp-key", other.private_key)
        assert refused(bureau).code == "pull_login_refused"

    def test_a_credential_that_is_no_key_is_refused(self, bureau: Bureau, server: SftpServer) -> None:
        keep(bureau, "sftp-key", SECRET)
        assert refused(bureau).code == "pull_credential_unusable"

    def test_a_folder_that_is_not_there_is_refused(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        folder.rmdir()
        assert refused(bureau).code == "pull_failed"

    def test_a_server_that_is_away_is_refused(self, bureau: Bureau, folder: Path) -> None:
        with sftp_server(folder) as gone:
            keep(bureau, "sftp-key", gone.private_key)
        add(bureau, self.table(gone))
        assert refused(bureau).code == "pull_failed"

    def test_a_server_that_says_nothing_is_refused(
        self, bureau: Bureau, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching_sftp, "WAIT_SECONDS", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as listening, sftp_server(folder) as server:
            keep(bureau, "sftp-key", server.private_key)
            silent = SftpServer(listening.getsockname()[1], server.host_key, server.private_key)
            add(bureau, self.table(silent))
            assert refused(bureau).code == "pull_too_slow"

    def test_a_file_that_takes_too_long_is_refused(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        add(bureau, self.table(server, "seconds = 1\n"), version="2")
        self.put(folder, "a.csv", departments("ZJ"))
        server.pause = 1.5
        assert failed(bureau) == "pull_too_slow"

    def test_a_file_beyond_the_limit_is_refused(self, bureau: Bureau, folder: Path, server: SftpServer) -> None:
        add(bureau, self.table(server, "largest_mebibytes = 1\n"), version="2")
        self.put(folder, "a.csv", departments("ZJ") + b" " * (1 << 20))
        assert failed(bureau) == "pull_too_large"

    def test_a_file_that_changes_while_it_is_read_is_refused(
        self, bureau: Bureau, folder: Path, server: SftpServer
    ) -> None:
        server.growing = self.put(folder, "a.csv", departments("ZJ"))
        assert failed(bureau) == "pull_file_changed"


class TestJob:
    def worked(self, bureau: Bureau) -> Job:
        with bureau.write() as tx:
            identifier = pull_states.request_pull(tx, ADMINISTRATOR, bureau.now, NAME).id
        assert Worker(bureau).work_one()
        with bureau.read() as tx:
            return jobs.read(tx, ADMINISTRATOR, identifier)

    @pytest.fixture
    def folder(self, bureau: Bureau) -> Path:
        folder = bureau.settings.inbox_folder / "platform"
        folder.mkdir(parents=True)
        add(bureau, TestFolder.FOLDER)
        return folder

    def put(self, folder: Path, name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)
        os.utime(folder / name, (LONG_AGO, LONG_AGO))

    def test_a_job_tells_what_went_in_what_did_not_and_hands_bad_rows_back(self, bureau: Bureau, folder: Path) -> None:
        self.put(folder, "a.csv", departments("ZJ", "-"))
        self.put(folder, "b.csv", b"")
        job = self.worked(bureau)
        assert job.state == "done"
        assert [(each["file"], each["new"], each["refused"]) for each in job.result["files"]] == [("a.csv", 1, 1)]
        assert job.result["failed"] == [{"file": "b.csv", "code": "file_empty", "parameters": {"file": "b.csv"}}]
        with bureau.read() as tx:
            assert list(jobs.result_files(tx, [job.id])[job.id]) == ["refused-a.csv.csv"]

    def test_a_folder_that_may_not_be_read_is_refused(
        self, bureau: Bureau, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def of_somebody_else(path: Path) -> Iterator[Path]:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "iterdir", of_somebody_else)
        job = self.worked(bureau)
        assert (job.state, job.refusal["code"]) == ("failed", "pull_unreadable")
        assert job.refusal["parameters"] == {"name": folder.name, "reason": "Permission denied"}

    def test_a_place_that_is_away_fails_the_job_and_is_seen(self, bureau: Bureau, folder: Path) -> None:
        folder.rmdir()
        job = self.worked(bureau)
        assert (job.state, job.refusal["code"]) == ("failed", "pull_folder_missing")
        assert state(bureau).failures == 1

    def test_a_pull_that_was_ended_half_way_takes_each_file_in_once(
        self, bureau: Bureau, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.put(folder, "a.csv", departments("ZJ"))
        self.put(folder, "b.csv", departments("SC"))
        real: Any = registers.take_in

        def ends_at_b(tx: Any, actor: Any, now: Any, file: Any, *more: Any) -> Any:
            report = real(tx, actor, now, file, *more)
            if file.name == "b.csv":
                raise KeyboardInterrupt
            return report

        with monkeypatch.context() as patched:
            patched.setattr(registers, "take_in", ends_at_b)
            with pytest.raises(KeyboardInterrupt):
                pull(bureau)
        assert held(bureau) == ["ZJ"]
        report = pull(bureau)
        assert ([each.file for each in report.taken], report.unchanged) == (["b.csv"], 1)
        assert audit_bureau(bureau, ADMINISTRATOR) == []
