"""`qian log`: a bureau's log exported, checked as a whole, followed from afar, and proved entry by entry."""

import errno
import functools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from api import log_following
from api.bureau import Bureau
from api.command_line import log_reading
from api.settings import Settings
from api.witness import create_witness, opened_witness
from ledger import cosignatures, documents, log
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier, open_checkpoint
from ledger.tlog_proof import parse_proof
from tests.api.console import Answer, Console
from tests.api.house import served_on
from tests.ledger.static_log import SIGNER, VERIFIER, chained, log_signer, static_log

ENTRIES = chained(600)
FORK = chained(600, {100: ("test.entry", {"subject": "another history"})})


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  - its name there
        """Say nothing of requests."""


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """Serve a folder at loopback, as any web server does."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def lay_out(folder: Path, entries: Sequence[bytes], signer: Ed25519Signer = SIGNER) -> None:
    """Make a folder a log, instead of any that it was."""
    shutil.rmtree(folder, ignore_errors=True)
    files = {**static_log(entries, signer).files, "vkey": f"{signer.verifier_key}\n".encode()}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def flip(path: Path, place: int = 100) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def trusting(folder: Path, verifier: Verifier) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "trust.toml"
    path.write_text(f'log = ["{verifier.vkey}"]\n', "utf-8")
    return path


@pytest.fixture
def console(bureau: Bureau, tmp_path: Path) -> Console:
    """Commands on a bureau with 300 entries, one of which names a public file."""
    with bureau.write() as tx:
        name = documents.publish_file(tx, b"[1]")
        log.append(tx, bureau.now, [NewEntry("test.file", "s", body={"file": name})])
        log.append(tx, bureau.now, [NewEntry("test.entry", f"s{n}") for n in range(300 - log.size(tx))])
    return Console(bureau.settings, tmp_path)


@pytest.fixture
def exported(console: Console, tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    console.done("log", "export", folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    lay_out(folder, ENTRIES[:300])
    return folder


@pytest.fixture
def follower(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    """The command line of somebody who has no bureau."""
    monkeypatch.chdir(tmp_path)
    return Console(Settings(home=tmp_path / "nothing"), tmp_path)


def codes(answer: Answer) -> list[str]:
    return [each["code"] for each in answer.json["faults"]]


def test_an_exported_log_is_sound(console: Console, bureau: Bureau, exported: Path, tmp_path: Path) -> None:
    trust = trusting(tmp_path, bureau.verifier)
    checked = console.done("log", "fsck", exported, "--trust", trust)
    assert (checked["size"], checked["sound"], checked["pinned"], checked["faults"]) == (300, True, True, [])
    again = console.done("log", "export", exported)
    assert (again["size"], again["written"]) == (300, 0)
    assert (exported / "vkey").read_text() == f"{bureau.verifier.vkey}\n"


def test_with_witnesses_only_what_they_cosigned_is_exported_and_proved(
    console: Console, bureau: Bureau, tmp_path: Path
) -> None:
    mirror, policy, file = str(tmp_path / "mirror"), tmp_path / "policy", tmp_path / "5.tlog-proof"
    create_witness(tmp_path / "witness", "w.example")
    with opened_witness(tmp_path / "witness") as witness:
        vkey = witness.verifier.vkey
        policy.write_text(f"witness w {vkey} https://w.example/\nquorum w\n", "utf-8")
        awaited = console.run("log", "export", mirror, "--json", QIAN_WITNESS_POLICY=str(policy))
        assert awaited.error == "checkpoint_missing"
        witness.add_log(bureau.verifier.vkey)
        with bureau.read() as tx:
            note = log.checkpoint(tx)
        lines = witness.add_checkpoint(f"old 0\n\n{note}".encode(), 1_800_000_000)
        with bureau.database.write() as tx:
            cosignatures.store(tx, 300, witness.verifier, lines)
    with bureau.write() as tx:
        log.append(tx, bureau.now, [NewEntry("test.entry", "not cosigned")])
    exported = console.run("log", "export", mirror, "--json", QIAN_WITNESS_POLICY=str(policy))
    assert exported.json["size"] == 300
    assert (tmp_path / "mirror/checkpoint").read_text() == note + lines
    assert console.done("log", "fsck", mirror)["size"] == 300
    file.write_text(console.run("log", "proof", "5", QIAN_WITNESS_POLICY=str(policy)).stdout, "utf-8")
    trust = trusting(tmp_path, bureau.verifier)
    trust.write_text(f'{trust.read_text()}witnesses = ["{vkey}"]\n', "utf-8")
    verified = console.done("log", "verify-proof", file, "--trust", trust)
    assert verified["witnesses"] == [{"name": "w.example", "time": 1_800_000_000}]
    late = console.run("log", "proof", "300", "--json", QIAN_WITNESS_POLICY=str(policy))
    assert late.error == "entry_missing"


def test_a_log_checked_without_pinned_keys_is_told_as_unverified(console: Console, exported: Path) -> None:
    assert console.done("log", "fsck", exported)["pinned"] is False
    shown = console.run("log", "fsck", exported)
    assert shown.code == 0
    assert "300 entries" in shown.stdout
    assert "Keys unverified" in shown.stdout


def test_a_flipped_byte_is_named(console: Console, exported: Path) -> None:
    (public,) = (exported / "data").iterdir()
    bundle = exported / "tile/entries/001.p/44"
    flip(bundle, bundle.read_bytes().index(b'"subject":"s') + 11)
    flip(exported / "tile/0/000")
    flip(public, 0)
    checked = console.json("log", "fsck", exported)
    assert checked.code == 1
    assert sorted((each["code"], each["parameters"]["path"]) for each in checked.json["faults"]) == [
        ("log_entry_altered", "tile/entries/001.p/44"),
        ("log_file_altered", f"data/{public.name}"),
        ("log_tile_altered", "tile/0/000"),
    ]
    shown = console.run("log", "fsck", exported)
    assert shown.code == 1
    assert "log_tile_altered" in shown.stdout


def test_a_log_of_another_key_than_the_pinned_one_is_not_sound(
    console: Console, exported: Path, tmp_path: Path
) -> None:
    checked = console.json("log", "fsck", exported, "--trust", trusting(tmp_path, VERIFIER))
    assert (checked.code, codes(checked)) == (1, ["log_key_not_pinned"])


def test_only_so_many_faults_are_shown(follower: Console, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "MOST_FAULTS", 2)
    for path in ("tile/0/000", "tile/entries/000", "tile/entries/001.p/44"):
        (folder / path).unlink()
    checked = follower.json("log", "fsck", folder)
    assert (checked.code, len(codes(checked)), checked.json["more"]) == (1, 2, True)


def test_a_folder_without_a_log_is_not_sound(follower: Console, tmp_path: Path) -> None:
    checked = follower.json("log", "fsck", tmp_path)
    assert (checked.code, checked.json["size"], codes(checked)) == (1, None, ["log_part_missing"])
    assert follower.json("log", "fsck", tmp_path / "nowhere").error == "log_folder_missing"


def test_an_export_that_cannot_be_written_is_refused(console: Console, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert console.json("log", "export", tmp_path / "file/mirror").error == "file_unwritable"


def test_a_served_log_is_checked_and_followed_by_its_address(tmp_path: Path) -> None:
    with served_on("sqlite", tmp_path, worker=False) as house:
        console, url = Console(house.bureau.settings, tmp_path), f"{house.url}/log"
        trust, state = trusting(tmp_path, house.bureau.verifier), tmp_path / "state"
        step = ("log", "follow", url, "--once", "--state", state, "--trust", trust)
        assert console.done("log", "fsck", url, "--trust", trust)["sound"] is True
        first = console.done(*step)
        assert (first["before"], first["size"]) == (None, house.size())
        with house.bureau.write() as tx:
            log.append(tx, house.bureau.now, [NewEntry("test.entry", f"s{n}") for n in range(300)])
        second = console.done(*step)
        assert (second["before"], second["size"]) == (first["size"], first["size"] + 300)
        assert console.done("log", "fsck", url, "--trust", trust)["size"] == second["size"]


def test_a_log_that_grows_is_followed_by_the_keys_of_the_first_step(follower: Console, folder: Path) -> None:
    with served_folder(folder) as url:
        first = follower.done("log", "follow", url, "--once")
        assert (first["size"], first["pinned"]) == (300, False)
        lay_out(folder, ENTRIES)
        assert follower.done("log", "follow", url, "--once")["before"] == 300
        assert follower.done("log", "follow", url, "--once")["before"] == 600
        lay_out(folder, ENTRIES, log_signer(9))
        assert follower.json("log", "follow", url, "--once").error == "log_checkpoint_unsigned"


@pytest.mark.parametrize(
    ("entries", "code"), [(FORK[:300], "log_forked"), (FORK, "log_forked"), (ENTRIES[:299], "log_rolled_back")]
)
def test_a_fork_and_a_rollback_leave_both_notes(
    follower: Console, folder: Path, tmp_path: Path, entries: list[bytes], code: str
) -> None:
    state = tmp_path / "state"
    with served_folder(folder) as url:
        follower.done("log", "follow", url, "--once", "--state", state)
        remembered = state.read_bytes()
        lay_out(folder, entries)
        lied = follower.json("log", "follow", url, "--once", "--state", state)
        assert (lied.code, lied.error) == (1, code)
        shown = follower.run("log", "follow", url, "--once", "--state", state)
    kept = Path(lied.json["folder"])
    assert [each for each in tmp_path.iterdir() if each.name.startswith("state.")] == [kept]
    known, served = ((kept / name).read_text() for name in ("known.checkpoint", "served.checkpoint"))
    assert [open_checkpoint(note, [VERIFIER]).checkpoint.size for note in (known, served)] == [300, len(entries)]
    assert {"known": known, "served": served}.items() <= lied.json["evidence"].items()
    assert (kept / "consistency-proof").exists() == (len(entries) > 300)
    assert state.read_bytes() == remembered
    assert shown.code == 1
    assert str(kept) in shown.stderr


def test_a_log_is_followed_until_it_lies(
    follower: Console, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps = iter([ENTRIES[:300], ENTRIES[:450], None, ENTRIES, FORK])
    pauses = []

    def pause(seconds: int) -> None:
        pauses.append(seconds)
        entries = next(steps)
        lay_out(folder, entries or ENTRIES)
        if entries is None:  # for a while it cannot be read
            (folder / "checkpoint").unlink()
            (folder / "checkpoint").mkdir()

    monkeypatch.setattr(log_reading, "time", SimpleNamespace(sleep=pause))
    shown = follower.run("log", "follow", folder, "--every", "7", "--state", tmp_path / "state")
    assert shown.code == 1
    assert pauses == [7] * 5
    assert [size for size in ("300", "450", "600") if size in shown.stdout] == ["300", "450", "600"]
    assert "could not be read" in shown.stderr
    assert "contradict" in shown.stderr


def test_a_log_that_cannot_be_reached_is_no_success(follower: Console, folder: Path) -> None:
    (folder / "checkpoint").unlink()
    (folder / "checkpoint").mkdir()
    assert follower.json("log", "follow", folder, "--once").error == "log_unreachable"


def test_a_state_that_is_none_is_refused(follower: Console, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("{}")
    step = follower.json("log", "follow", folder, "--once", "--state", tmp_path / "state")
    assert step.error == "follow_state_unreadable"
    (tmp_path / "a file").touch()
    step = follower.json("log", "follow", folder, "--once", "--state", tmp_path / "a file/state")
    assert step.error == "follow_state_unreadable"


def test_a_step_that_cannot_be_remembered_is_no_success(
    follower: Console, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(log_following, "write_atomically", full)
    assert follower.json("log", "follow", folder, "--once").error == "file_unwritable"


@pytest.mark.parametrize(("vkey", "code"), [(None, "log_part_missing"), (b"none\n", "vkey_malformed")])
def test_without_pins_a_log_must_tell_its_keys(follower: Console, folder: Path, vkey: bytes | None, code: str) -> None:
    (folder / "vkey").unlink()
    if vkey is not None:
        (folder / "vkey").write_bytes(vkey)
    assert follower.json("log", "follow", folder, "--once").error == code
    assert follower.json("log", "fsck", folder).error == code


def test_an_entry_is_proved_offline_by_its_file(
    console: Console, bureau: Bureau, tmp_path: Path, follower: Console
) -> None:
    file, trust = tmp_path / "5.tlog-proof", trusting(tmp_path, bureau.verifier)
    printed = console.run("log", "proof", "5").stdout
    assert console.done("log", "proof", "5") == {"index": 5, "proof": printed}
    file.write_text(printed, "utf-8")
    verified = follower.done("log", "verify-proof", file, "--trust", trust)
    with bureau.read() as tx:
        entry = log.read(tx, 5)
    assert (verified["verified"], verified["index"], verified["size"]) == (True, 5, 300)
    assert verified["entry"] == {"time": entry.time, "kind": entry.kind, "body": entry.body}
    assert "Verified" in follower.run("log", "verify-proof", file, "--trust", trust).stdout
    assert console.json("log", "proof", "300").error == "entry_missing"


def test_a_proof_that_does_not_hold_is_refused(
    console: Console, bureau: Bureau, tmp_path: Path, follower: Console
) -> None:
    file, trust = tmp_path / "5.tlog-proof", trusting(tmp_path, bureau.verifier)
    text = console.run("log", "proof", "5").stdout
    proof = parse_proof(text)
    assert proof.extra is not None

    def refused(content: str, pins: Path = trust) -> str:
        file.write_bytes(content.encode())
        return str(follower.json("log", "verify-proof", file, "--trust", pins).error)

    assert refused(text.replace("index 5\n", "index 6\n")) == "proof_not_verified"
    assert refused(type(proof)(5, proof.hashes, proof.checkpoint, proof.extra[:-2] + b"x}").text()) == (
        "proof_not_verified"
    )
    assert refused(text, trusting(tmp_path / "other", VERIFIER)) == "proof_not_verified"
    assert refused(type(proof)(5, proof.hashes, proof.checkpoint).text()) == "proof_without_entry"
    assert refused(text.replace("\n", "\r\n")) == "proof_malformed"
    assert refused("") == "proof_malformed"
