"""Verification: a sound bundle passes every check; whatever is altered, left out or forged is found and named."""

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import long_work
from ledger.canonical import JSON, canonical, parse_canonical
from ledger.digests import document_commitment
from ledger.entries import parse_entry
from ledger.errors import Refusal
from ledger.keys import Ed25519Signer
from ledger.note import Verifier
from sampling import bundle_rows, freezing, verification
from sampling.bundle_format import Bundle, Mismatch, OpenedDocument, check_documents, parse_bundle, row_roots
from sampling.bundle_rows import written_rows
from sampling.bundles import export_bundle
from sampling.matching_inputs import Pool
from sampling.needed import frozen_entry
from sampling.pooling import read_pool
from sampling.verification import Check, Trust
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import AUDITOR, CAMPAIGN, ORIGIN, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart

CHECKS = [
    "file",
    "signature",
    "chain",
    "inclusion",
    "documents",
    "plan",
    "other draws",
    "earlier tries",
    "register",
    "items",
    "exclusions",
    "grades",
    "quotas",
    "inference",
    "ticket keys",
    "frame",
    "beacon",
    "void",
    "witnesses",
    "seed",
    "draw",
    "reserves",
    "design",
    "pool",
    "matching",
    "replacements",
    "re-matches",
    "findings",
    "closing",
    "attestations",
]
OTHER_SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_TRUST = Trust((Verifier.from_vkey(OTHER_SIGNER.verifier_key),))
"""Of another key under the log's own name."""


@pytest.fixture(scope="module")
def small(sqlite_hamlet: Bureau) -> bytes:
    """The bundle of a closed campaign among 16 enterprises."""
    return sqlite_hamlet.bundle()


@pytest.fixture
def forgery(small: bytes) -> Forgery:
    """The parts of the small bundle."""
    return taken_apart(small)


def fault_of(data: bytes, trust: Trust | None = TRUST) -> Check:
    """Return the failed check, which is the last and names something."""
    *passed, failed = verify_bundle(data, trust)
    assert all(check.passed for check in passed)
    assert not failed.passed, f"all checks passed, {failed.compared}"
    assert failed.fault
    return failed


# Sound bundles


@pytest.mark.parametrize("state", ["drawn", "matched", "recorded", "published", "closed"])
def test_a_sound_bundle_passes_every_check(bureau_in: BureauIn, state: str) -> None:
    checks = verify_bundle(bureau_in(state).bundle(now=steps.CLOSED_AT), TRUST)
    assert [(check.name, check.fault) for check in checks] == [(name, None) for name in CHECKS]
    assert all(check.compared for check in checks)


def test_each_check_tells_what_it_compared(small: bytes) -> None:
    told = {check.name: check.compared for check in verify_bundle(small, TRUST)}
    assert told["register"] == "20 registered enterprises, 16 meet the conditions, each has one slot"
    assert told["items"] == "2 items that may be planned, 16 objects of them"
    assert told["quotas"] == "4 strata, 4 of 16 to be drawn; strata below 2 merged, frames below 10 refused"
    assert (
        told["inference"] == "published visits of 1 campaigns tell no more than the sealed bound of 5000 basis points"
    )
    assert told["draw"] == "4 positions, 1 of them the uniform slice"
    assert told["reserves"] == "12 reserves in the order of their tickets"
    assert told["matching"] == "8 assignments to 4 targets"
    assert told["findings"] == "4 published findings open drawn slots"
    assert told["closing"] == "4 published, 0 overdue, 0 replaced"
    assert "signed by sample.invalid/qian (a pinned key)" in told["signature"]


def test_without_pinned_keys_the_answer_says_so(small: bytes) -> None:
    checks = verify_bundle(small, None)
    assert all(check.passed for check in checks)
    assert "keys unverified" in checks[1].compared


@on_one_engine
def test_a_bundle_of_a_campaign_beside_others_passes(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    other = steps.second_campaign(bureau)
    for campaign in (CAMPAIGN, other):
        assert [check.fault for check in verify_bundle(bureau.bundle(campaign), TRUST) if check.fault] == []


@on_one_engine
@pytest.mark.parametrize("state", ["planned", "frozen"])
def test_before_the_draw_there_is_no_bundle(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    bureau.refuse("campaign_state", lambda tx: export_bundle(tx, AUDITOR, steps.CLOSED_AT, CAMPAIGN))


@on_one_engine
def test_a_bundle_waits_for_the_signature_of_its_newest_entries(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    steps.match(bureau)
    bureau.refuse("checkpoint_behind", lambda tx: export_bundle(tx, AUDITOR, steps.CLOSED_AT, CAMPAIGN))
    assert verify_bundle(bureau.bundle(), TRUST)[-1].passed


@on_one_engine
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda pool: replace(pool, inspectors=pool.inspectors[1:]), "inspector SC001 is left out of the pool"),
        (
            lambda pool: replace(pool, inspectors=(replace(pool.inspectors[0], load=5), *pool.inspectors[1:])),
            "inspector SC001 stands in the pool with other facts",
        ),
        (
            lambda pool: replace(pool, inspectors=(replace(pool.inspectors[0], recused=()), *pool.inspectors[1:])),
            "inspector SC001 stands in the pool with other facts",
        ),
    ],
)
def test_a_pool_that_was_sealed_with_other_inspectors_than_the_register_gives_is_found(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch, changed: Callable[[Pool], Pool], says: str
) -> None:
    bureau = bureau_in("planned")
    monkeypatch.setattr(freezing, "read_pool", lambda tx, plan: changed(read_pool(tx, plan)))
    for step in (steps.freeze, steps.reveal, steps.draw, steps.match):
        step(bureau)
    failed = verify_bundle(bureau.bundle(), TRUST)[-1]
    assert (failed.name, failed.passed) == ("pool", False)
    assert says in str(failed.fault)


@on_one_engine
def test_a_pool_that_was_sealed_under_other_roles_than_the_plan_is_found(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = bureau_in("planned")
    monkeypatch.setattr(
        freezing, "read_pool", lambda tx, plan: replace(read_pool(tx, plan), roles=plan.team_roles[::-1])
    )
    for step in (steps.freeze, steps.reveal, steps.draw, steps.match):
        step(bureau)
    failed = verify_bundle(bureau.bundle(), TRUST)[-1]
    assert (failed.name, failed.passed) == ("pool", False)
    assert "other roles, unit rules or days than the plan" in str(failed.fault)


# Altered bytes


def apart(data: bytes) -> Any:
    """Return what a bundle's first line says, with the rows in the place of their numbers."""
    first, *lines = data.split(b"\n")[:-1]
    value, rest = json.loads(first), iter(lines)
    for document in value["documents"].values():
        told = document["rows"].items()
        document["rows"] = {table: [json.loads(next(rest)) for _ in range(each["count"])] for table, each in told}
    return value


def together(value: Any) -> bytes:
    """Return the file of what `apart` returned and somebody changed, as far as it is of the shape that it was."""
    lines: list[bytes] = []

    def told(rows: Any) -> Any:
        if not isinstance(rows, list):
            return rows
        written = [canonical(row) + b"\n" for row in rows]
        lines.extend(written)
        return {"count": len(written), "bytes": sum(map(len, written))}

    def of_tables(document: Any) -> Any:
        if not isinstance(document, dict) or not isinstance(document.get("rows"), dict):
            return document
        return {**document, "rows": {table: told(rows) for table, rows in sorted(document["rows"].items())}}

    if isinstance(documents := value.get("documents"), dict):
        value = {**value, "documents": {name: of_tables(each) for name, each in sorted(documents.items())}}
    return canonical(value) + b"\n" + b"".join(lines)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value inside a value, members and items before what holds them."""
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))
    if path:
        yield path


def altered(value: Any) -> Any:
    """Return another value that differs as little as it can."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        middle = len(value) // 2
        return value[:middle] + ("b" if value[middle : middle + 1] == "a" else "a") + value[middle + 1 :]
    return None


def with_value(data: Any, path: tuple[str | int, ...], other: Any) -> Any:
    """Return a copy of the value, alike but for what stands at the path."""
    if not path:
        return other
    place, *rest = path
    changed: Any = dict(data) if isinstance(data, dict) else list(data)
    changed[place] = with_value(changed[place], tuple(rest), other)
    return changed


def texts_inside(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of the texts in a bundle that are canonical JSON themselves; of rows alike, of one of them."""
    for index, _ in enumerate(value["entries"]):
        yield ("entries", index)
    for commitment, document in value["documents"].items():
        yield ("documents", commitment, "content")
        for table, rows in document["rows"].items():
            for column, cell in rows[-1][1].items() if rows else ():
                if isinstance(cell, str) and cell[:1] in ("{", "["):
                    yield ("documents", commitment, "rows", table, len(rows) - 1, 1, column)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for place in path:
        value = value[place]
    return value


def is_found(alterations: Iterator[bytes]) -> int:
    """See that each alteration is found without pinned keys, and so with them, as is tried of some; return how many."""
    tried = 0
    for tried, data in enumerate(alterations, 1):
        fault_of(data, None)
        if tried % 10 == 0:
            fault_of(data, TRUST)
    return tried


def test_an_altered_value_at_any_path_is_found(small: bytes) -> None:
    value: Any = apart(small)
    assert is_found(together(with_value(value, path, altered(at(value, path)))) for path in paths(value)) > 900


def test_an_altered_value_at_any_path_of_the_texts_inside_is_found(small: bytes) -> None:
    value: Any = apart(small)

    def alterations() -> Iterator[bytes]:
        for place in texts_inside(value):
            inner: Any = json.loads(at(value, place))
            for path in paths(inner):
                changed = canonical(with_value(inner, path, altered(at(inner, path)))).decode()
                yield together(with_value(value, place, changed))

    assert is_found(alterations()) > 600


def test_a_changed_name_of_a_member_is_found(small: bytes) -> None:
    value: Any = apart(small)
    for path in paths(value):
        *holder, name = path
        if isinstance(name, str):
            held = dict(at(value, tuple(holder)))
            held[altered(name)] = held.pop(name)
            fault_of(together(with_value(value, tuple(holder), held)))


def test_a_flipped_byte_anywhere_is_found(small: bytes) -> None:
    chance = random.Random(2026)  # noqa: S311  - the same places each time

    def alterations() -> Iterator[bytes]:
        for _ in range(400):
            changed = bytearray(small)
            changed[chance.randrange(len(small))] ^= 1 << chance.randrange(8)
            yield bytes(changed)

    assert is_found(alterations()) == 400


@on_one_engine
def test_a_flipped_byte_anywhere_in_a_larger_bundle_is_found(bureau_in: BureauIn) -> None:
    data = bureau_in("closed").bundle()
    chance = random.Random(2027)  # noqa: S311
    for _ in range(60):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        fault_of(bytes(changed))


def test_a_file_cut_short_is_found(small: bytes) -> None:
    for length in (0, 1, len(small) // 2, len(small) - 1, *range(2, len(small), 997)):
        assert fault_of(small[:length]).name == "file"


@pytest.mark.parametrize("end", [b"\n", b" ", b"\x00", b"}", b"{}"])
def test_a_file_with_more_at_its_end_or_beginning_is_found(small: bytes, end: bytes) -> None:
    assert fault_of(small + end).name == "file"
    assert fault_of(end + small).name == "file"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"null",
        b"[]\n",
        b"{}\n",
        b'{"format":"qian/bundle/v2"}\n',
        b'{"format":"qian/bundle/v1"}',
        b"\xff",
        b"[" * 200_000,
        b'{"format":1e400}',
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    assert fault_of(data).name == "file"


@pytest.mark.parametrize("member", ["format", "campaign", "checkpoint", "entries", "documents"])
@pytest.mark.parametrize("other", [None, 0, True, "", "x", [], {}, [1], {"a": 1}])
def test_a_bundle_of_another_shape_is_refused(small: bytes, member: str, other: Any) -> None:
    first, _, lines = small.partition(b"\n")
    value: Any = parse_canonical(first)
    for changed in ({**value, member: other}, {key: each for key, each in value.items() if key != member}):
        fault_of(canonical(changed) + b"\n" + lines)
        fault_of(canonical(changed))
    fault_of(canonical({**value, "more": other}) + b"\n" + lines)


def test_two_processes_tell_the_same_as_one(small: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "LARGE", 0)
    monkeypatch.setattr(verification, "LARGE_TABLE", 1)
    monkeypatch.setattr(bundle_rows, "SHARE", 2)
    middle = len(small) // 2
    flipped = bytes([small[middle] ^ 1])
    for data in (small, small[:middle] + flipped + small[middle + 1 :], small[:middle], b""):
        in_one = verification.verify_bundle(data, TRUST)
        assert verification.verify_bundle(data, TRUST, together=True) == in_one


def test_what_one_process_dies_of_and_the_other_stumbles_over_is_done_again(
    small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, begun = os.getpid(), set[str]()

    def failing_once(name: str) -> Callable[[Any], list[Check]]:
        part = verification._PARTS[name]

        def fail(state: Any) -> list[Check]:
            if os.getpid() != here:
                os._exit(1)
            if name not in begun:
                begun.add(name)
                raise MemoryError
            return part(state)

        return fail

    monkeypatch.setattr(verification, "LARGE", 0)
    monkeypatch.setattr(verification, "_PARTS", {name: failing_once(name) for name in verification._PARTS})
    assert verification.verify_bundle(small, TRUST, together=True) == verification.verify_bundle(small, TRUST)


def test_a_bundle_is_verified_as_a_large_file_is_read(
    small: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "LARGE_FILE", 0)
    (tmp_path / "bundle").write_bytes(small)
    data = long_work.read_whole(tmp_path / "bundle")
    assert verification.verify_bundle(data, TRUST) == verification.verify_bundle(small, TRUST)


def test_rows_are_bound_by_their_own_document_even_where_two_share_an_id() -> None:
    def document(salt: bytes, name: str) -> OpenedDocument:
        rows = written_rows("t", "x", [{"name": name}])
        bound: JSON = {"id": "x", "tables": {"t": {"count": 1, "root": bound_root}}}
        return OpenedDocument("x", salt, canonical(bound), {"t": rows})

    bound_root = written_rows("t", "x", [{"name": "bound"}]).check()
    documents = [document(bytes(32), "another"), document(bytes([1] * 32), "bound")]
    by_commitment = {document_commitment(each.salt, each.content): each for each in documents}
    bundle = Bundle("2026-0001", "", [], by_commitment)
    with pytest.raises(Mismatch, match="a row of table t"):
        check_documents(bundle, dict.fromkeys(by_commitment, "a document"), row_roots(bundle))


# Keys


def test_a_bundle_of_another_log_is_refused(small: bytes) -> None:
    failed = fault_of(small, OTHER_TRUST)
    assert failed.name == "signature"


def test_a_signature_line_that_nothing_binds_is_refused(small: bytes) -> None:
    bundle = parse_bundle(small)
    line = bundle.checkpoint.rstrip("\n").rpartition("\n")[2]
    other = line.replace(ORIGIN, "witness.invalid")
    for more in (line, other):
        value: Any = apart(small)
        failed = fault_of(together({**value, "checkpoint": f"{bundle.checkpoint}{more}\n"}))
        assert failed.name == "signature"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log = []",
        'log = ["x"]',
        'log = "x"',
        "log = [1]",
        f'log = ["{SIGNER.verifier_key}"]\nmore = 1',
        f'log = ["{SIGNER.verifier_key}"]\nwitnesses = ["{SIGNER.verifier_key[:-2]}"]',
        "[",
    ],
)
def test_a_trust_file_that_pins_nothing_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="trust_malformed"):
        Trust.parse(text)


def test_a_trust_file_pins_the_log_s_key(small: bytes) -> None:
    trust = Trust.parse(f'# the bureau\'s key\nlog = ["{OTHER_SIGNER.verifier_key}", "{SIGNER.verifier_key}"]\n')
    assert verify_bundle(small, trust)[-1].passed
    assert trust.witnesses == trust.auditors == ()


# Whoever owns the database but not the log's key


def renamed_enterprise(forgery: Forgery) -> None:
    forgery.imported("registration").rows["record"][0]["body"] = "别的局"


def test_rows_hashed_anew_do_not_fit_the_signed_tree(forgery: Forgery) -> None:
    renamed_enterprise(forgery)
    failed = fault_of(forgery.made(None))
    assert (failed.name, failed.fault) == (
        "inclusion",
        "the root over the entries is not the checkpoint's: an entry was altered",
    )


def test_a_tree_hashed_anew_does_not_fit_the_signature(forgery: Forgery) -> None:
    renamed_enterprise(forgery)
    *_, signature = forgery.checkpoint.split("\n\n")
    body, _, _ = parse_bundle(forgery.made(OTHER_SIGNER)).checkpoint.partition("\n\n")
    forgery.checkpoint = f"{body}\n\n{signature}"
    failed = fault_of(forgery.made(None))
    assert failed.name == "signature"
    assert f"the signature by {ORIGIN} is bad" in str(failed.fault)


def test_a_tree_signed_with_another_key_is_refused_where_the_key_is_pinned(forgery: Forgery) -> None:
    renamed_enterprise(forgery)
    assert fault_of(forgery.made(OTHER_SIGNER)).name == "signature"


def test_without_pinned_keys_a_forged_log_of_its_own_passes_and_the_answer_says_what_it_is_worth(
    forgery: Forgery,
) -> None:
    """The one who verifies without a key believes whoever made the bundle; that is why the answer says so."""
    forgery.entries[0]["body"]["vkey"] = OTHER_SIGNER.verifier_key
    sound_in_itself = Forgery(
        forgery.campaign, forgery.checkpoint, forgery.entries[: first(forgery, "campaign.frozen") + 1], {}
    )
    assert fault_of(sound_in_itself.made(OTHER_SIGNER)).name == "signature"
    checks = verify_bundle(forgery.made(OTHER_SIGNER), None)
    assert "keys unverified" in checks[1].compared
    assert checks[-1].name == "seed", "the draw followed from the first log's entries, not from the forged ones"


def first(forgery: Forgery, kind: str) -> int:
    return forgery.entries.index(forgery.of(kind))


# Entries and documents that are reordered, left out or added


def test_entries_in_another_order_are_found(small: bytes) -> None:
    value: Any = apart(small)
    for index in range(len(value["entries"]) - 1):
        entries = list(value["entries"])
        entries[index : index + 2] = reversed(entries[index : index + 2])
        assert fault_of(together({**value, "entries": entries})).name in ("signature", "chain")


def test_an_entry_left_out_or_doubled_is_found(small: bytes) -> None:
    value: Any = apart(small)
    for index in range(len(value["entries"])):
        left_out = [*value["entries"][:index], *value["entries"][index + 1 :]]
        doubled = [*value["entries"][: index + 1], *value["entries"][index:]]
        for entries in (left_out, doubled):
            assert fault_of(together({**value, "entries": entries})).name in ("signature", "chain", "inclusion")


def test_each_document_left_out_is_missing_by_name(small: bytes) -> None:
    value: Any = apart(small)
    for commitment in value["documents"]:
        left = {key: each for key, each in value["documents"].items() if key != commitment}
        failed = fault_of(together({**value, "documents": left}))
        assert failed.name == "documents"


def test_a_document_left_out_is_named(small: bytes, forgery: Forgery) -> None:
    entry = forgery.of("campaign.drawn")
    value: Any = apart(small)
    del value["documents"][entry["body"]["documents"]["draw"]]
    assert fault_of(together(value)).fault == f"draw of entry {entry['seq']} is missing"


def test_a_document_too_much_is_found(small: bytes) -> None:
    value: Any = apart(small)
    commitment, document = next(iter(value["documents"].items()))
    more = {**value["documents"], "0" * 64: document}
    failed = fault_of(together({**value, "documents": more}))
    assert (failed.name, failed.fault) == (
        "documents",
        f"document {document['id']} belongs to nothing that is verified",
    )
    assert commitment in value["documents"]


def test_documents_that_changed_places_are_found(small: bytes) -> None:
    value: Any = apart(small)
    documents = value["documents"]
    plan = frozen_entry([parse_entry(each.encode()) for each in value["entries"]], CAMPAIGN).documents["plan"]
    first_one, second_one, *_ = (each for each in documents if each != plan)  # without it nothing is known as needed
    swapped = {**documents, first_one: documents[second_one], second_one: documents[first_one]}
    failed = fault_of(together({**value, "documents": swapped}))
    assert failed.name == "documents"
    assert "does not open its commitment" in str(failed.fault)


def test_rows_in_another_order_lost_or_doubled_are_found(small: bytes) -> None:
    value: Any = apart(small)
    tried = 0
    for commitment, document in value["documents"].items():
        for table, rows in document["rows"].items():
            for others in ([*rows[1:], *rows[:1]], rows[:-1], [*rows, *rows[-1:]]):
                if others == rows:
                    continue
                place = ("documents", commitment, "rows", table)
                numbered = [[table, {**row, "line": line}] for line, (_, row) in enumerate(others)]
                failed = fault_of(together(with_value(value, place, numbered)))
                assert failed.name == "documents"
                assert f"table {table}" in str(failed.fault)
                if numbered != others:
                    assert fault_of(together(with_value(value, place, others))).name == "file"
                tried += 1
    assert tried > 40


@pytest.mark.parametrize(
    "changed",
    [
        lambda line: line.replace(b'"document":', b'"document": '),
        lambda line: line.replace(b'{"', b'{"a":1.0,"', 1),
        lambda line: line.replace(b'{"', b'{"a":9007199254740993,"', 1),
        lambda line: line.replace(b'{"', b'{"a":1,"a":1,"', 1),
        lambda line: line.replace(b'{"', b'{"a":"\\u0041","', 1),
        lambda line: line.replace(b'{"', b'{"a":"\\ud800","', 1),
        lambda line: line.replace(b'{"', b'{"a":-0,"', 1),
        lambda line: line.replace(b'{"', b'{"a":"\xff","', 1),
        lambda line: line.replace(b'"line":0', b'"line":1'),
        lambda line: line.replace(b'"line":0', b'"line":false'),
        lambda line: line.replace(b'"document":"', b'"document":"0'),
        lambda line: b'["x",' + line.partition(b",")[2],
        lambda line: line[:-1] + b",1]",
        lambda line: line[1:-1],
        lambda line: line.partition(b",")[0] + b"]",
        lambda line: b"",
        lambda line: line + b",",
        lambda line: line + b"\r",
        lambda line: line[: len(line) // 2],
        lambda line: line.replace(b",", b"\n", 1),
    ],
)
def test_a_line_that_is_no_canonical_row_of_its_place_is_found(small: bytes, changed: Callable[[bytes], bytes]) -> None:
    value = json.loads(small.partition(b"\n")[0])
    _, line, *rest = small.split(b"\n")
    document = next(each for _, each in sorted(value["documents"].items()) if each["rows"])
    table = min(document["rows"])
    document["rows"][table]["bytes"] += len(changed(line)) - len(line)
    assert changed(line) != line
    assert fault_of(b"\n".join([canonical(value), changed(line), *rest])).name == "file"


def test_lines_that_are_joined_and_parted_elsewhere_are_found(small: bytes) -> None:
    """One line of two rows and one of none, two halves of a row in two lines, lines told to be of another table."""
    value = json.loads(small.partition(b"\n")[0])
    _, *lines = small.split(b"\n")
    assert len(lines) > 3
    for at in range(len(lines) - 2):
        halved = lines[at].rpartition(b",")
        joined = [*lines[:at], lines[at] + b"," + halved[0], halved[2], *lines[at + 2 :]]
        assert fault_of(b"\n".join([canonical(value), *joined])).name == "file"
    for document in value["documents"].values():
        for table, told in document["rows"].items():
            for name in ("count", "bytes"):
                for more in (-1, 1):
                    other = {**document, "rows": {**document["rows"], table: {**told, name: told[name] + more}}}
                    documents = {key: other if each is document else each for key, each in value["documents"].items()}
                    failed = fault_of(b"\n".join([canonical({**value, "documents": documents}), *lines]))
                    assert failed.name == "file"


def test_the_bundle_of_one_campaign_does_not_pass_for_another(small: bytes) -> None:
    value: Any = apart(small)
    failed = fault_of(together({**value, "campaign": "2026-0002"}))
    assert failed.fault == "unreadable: ValueError the log has 0 entries campaign.frozen of campaign 2026-0002"


@on_one_engine
def test_a_household_is_kept_away_under_former_codes_too(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    inspectors = [{**row, "同户人员": "李家人"} if row["证件号"] == "ZJ002" else row for row in steps.all_inspectors()]
    steps.take_in(
        bureau,
        files.file_of("inspector", inspectors),
        files.file_of("relation", [files.relation(1, "股东", "李家人")]),
        files.file_of("change", [files.change(2, "合并", files.code(1))]),
        now=steps.FROZEN_AT,
    )
    for state in ("frozen", "drawn"):
        steps.STEPS[state](bureau)
    bundle = bureau.bundle()
    contents = [each.value["content"] for each in parse_bundle(bundle).documents.values()]
    (sealed,) = [content["pool"] for content in contents if "match_key" in content]
    recused = {each["id"]: each["recused"] for each in sealed["inspectors"]}
    assert recused["ZJ002"] == [files.code(1), files.code(2)]
    assert [check.fault for check in verify_bundle(bundle, TRUST) if check.fault] == []
