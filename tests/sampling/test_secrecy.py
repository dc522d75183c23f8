"""Secrecy: what is public tells of an enterprise what was published of it, and nothing of anybody's grade."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ledger import documents, log, signed
from ledger.canonical import canonical, parse_canonical
from ledger.errors import Missing, Refusal
from ledger.merkle import leaf_hash
from ledger.tables import document, log_checkpoint, log_entry, public_file
from ledger.windows import Window
from sampling import campaigns, disclosures
from sampling.public_filters import FindingFilter
from sampling.slots import ID_TAG
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from sampling.tables import drawn, slot
from scoring.tables import BINDINGS as SCORING_BINDINGS
from scoring.tables import batch, enterprise, grade, grade_run, model
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.bureau import CAMPAIGN, Bureau, Size, visits
from tests.sampling.conftest import BureauIn, on_one_engine

ENTRY = {"v", "seq", "prev", "time", "kind", "body", "body.subject"}
BEACON = {
    f"body.beacon.{name}"
    for name in (
        "kind",
        "not_before",
        "deadline",
        "parties.name",
        "parties.commitment",
        "fallback.kind",
        "fallback.not_before",
    )
}
PUBLIC = {
    "ledger.created": {"body.name", "body.vkey"},
    "model.adopted": {"body.documents.model"},
    "model.drafted": {"body.documents.model"},
    "model.reviewed": {"body.documents.step"},
    "model.enforced": {"body.documents.step"},
    "model.retired": {"body.documents.step"},
    "judgement.proposed": {"body.documents.judgement"},
    "judgement.confirmed": {"body.documents.step"},
    "judgement.withdrawn": {"body.documents.step"},
    "records.imported": {"body.kind", "body.documents.batch"},
    "grades.run": {"body.documents.grades"},
    "campaign.frozen": BEACON
    | {
        f"body.{name}"
        for name in (
            "algorithm",
            "title",
            "departments",
            "items",
            "starts",
            "ends",
            "conditions.sectors",
            "conditions.regions",
            "conditions.statuses",
            "replaces",
            "margin",
            "slots.count",
            "slots.root",
            "to_draw",
            "witnesses",
            "documents.plan",
            "documents.matching",
        )
    },
    "beacon.revealed": {"body.party", "body.salt", "body.value"},
    "campaign.drawn": {
        f"body.{name}"
        for name in (
            "beacon.kind",
            "beacon.reveals.name",
            "beacon.reveals.salt",
            "beacon.reveals.value",
            "beacon.reveals.at",
            "beacon.fallback",
            "output",
            "drawn.count",
            "drawn.root",
            "drawn.file",
            "witnessed",
            "documents.draw",
            "documents.design",
        )
    },
    "campaign.matched": {"body.documents.assignments"},
    "finding.recorded": {"body.documents.finding"},
    "finding.confirmed": {"body.documents.confirmation"},
    "finding.reviewed": {"body.documents.review"},
    "finding.published": {"body.count", "body.documents.disclosure"},
    "campaign.closed": {"body.published", "body.overdue", "body.replaced", "body.substitutes"},
    "campaign.attested": {"body.auditor", "body.verdict"},
    "document.expired": {
        *("body.documents.expiry", "body.expired.commitment", "body.expired.kind", "body.expired.years"),
    },
    "auditor.registered": {"body.vkey"},
    "auditor.withdrawn": {"body.vkey"},
}
"""All that an entry of a kind may say; a new field is made public here on purpose, or the test fails."""

NUMBERS = {"v", "seq", "body.margin", "body.slots.count", "body.to_draw", "body.drawn.count", "body.count"} | {
    "body.published",
    "body.overdue",
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything that a JSON value says; items of a list have their list's path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
        if not value:
            yield path, None
    else:
        yield path, value


def entries(bureau: Bureau) -> list[dict[str, Any]]:
    with bureau.read() as tx:
        return [dict(parse_canonical(entry.data)) for entry in log.scan(tx)]  # type: ignore[arg-type]


def public_log(bureau: Bureau) -> bytes:
    """Return all bytes that the log serves: entries, checkpoints and files."""
    with bureau.read() as tx:
        parts = [
            *tx.execute(select(log_entry.c.data)).scalars(),
            *(text.encode() for text in tx.execute(select(log_checkpoint.c.note)).scalars()),
            *tx.execute(select(public_file.c.content)).scalars(),
        ]
    return b"\n".join(parts)


def names_and_codes(bureau: Bureau) -> list[bytes]:
    """Return what tells of an enterprise or an inspector: codes, names, addresses, certificates, units."""
    with bureau.read() as tx:
        rows = tx.execute(select(enterprise.c.code, enterprise.c.name, enterprise.c.address)).all()
    told = [text for row in rows for text in row]
    told += [row[header] for row in steps.all_inspectors() for header in ("证件号", "姓名", "单位")]
    return [text.encode() for text in told]


def secrets(bureau: Bureau) -> list[bytes]:
    """Return every key and salt that is sealed, in hex."""
    with bureau.read() as tx:
        columns = (slot.c.ticket_key, slot.c.identity_salt, slot.c.stratum_salt, slot.c.key_salt)
        kept = [value for row in tx.execute(select(*columns)) for value in row]
        kept += tx.execute(select(document.c.salt)).scalars()
    return [value.hex().encode() for value in kept]


@pytest.mark.parametrize("state", ["frozen", "drawn", "matched", "reviewed", "closed"])
def test_the_log_names_no_enterprise_and_no_inspector(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    told = public_log(bureau)
    assert CAMPAIGN.encode() in told, "what is searched is the log"
    assert [secret for secret in names_and_codes(bureau) if secret in told] == []


@pytest.mark.parametrize("state", ["frozen", "drawn", "closed"])
def test_the_log_opens_nothing_that_is_sealed(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    told = public_log(bureau)
    assert [secret for secret in secrets(bureau) if secret in told] == []


def test_each_entry_says_what_its_kind_makes_public_and_no_more(bureau_in: BureauIn) -> None:
    for entry in entries(bureau_in("closed")):
        said = {path for path, _ in leaves(entry)}
        assert said <= ENTRY | PUBLIC[entry["kind"]], entry["kind"]


def test_no_entry_says_a_grade_a_stratum_a_rate_or_a_number_that_is_not_public(bureau_in: BureauIn) -> None:
    for entry in entries(bureau_in("closed")):
        for path, value in leaves(entry):
            assert value not in ("A", "B", "C", "D", "excluded")
            assert isinstance(value, str | None) or path in NUMBERS, path
    told = public_log(bureau_in("closed"))
    for word in (b'grade"', b"score", b"stratum", b"strata", b"quota", b'rate"', b"rates", b"reserve", b"uniform"):
        assert word not in told


def test_no_hash_in_the_log_can_be_guessed(bureau_in: BureauIn) -> None:
    """Whoever guesses a row, a result or a file right finds nothing in the log to confirm it by."""
    bureau = bureau_in("closed")
    guesses: set[bytes] = set()
    with bureau.read() as tx:
        for bound in (*SCORING_BINDINGS, *SAMPLING_BINDINGS):
            guesses.update(tx.execute(select(bound.table.c.digest)).scalars())
        contents = tx.execute(select(document.c.content)).scalars().all()
        codes = tx.execute(select(enterprise.c.code)).scalars().all()
        texts = [
            *tx.execute(select(grade_run.c.results)).scalars(),
            *tx.execute(select(batch.c.sha256)).scalars(),
            *tx.execute(select(model.c.sha256)).scalars(),
        ]
        roots = re.findall(rb'"root":"([0-9a-f]{64})"', b"".join(contents))
    guesses.update(leaf_hash(guess) for guess in tuple(guesses))
    for guess in (*contents, *(code.encode() for code in codes), b"A", b"B", b"C", b"D"):
        guesses.update(
            (hashlib.sha256(guess).digest(), leaf_hash(guess), hashlib.sha256(ID_TAG.encode() + guess).digest())
        )
    hexes = {guess.hex() for guess in guesses} | set(texts) | {root.decode() for root in roots}
    told = public_log(bureau).decode()
    assert set(re.findall("[0-9a-f]{64}", told)).isdisjoint(hexes)


def test_the_public_file_is_the_list_of_positions_and_ascends(bureau_in: BureauIn) -> None:
    with bureau_in("drawn").read() as tx:
        (content,) = tx.execute(select(public_file.c.content)).scalars()
    positions: Any = parse_canonical(content)
    assert positions == sorted(set(positions))
    assert len(positions) == 19
    assert all(isinstance(position, int) for position in positions)


# What the order of things could tell


def masked(bureau: Bureau) -> list[bytes]:
    """Return the log's entries with every hash and random id blotted out."""
    return [re.sub(rb"[0-9a-f]{32,}", b"*", canonical(entry)) for entry in entries(bureau)]


def closed(bureau: Bureau, order: Callable[[list[Any]], list[Any]] = list) -> Bureau:
    """Bring a matched bureau to its end, visiting, reviewing and publishing in an order."""
    for visit in order(visits(bureau)):
        steps.record_one(bureau, visit)
    for visit in order(visits(bureau)):
        steps.confirm_one(bureau, visit)
    for visit in order(visits(bureau)):
        steps.review_one(bureau, visit)
    steps.publish_of(bureau, [visit.enterprise for visit in order(visits(bureau))])
    steps.close(bureau)
    return bureau


@on_one_engine
def test_the_order_of_visits_leaves_no_mark(bureau_in: BureauIn) -> None:
    first = closed(bureau_in("matched"))
    second = closed(bureau_in("matched"), lambda several: several[::-1])
    assert masked(first) == masked(second)
    numbers = []
    for bureau in (first, second):
        with bureau.read() as tx:
            numbers.append([(each.number, each.position) for each in disclosures.findings(tx, Window(100))])
    assert numbers[0] == numbers[1] == sorted(numbers[0], reverse=True)


def exchanged(size: Size) -> dict[str, range]:
    """Return the numbers of each grade with the best and the worst changing places."""
    found, start = {}, 1
    for letter, count in zip("DCBA", reversed(size.grades), strict=True):
        found[letter] = range(start, start + count)
        start += count
    return {letter: found[letter] for letter in "ABCD"}


@on_one_engine
def test_the_log_is_the_same_whoever_is_risky(bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bureaus, where the best enterprises of the one are the worst of the other, have logs of one likeness."""
    first = bureau_in("closed")
    letters = []
    monkeypatch.setattr(steps, "numbers", exchanged)
    empty = bureau_in("empty")
    steps.build(empty, "closed")
    for bureau in (first, empty):
        with bureau.read() as tx:
            letters.append(dict(tx.execute(select(grade.c.enterprise, grade.c.grade)).all()))
    assert (letters[0][files.code(1)], letters[1][files.code(1)]) == ("A", "D")
    assert masked(first) == masked(empty)


def test_a_document_has_an_id_and_a_commitment_that_tell_nothing_of_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    with bureau.database.write() as tx:
        sealed = [documents.seal(tx, "finding", {"campaign": CAMPAIGN}) for _ in range(50)]
    assert len({each.id for each in sealed}) == len({each.commitment for each in sealed}) == 50
    assert all(re.fullmatch("[0-9a-f]{32}", each.id) for each in sealed)
    assert [each.id for each in sealed] != sorted(each.id for each in sealed)


# What may be read without sign-in


def public_reads(tx: Connection) -> list[Any]:
    """Return all that anybody may read of campaigns and findings."""
    told: list[Any] = [disclosures.findings(tx, Window(1000))]
    for each in disclosures.campaigns(tx, Window(100)):
        told += [
            each,
            each.state,
            each.to_be_trusted,
            [(entry.body, entry.data) for entry in (each.frozen, *each.announced)],
            disclosures.campaign(tx, each.id),
            disclosures.drawn_positions(tx, each),
            disclosures.count_published(tx, each.id),
            disclosures.findings(tx, Window(1000), FindingFilter(campaign=each.id)),
        ]
    return told


@pytest.mark.parametrize("state", ["planned", "frozen", "drawn", "matched", "recorded", "reviewed"])
def test_before_publication_nobody_is_named(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    told = repr(bureau.ask(public_reads)).encode()
    assert [secret for secret in names_and_codes(bureau) if secret in told] == []
    with bureau.read() as tx:
        for code in tx.execute(select(enterprise.c.code)).scalars().all():
            assert disclosures.findings(tx, Window(10), FindingFilter(enterprise=code)) == []


def test_a_planned_campaign_is_not_known_outside(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    assert bureau.ask(lambda tx: disclosures.campaigns(tx, Window(10))) == []
    refusal = bureau.refuse("campaign_missing", lambda tx: disclosures.campaign(tx, CAMPAIGN))
    other = bureau.refuse("campaign_missing", lambda tx: disclosures.campaign(tx, "2026-0009"))
    assert refusal.parameters.keys() == other.parameters.keys()


def test_after_publication_only_the_published_are_named_beside_the_log(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    visit = visits(bureau)[3]
    steps.publish_of(bureau, [visit.enterprise])
    told = repr(bureau.ask(public_reads)).encode()
    named = [secret.decode() for secret in names_and_codes(bureau) if secret in told]
    assert sorted(named) == sorted([visit.enterprise, visit.name])
    log_told = public_log(bureau)
    assert [secret for secret in names_and_codes(bureau) if secret in log_told] == []


def test_a_disclosure_opens_the_code_and_neither_stratum_nor_key(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    with bureau.read() as tx:
        told = disclosures.findings(tx, Window(100))
        rows = {row.enterprise: row for row in tx.execute(select(slot))}
        letters = dict(tx.execute(select(grade.c.enterprise, grade.c.grade)).all())
    for each in told:
        row = rows[each.enterprise]
        shown = repr(each)
        assert row.identity_salt.hex() in shown
        for sealed in (row.stratum_salt, row.key_salt, row.ticket_key):
            assert sealed.hex() not in shown
        assert f"'{letters[each.enterprise]}'" not in shown
        assert f"'{row.stratum}'" not in shown


def test_a_finding_that_is_not_published_is_missing_whatever_the_reason(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    with bureau.read() as tx:
        chosen = tx.execute(select(drawn.c.position)).scalars().all()
        other = min(set(range(120)) - set(chosen))
        told = []
        for position in (chosen[0], other, 999):
            with pytest.raises(Missing) as refused:
                disclosures.finding(tx, CAMPAIGN, position)
            told.append((refused.value.code, refused.value.field, refused.value.parameters | {"position": None}))
    assert told == [("finding_not_published", None, {"campaign": CAMPAIGN, "position": None})] * 3


@pytest.mark.parametrize("state", ["planned", "drawn", "closed"])
def test_the_refusals_of_public_reads_name_nobody(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    reads: list[Callable[[Connection], object]] = [
        lambda tx: disclosures.campaign(tx, "2026-0009"),
        lambda tx: disclosures.finding(tx, CAMPAIGN, 120),
        lambda tx: disclosures.finding(tx, "2026-0009", 0),
        lambda tx: signed.entry(tx, 10_000),
        lambda tx: signed.inclusion(tx, 10_000),
        lambda tx: signed.consistency(tx, 0),
        lambda tx: documents.public_file(tx, "0" * 64),
        lambda tx: campaigns.entry_of(tx, "2026-0009", "campaign.frozen"),
    ]
    for read in reads:
        with pytest.raises(Refusal) as refused, bureau.read() as tx:
            read(tx)
        said = f"{refused.value} {refused.value.parameters}".encode()
        assert [secret for secret in names_and_codes(bureau) if secret in said] == []


def test_the_signed_log_ends_where_the_checkpoint_does(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    with bureau.read() as tx:
        size = signed.size(tx)
    steps.match(bureau)
    with bureau.read() as tx:
        assert log.size(tx) == size + 1
        assert len(signed.entries(tx, Window(1000))) == size
        with pytest.raises(Missing):
            signed.entry(tx, size)
