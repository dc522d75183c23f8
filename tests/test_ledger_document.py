"""docs/ledger.md and draw.md say what the log holds: their tables are the code's, their vectors hold."""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import select

import sampling.tables
import scoring.tables
from api.log_export import export_log
from ledger import expiry, log, outbox, tables
from ledger.actors import Actor, Role
from ledger.bindings import BoundTable
from ledger.canonical import canonical, parse_canonical
from ledger.columns import CanonicalJSON
from ledger.commitments import commit
from ledger.deliveries import Outcome, State
from ledger.digests import digests_root, document_commitment, row_digest
from ledger.entries import make_entry, parse_entry
from ledger.merkle import root_of
from ledger.note import Verifier, open_checkpoint
from ledger.rotation import first_key
from ledger.windows import Window
from sampling import attesting, sources
from sampling.beacon_evidence import ceremony_evidence, local_evidence, sources_evidence, verify_evidence
from sampling.beacons import Ceremony, Drand, Local, Party, Throw, ceremony_commitment
from sampling.drand import DEFAULT, QUICKNET, Round, parse_chain
from sampling.draw import positions_root, seed, ticket
from sampling.exchange import platforms, queueing, receipts
from sampling.matching import match_seed
from sampling.retention import RETENTION
from sampling.reveals import Fell, Reveal
from sampling.slots import ID_TAG, KEY_TAG, STRATUM_TAG, SlotSecrets
from sampling.users import managing
from scoring import grading, readings
from tests.api.receiver import FILES
from tests.engines import fresh_database
from tests.ledger.static_log import chained, static_log
from tests.sampling import auditing
from tests.sampling import beacon_bureau as by
from tests.sampling import bureau as steps
from tests.sampling.bureau import Bureau
from tests.sampling.publication.walk import walk
from tests.scoring.source_text import PLATFORM
from tests.test_domain_tags import tags

ROOT = Path(__file__).parents[1]
LEDGER = (ROOT / "docs/ledger.md").read_text("utf-8")
TEXT = LEDGER + (ROOT / "docs/draw.md").read_text("utf-8")
PACKAGES = ("ledger", "scoring", "sampling", "api")
OUTSIDE_THE_LOG = {
    "qian/backup/v1",
    "qian/delivery/v1",
    "qian/desk-session/v1",
    "qian/desk-sign-in/v1",
    "qian/grade-state/v4",
    "qian/idempotency/v1",
    "qian/provincial/key/v1",
    "qian/log-lock/v1",
    "qian/migration-lock/v1",
    "qian/opaque/v1",
    "qian/sample-bureau/v1",
    "qian/second-factor/v1",
    "qian/sign-in/v1",
    "qian/visit-lock/v1",
}
BINDINGS = (*scoring.tables.BINDINGS, *sampling.tables.BINDINGS)


def rows(first: str, second: str) -> list[list[str]]:
    """Return the rows of a table of the document, found by the heads of its first two columns."""
    lines = TEXT.split(f"\n| {first} | {second} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def table(first: str, second: str) -> dict[str, list[str]]:
    """Return the rows by the name in their first column."""
    return {name.strip("`"): rest for name, *rest in rows(first, second)}


def names(cell: str) -> set[str]:
    return set(re.findall("`([^`]+)`", cell))


KINDS = table("kind", "subject")
DOCUMENTS = table("kind", "in an entry as")
VECTORS = {
    name: bytes.fromhex(value) for name, value in re.findall(r"^([a-z_0-9]+) ((?:[0-9a-f]{2})+)$", TEXT, re.MULTILINE)
}
CHECKPOINT = LEDGER.split("```\n")[-2]


@pytest.fixture(scope="module")
def bureau(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The smallest bureau with a closed, attested campaign in which somebody was replaced, and an expired document."""
    with (
        fresh_database("sqlite", tmp_path_factory.mktemp("bureau"), sqlite_template) as url,
        steps.opened(url, steps.HAMLET) as made,
    ):
        steps.build_whole(made)
        made.do(lambda tx: readings.seal_readings(tx, steps.CLOSED_AT))
        made.do(lambda tx: sources.add(tx, steps.ADMINISTRATOR, steps.CLOSED_AT, PLATFORM))
        made.do(lambda tx: platforms.add(tx, steps.ADMINISTRATOR, steps.CLOSED_AT, FILES))
        made.do(lambda tx: managing.add_client(tx, steps.ADMINISTRATOR, steps.CLOSED_AT, "sc", "SC"))
        answer_a_delivery(made)
        auditing.register(made, auditing.ZHANG)
        auditing.attest(made)
        key = auditing.ZHANG.verifier_key
        made.do(lambda tx: attesting.withdraw_auditor(tx, steps.ADMINISTRATOR, steps.CLOSED_AT, key))
        walk(made)
        expire_one(made)
        made.sign()
        yield made


def answer_a_delivery(made: Bureau) -> None:
    """Let the backlog go out by hand, be answered on the day before, and the day's receipts be sealed."""
    before = steps.CLOSED_AT - timedelta(days=1)
    with made.database.write() as tx:
        queueing.queue_backlog(tx, steps.PLANNER, steps.CLOSED_AT, "paper")
        outbox.mark_exported(tx, "e", [each.number for each in outbox.page(tx, Window(1))])
        outbox.enter(tx, before, "p", "e", None, Outcome(State.DELIVERED, "R"))
        receipts.seal_receipts(tx, steps.CLOSED_AT)


def expire_one(made: Bureau) -> None:
    """Let a grade run expire in its time that nothing needs: a later one holds, and no frame was made from it."""
    for _ in range(2):
        made.do(lambda tx: grading.grade_enterprises(tx, steps.ANALYST, steps.CLOSED_AT, steps.GRADED_AS_OF, full=True))
    run, later = (
        made.ask(lambda tx: log.of_kind(tx, "grades.run"))[1].subject,
        steps.CLOSED_AT + timedelta(days=5 * 366),
    )
    made.do(lambda tx: expiry.propose(tx, steps.ADMINISTRATOR, later, RETENTION, [run], "保存期满"))
    made.do(lambda tx: expiry.confirm(tx, Actor("other", Role.ADMINISTRATOR), later, RETENTION, [run]))


def kinds_in_the_code() -> set[str]:
    """Return the kinds of all entries that the code appends, each call naming it by a constant of its module."""
    found = set()
    for path in chain.from_iterable((ROOT / package).rglob("*.py") for package in PACKAGES):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NewEntry":
                assert isinstance(node.args[0], ast.Name), f"{path}:{node.lineno} names its kind by no constant"
                module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                found.add(getattr(module, node.args[0].id))
    return found


def test_every_kind_that_the_code_appends_has_its_row_and_no_other_has() -> None:
    assert set(KINDS) == kinds_in_the_code()


def test_every_kind_that_the_packages_name_has_its_row() -> None:
    modules = [import_module(f"{package}.entry_kinds") for package in ("scoring", "sampling")]
    assert {value for module in modules for name, value in vars(module).items() if name.isupper()} <= set(KINDS)


def test_the_entries_of_a_closed_campaign_hold_exactly_what_the_rows_say(bureau: Bureau) -> None:
    entries = bureau.ask(lambda tx: list(log.scan(tx)))
    for entry in entries:
        _, documents, fields, _ = KINDS[entry.kind]
        assert set(entry.documents) == names(documents), entry.kind
        assert set(entry.body) - {"subject", "documents"} == names(fields), entry.kind
    others = {"key.rotated", "log.restored", "campaign.voided", "beacon.entered", "beacon.confirmed", "beacon.signed"}
    others |= {"campaign.listed", "void.proposed", "void.confirmed", "replacement.proposed", "replacement.confirmed"}
    of_the_public = {kind for kind in KINDS if kind.startswith(("notice.", "question.", "objection."))}
    others |= {"finding.recognised", "data.exported"}
    assert set(KINDS) - {entry.kind for entry in entries} == others | of_the_public


@pytest.mark.parametrize("draw", [by.draw_by_drand, by.draw_by_sources, by.draw_by_dice])
def test_the_entries_of_each_beacon_hold_exactly_what_the_rows_say(
    sqlite_template: str, tmp_path: Path, draw: Callable[[Bureau], None]
) -> None:
    with fresh_database("sqlite", tmp_path, sqlite_template) as url, steps.opened(url, steps.HAMLET) as made:
        steps.build(made, "planned")
        draw(made)
        entries = [entry for entry in made.ask(lambda tx: list(log.scan(tx))) if entry.kind.startswith("beacon.")]
        persons = made.ask(lambda tx: tx.execute(select(tables.document)).all())
    assert entries
    for entry in entries:
        _, documents, fields, _ = KINDS[entry.kind]
        assert set(entry.documents) == names(documents), entry.kind
        assert set(entry.body) - {"subject", "documents"} == names(fields), entry.kind
    contents = [parse_canonical(row.content) for row in persons if row.kind == "person"]
    for value in contents:
        assert isinstance(value, dict)
        assert set(value["content"]) == names(DOCUMENTS["person"][1])
    assert len(contents) == sum(len(entry.documents) for entry in entries)


def test_every_field_of_an_entry_is_explained() -> None:
    explained = {name for cell, _ in rows("field", "value") for name in names(cell)}
    assert {field for _, _, fields, _ in KINDS.values() for field in names(fields)} <= explained


def test_the_documents_hold_exactly_what_the_rows_say(bureau: Bureau) -> None:
    entries = bureau.ask(lambda tx: list(log.scan(tx)))
    named = {value: name for entry in entries for name, value in entry.documents.items()}
    held = bureau.ask(lambda tx: tx.execute(select(tables.document).where(tables.document.c.salt != b"")).all())
    for row in held:
        value = parse_canonical(row.content)
        assert isinstance(value, dict)
        in_entry, content, bound = DOCUMENTS[row.kind]
        assert set(value) == {"id", "kind", "content", "tables"}
        assert names(in_entry) == {named[row.commitment]}
        assert set(value["content"]) == names(content), row.kind
        if row.kind != "batch":
            assert set(value["tables"]) == names(bound), row.kind
        else:
            assert set(value["tables"]) - {"batch"} in (
                {"record", "sighting"},
                {"department"},
                {"item"},
                {"inspection_object"},
                {"inspector"},
            )
            assert set(value["tables"]) <= names(bound)
    assert set(DOCUMENTS) - {row.kind for row in held} == {
        *("person", "restoration", "replacement_proposal", "replacement", "recognition", "contact", "export"),
        *("notice", "notice_step", "question", "question_step", "objection", "objection_step"),
    }


def test_every_bound_table_stands_with_its_columns_and_marks_those_of_json() -> None:
    def cell(bound: BoundTable) -> str:
        columns = [column for column in bound.columns if column.name not in ("document", "line")]
        return " ".join(
            f"`{each.name}`"
            + "†" * isinstance(each.type, CanonicalJSON)
            + f" = `{each.info.get('absent')}`" * bool(each.info)
            for each in columns
        )

    assert table("table", "columns") == {bound.name: [cell(bound)] for bound in BINDINGS}


def test_every_tag_of_the_code_stands_in_the_document_and_no_other_does() -> None:
    told = set(re.findall(r"qian/[a-z/]+/v[0-9]", TEXT)) - {"qian/rotate/v1"}
    assert told == {tag for tag, _ in tags()} - OUTSIDE_THE_LOG


def test_the_vectors_hold_by_sha256_alone() -> None:
    given = VECTORS

    def sha256(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()

    def leaf(data: bytes) -> bytes:
        return sha256(b"\0", data)

    computed = {
        "row_digest": sha256(b"qian/row/v1", given["row"]),
        "document_commitment": sha256(b"qian/document/v1", given["document_salt"], given["document"]),
        "leaf_0": leaf(given["entry_0"]),
        "leaf_1": leaf(given["entry_1"]),
        "root": sha256(b"\1", leaf(given["entry_0"]), leaf(given["entry_1"])),
        "id_commitment": sha256(b"qian/id/v1", given["id_salt"], given["code"]),
        "stratum_commitment": sha256(b"qian/stratum/v1", given["stratum_salt"], given["stratum"]),
        "key_commitment": sha256(b"qian/key/v1", given["key_salt"], given["ticket_key"]),
        "slot": sha256(b"qian/slot/v1", given["id_commitment"], given["stratum_commitment"], given["key_commitment"]),
        "party_commitment": sha256(
            b"qian/ceremony/v1", given["party_salt"], given["party"], b"\0", given["party_value"]
        ),
        "ceremony_output": sha256(b"qian/beacon/ceremony/v1", given["party_value"], given["other_value"]),
        "local_output": sha256(b"qian/beacon/local/v1", given["party_value"]),
        "seed": sha256(b"qian/seed/v1", given["leaf_1"], given["ceremony_output"]),
        "ticket": sha256(b"qian/ticket/v1", given["seed"], given["ticket_key"]),
        "match_seed": sha256(b"qian/match/v1", given["seed"], given["match_key"]),
        "positions_root": sha256(
            b"\1", sha256(b"\1", leaf(bytes(7) + b"\1"), leaf(bytes(7) + b"\4")), leaf(bytes(7) + b"\6")
        ),
        "positions_file": sha256(b"[1,4,6]"),
        "dice_output": sha256(b"qian/beacon/ceremony/v1", given["party_value"], given["other_value"], given["fell"]),
        "numbers_output": sha256(b"qian/beacon/sources/v1", given["numbers"]),
        "round_message": sha256(given["round"]),
        "round_output": sha256(given["round_signature"]),
        "chained_message": sha256(given["chained_previous"], given["chained_round"]),
        "chained_output": sha256(given["chained_signature"]),
    }
    assert computed == {name: given[name] for name in computed}
    assert given.keys() - computed.keys() == {
        *("row", "document", "document_salt", "entry_0", "entry_1"),
        *("code", "id_salt", "stratum", "stratum_salt", "ticket_key", "key_salt"),
        *("party", "party_salt", "party_value", "other_value", "match_key", "fell", "numbers"),
        *("round", "round_signature", "chained_round", "chained_previous", "chained_signature"),
    }
    first, second = json.loads(given["entry_0"]), json.loads(given["entry_1"])
    assert (first["prev"], second["prev"]) == ("0" * 64, given["leaf_0"].hex())
    assert second["body"]["documents"] == {"review": given["document_commitment"].hex()}
    bound = json.loads(given["document"])["tables"]["finding_review"]
    assert bound == {"count": 1, "root": leaf(given["row_digest"]).hex()}
    row = json.loads(given["row"])
    assert (row[0], row[1]["document"], row[1]["line"]) == ("finding_review", json.loads(given["document"])["id"], 0)


def test_the_vectors_of_the_log_hold_by_our_own_modules() -> None:
    given = VECTORS
    name, values = json.loads(given["row"])
    assert canonical([name, values]) == given["row"]
    assert row_digest(name, values) == given["row_digest"]
    assert json.loads(given["document"])["tables"][name]["root"] == digests_root([given["row_digest"]])
    assert canonical(json.loads(given["document"])) == given["document"]
    assert document_commitment(given["document_salt"], given["document"]) == given["document_commitment"].hex()
    for seq in (0, 1):
        entry = parse_entry(given[f"entry_{seq}"])
        assert make_entry(seq, entry.prev, entry.time, entry.kind, entry.body).data == given[f"entry_{seq}"]
        assert entry.leaf_hash == given[f"leaf_{seq}"]
    assert root_of([given["leaf_0"], given["leaf_1"]]) == given["root"]


def test_the_vectors_of_the_draw_hold_by_our_own_modules() -> None:
    given = VECTORS
    salts = ([given["id_salt"]], [given["stratum_salt"]], [given["key_salt"]])
    secrets = SlotSecrets([given["code"].decode()], [given["stratum"].decode()], [given["ticket_key"]], *salts)
    assert secrets.slots() == [given["slot"]]
    assert commit(ID_TAG, given["id_salt"], given["code"]) == given["id_commitment"]
    assert commit(STRATUM_TAG, given["stratum_salt"], given["stratum"]) == given["stratum_commitment"]
    assert commit(KEY_TAG, given["key_salt"], given["ticket_key"]) == given["key_commitment"]
    assert seed(given["leaf_1"], given["ceremony_output"]) == given["seed"]
    assert ticket(given["seed"], given["ticket_key"]) == given["ticket"]
    assert match_seed(given["seed"], given["match_key"]) == given["match_seed"]
    assert positions_root([1, 4, 6]) == given["positions_root"]


def test_the_vectors_of_the_beacons_hold_by_our_own_modules() -> None:
    given = VECTORS
    name, at = given["party"].decode(), steps.REVEALED_AT
    commitment = ceremony_commitment(name, given["party_salt"], given["party_value"])
    assert commitment == given["party_commitment"]
    other = ceremony_commitment("other", bytes(32), given["other_value"])
    parties, fallback = (Party(name, commitment), Party("other", other)), Local(steps.CLOSED_AT)
    ceremony = Ceremony(parties, at, steps.DEADLINE, None, fallback)
    reveals = [
        Reveal("other", bytes(32), given["other_value"], at),
        Reveal(name, given["party_salt"], given["party_value"], at),
    ]
    evidence = ceremony_evidence(ceremony, reveals, None, None)
    assert verify_evidence(ceremony, evidence, steps.DRAWN_AT) == given["ceremony_output"]
    assert verify_evidence(Local(at), local_evidence(given["party_value"]), at) == given["local_output"]
    throw = Throw(Throw.DICE, 5, 6, ("one", "two"), steps.DEADLINE + timedelta(hours=1))
    with_dice = Ceremony(parties, at, steps.DEADLINE, throw, fallback)
    evidence = ceremony_evidence(with_dice, reveals, Fell(given["fell"].decode(), at), None)
    assert verify_evidence(with_dice, evidence, steps.DRAWN_AT) == given["dice_output"]
    values = by.CANONICAL
    assert "".join(values).encode() == given["numbers"]
    assert (
        verify_evidence(by.SOURCES, sources_evidence(by.SOURCES, values, None), by.KNOWN_AT) == given["numbers_output"]
    )
    for prefix, network, previous in (("round", QUICKNET, None), ("chained", DEFAULT, given["chained_previous"])):
        number = int.from_bytes(given["round" if previous is None else "chained_round"], "big")
        signed = Round(number, given[f"{prefix}_signature"], previous)
        evidence = {"kind": "drand", **signed.to_json()}
        assert verify_evidence(Drand(network, number), evidence, at) == given[f"{prefix}_output"]


def test_the_chains_of_the_document_are_those_of_the_code() -> None:
    block = TEXT.split("    [drand.default]\n")[1].split("\n\n")[0]
    assert parse_chain(tomllib.loads(block.replace("    ", "")), "default") == DEFAULT
    told = TEXT.split("    quicknet: ")[1].split("\n\n")[0]
    key = "".join(re.findall(r"[0-9a-f]{96}", told))
    assert (QUICKNET.hash.hex() in told, QUICKNET.public_key.hex()) == (True, key)
    assert f"{QUICKNET.scheme}, genesis {QUICKNET.genesis}, period {QUICKNET.period}" in told


def test_the_checkpoint_of_the_vectors_is_signed_by_the_key_of_their_first_entry() -> None:
    created = parse_entry(VECTORS["entry_0"])
    opened = open_checkpoint(CHECKPOINT, [Verifier.from_vkey(created.body["vkey"])])
    assert (opened.checkpoint.origin, opened.checkpoint.size) == (created.subject, 2)
    assert opened.checkpoint.root == VECTORS["root"]
    assert first_key(created).vkey == created.body["vkey"]


def rehash(given: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(ROOT / "tests/rehash.py"), str(given)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def bundle(bureau: Bureau, tmp_path: Path) -> Path:
    """The file of the campaign's bundle."""
    path = tmp_path / "2026-0001.bundle"
    path.write_bytes(bureau.bundle())
    return path


def said(bureau: Bureau) -> str:
    entries = bureau.ask(lambda tx: list(log.scan(tx)))
    return f"{len(entries)} entries, root {root_of([entry.leaf_hash for entry in entries]).hex()}\n"


def test_forty_lines_of_sha256_and_nothing_of_ours_hash_a_bundle_to_its_checkpoint(
    bureau: Bureau, bundle: Path
) -> None:
    lines = (ROOT / "tests/rehash.py").read_text("utf-8").splitlines()
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert len(lines) <= 40
    assert imported == {"base64", "hashlib", "json", "sys", "pathlib"}
    assert rehash(bundle).stdout == said(bureau)


def test_they_hash_an_exported_log_to_its_checkpoint(bureau: Bureau, tmp_path: Path) -> None:
    bureau.ask(lambda tx: export_log(tx, log.checkpoint(tx), "", tmp_path / "log"))
    assert rehash(tmp_path / "log").stdout == said(bureau)


def test_they_hash_an_exported_log_of_several_tiles_of_entries(tmp_path: Path) -> None:
    exported = static_log(chained(600))
    for path, content in exported.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert rehash(tmp_path).stdout == f"600 entries, root {exported.checkpoint.root.hex()}\n"


@pytest.mark.parametrize("altered", ["first", "last", "lost"])
def test_they_tell_an_altered_or_lost_entry(bundle: Path, altered: str) -> None:
    value = json.loads(bundle.read_bytes().partition(b"\n")[0])
    if altered == "lost":
        value["entries"].pop()
    else:
        at = 0 if altered == "first" else -1
        value["entries"][at] = value["entries"][at].replace('"time":"20', '"time":"19')
    bundle.write_text(json.dumps(value), "utf-8")
    told = rehash(bundle)
    assert (told.returncode, told.stdout) == (1, "")
    assert "follow" in told.stderr if altered == "first" else "checkpoint" in told.stderr
