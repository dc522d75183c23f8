"""Anybody verifies a campaign from what is public: at the command line, by GraphQL, and by the JavaScript module."""

import dataclasses
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import verifier
from api.public_reading import read_public
from api.settings import Settings
from ledger import merkle
from ledger.note import open_checkpoint
from sampling.public_checks import NOT_CHECKED, PublicSide
from sampling.verification import Trust
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import House, served_on
from tests.sampling.both import is_built, verify_public
from tests.sampling.bureau import TRUST as OTHER

CHECKS = (
    *("signature", "chain", "inclusion", "campaign", "other draws", "earlier tries", "beacon", "void", "witnesses"),
    *("drawn list", "names", "closing", "attestations"),
)
PROOF = """query ($code: String!) { campaign(code: $code) { proof {
  checkpoint drawnFile entries { entry { seq kind text leafHash } hashes }
} } }"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served bureau with a closed campaign."""
    with served_on("sqlite", tmp_path_factory.mktemp("public")) as house:
        assert small_bureau.run_campaign(house, lambda _: None) == "2026-0001"
        yield house


@pytest.fixture(scope="module")
def side(house: House) -> PublicSide:
    return read_public(house.url, "2026-0001")


@pytest.fixture
def trust(house: House) -> Trust:
    return Trust((house.bureau.verifier,))


@pytest.fixture
def passer_by(house: House, tmp_path: Path) -> Console:
    """The command line of somebody who has no bureau, and who pins this one's key in `trust.toml`."""
    (tmp_path / "trust.toml").write_text(f'log = ["{house.bureau.verifier.vkey}"]\n', "utf-8")
    return Console(Settings(home=tmp_path / "nothing"), tmp_path)


def test_the_public_side_of_a_closed_campaign_passes_every_check(side: PublicSide, trust: Trust) -> None:
    checks = verify_public(side, trust)
    assert [(check.name, check.fault) for check in checks] == [(name, None) for name in CHECKS]
    told = {check.name: check.compared for check in checks}
    assert told["names"] == f"{len(side.names)} names open drawn positions; 0 that were published are not shown"
    assert len(side.names) > 10


def altered_name(side: PublicSide, **changes: Any) -> PublicSide:
    first, *rest = side.names
    return dataclasses.replace(side, names=(dataclasses.replace(first, **changes), *rest))


def another_position(side: PublicSide) -> PublicSide:
    (file,) = side.files.values()
    drawn = set(json.loads(file))
    position = next(each for each in range(1000) if each not in drawn)
    return altered_name(side, position=position, opening={**side.names[0].opening, "position": position})


def a_salt_of_another(side: PublicSide) -> PublicSide:
    salt = side.names[1].opening["identity_salt"]
    return altered_name(side, opening={**side.names[0].opening, "identity_salt": salt})


DISHONEST: dict[str, tuple[Callable[[PublicSide], PublicSide], str]] = {
    "another code": (lambda side: altered_name(side, enterprise=side.names[1].enterprise), "names"),
    "a position that was not drawn": (another_position, "names"),
    "the salt of another": (a_salt_of_another, "names"),
    "another time": (lambda side: altered_name(side, published_at="2020-01-01T00:00:00Z"), "names"),
    "one name twice": (lambda side: dataclasses.replace(side, names=(*side.names, side.names[0])), "names"),
    "no list": (lambda side: dataclasses.replace(side, files={}), "drawn list"),
    "another list": (lambda side: dataclasses.replace(side, files=dict.fromkeys(side.files, b"[1,2,3]")), "drawn list"),
    "an entry left out": (lambda side: dataclasses.replace(side, entries=side.entries[:-1]), "inclusion"),
    "an entry altered": (
        lambda side: dataclasses.replace(side, entries=[*side.entries[:-1], side.entries[-1].replace(b"Z", b"z")]),
        "chain",
    ),
    "another campaign": (lambda side: dataclasses.replace(side, campaign="2026-0002"), "campaign"),
}


@pytest.mark.parametrize("lie", DISHONEST)
def test_a_dishonest_public_side_is_found_by_both(side: PublicSide, trust: Trust, lie: str) -> None:
    change, name = DISHONEST[lie]
    failed = verify_public(change(side), trust)[-1]
    assert (failed.name, failed.passed) == (name, False)


def test_another_pinned_key_is_told_from_the_log(side: PublicSide) -> None:
    assert verify_public(side, OTHER)[-1].name == "signature"


@pytest.mark.skipif(not is_built(), reason="the browser's part is not built, or Node is not here")
def test_the_javascript_module_reads_and_verifies_the_same(house: House, tmp_path: Path) -> None:
    (tmp_path / "trust.toml").write_text(f'log = ["{house.bureau.verifier.vkey}"]\n', "utf-8")
    served = tmp_path / "verify.mjs"
    served.write_bytes(house.http.get("/verify.mjs").content)
    command = ["node", str(served), "--trust", str(tmp_path / "trust.toml"), "--public", house.url, "2026-0001"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("✓") == len(CHECKS)
    assert "Not checked" in answer.stdout


def test_the_command_says_what_it_verified_and_what_it_could_not(house: House, passer_by: Console) -> None:
    trust = passer_by.folder / "trust.toml"
    answer = passer_by.done("verify", "--public", house.url, "2026-0001", "--trust", trust)
    assert [each["name"] for each in answer["checks"]] == list(CHECKS)
    assert (answer["passed"], answer["pinned"], answer["not_checked"]) == (True, True, list(NOT_CHECKED))
    told = passer_by.run("verify", "--public", house.url, "2026-0001").stdout
    assert "that the tickets gave these positions" in told
    assert "Keys unverified" in told


def test_the_command_says_a_fault_in_the_language_of_who_reads_it(house: House, passer_by: Console) -> None:
    other = passer_by.folder / "other.toml"
    other.write_text(f'log = ["{OTHER.log[0].vkey}"]\n', "utf-8")
    for language, words in (("zh", "已固定的密钥均无法延续"), ("en", "No pinned key leads")):
        answer = passer_by.run(
            "verify", "--public", house.url, "2026-0001", "--trust", other, QIAN_LANGUAGE=language, COLUMNS="400"
        )
        assert (answer.code, words in answer.stdout) == (1, True), answer.stdout


def test_the_command_refuses_what_it_cannot_read(house: House, passer_by: Console) -> None:
    unknown = passer_by.json("verify", "--public", house.url, "2026-0099")
    assert unknown.error == "public_side_unusable"
    nobody = passer_by.json("verify", "--public", "http://127.0.0.1:9", "2026-0001")
    assert nobody.error == "log_unreachable"
    assert passer_by.json("verify", passer_by.folder / "no-file").error == "bundle_unreadable"


def test_the_proof_by_graphql_leads_from_each_entry_to_the_signed_root(house: House, side: PublicSide) -> None:
    proof = house.ask(PROOF, code="2026-0001")["campaign"]["proof"]
    checkpoint = open_checkpoint(proof["checkpoint"], [house.bureau.verifier]).checkpoint
    kinds = []
    for each in proof["entries"]:
        seq, data = int(each["entry"]["seq"]), each["entry"]["text"].encode()
        hashes = [bytes.fromhex(step) for step in each["hashes"]]
        merkle.verify_inclusion(merkle.leaf_hash(data), seq, checkpoint.size, hashes, checkpoint.root)
        kinds.append(each["entry"]["kind"])
    assert {"campaign.frozen", "campaign.drawn", "campaign.matched", "campaign.closed"} < set(kinds)
    assert house.http.get(f"/log/data/{proof['drawnFile']}").content == side.files[proof["drawnFile"]]


def test_without_a_build_the_module_is_not_there(tmp_path: Path) -> None:
    app = Starlette(routes=verifier.routes(tmp_path))
    with pytest.raises(Exception, match="path_missing"):
        TestClient(app).get("/verify.mjs")
