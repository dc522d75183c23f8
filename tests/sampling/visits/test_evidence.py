"""Evidence: what a file really is, what of it is shown, where it lies, and how it ends."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image
from sqlalchemy import select

from ledger import documents, log
from ledger.database import Database
from ledger.errors import Conflict, Invalid
from ledger.retention import Bound
from ledger.storage import FolderStorage
from ledger.tables import document
from sampling.retention import RETENTION, refuse_needed
from sampling.visits import file_types
from sampling.visits.evidence import MOST_FILES, keep_evidence, opened_file
from sampling.visits.file_types import JPEG, PDF, PNG, ReadFile, read_evidence, without_metadata
from tests.api.states.pictures import MAKER, photograph
from tests.sampling.bureau import AUDITOR, CAMPAIGN, PAGE, RECORDED_AT, Bureau, leader, visits
from tests.sampling.conftest import BureauIn, on_one_engine

MOST = 1 << 20


class Watched(BytesIO):
    """A file that counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.read_bytes += len(found)
        return found


class Endless(BytesIO):
    """A file of two gibibytes that nobody may read."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 2 << 30 if whence == 2 else 0

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("read")


@pytest.mark.parametrize(("kind", "type_", "ending"), [("JPEG", JPEG, ".JPG"), ("PNG", PNG, ".png")])
def test_v3_a_picture_is_kept_as_what_it_is(kind: str, type_: str, ending: str) -> None:
    content = photograph(kind)
    assert read_evidence(BytesIO(content), f"门头{ending}", MOST) == ReadFile(f"门头{ending}", type_, content)


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("evidence_type_unknown", "a.gif", b"GIF89a"),
        ("evidence_type_unknown", "a", photograph()),
        ("evidence_type_differs", "a.png", photograph()),
        ("evidence_type_differs", "a.pdf", b"PK\x03\x04"),
        ("evidence_type_differs", "a.jpg", b"<html><script>"),
        ("evidence_empty", "a.jpg", b""),
        ("evidence_broken", "a.jpg", photograph()[:-200]),
        ("evidence_broken", "a.png", photograph("PNG")[:60]),
        ("evidence_broken", "a.jpg", b"\xff\xd8\xff" + b"x" * 100),
        ("evidence_broken", "a.pdf", b"%PDF-1.7\n"),
        ("evidence_name", "a\u202e.jpg", photograph()),
        ("evidence_name", "长" * 250 + ".jpg", photograph()),
    ],
)
def test_v3_a_file_that_is_not_what_it_says_is_refused(code: str, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_evidence(BytesIO(content), name, MOST)
    assert refused.value.code == code


def test_v3_what_is_too_large_or_lies_is_not_read_whole() -> None:
    with pytest.raises(Invalid, match="evidence_too_large"):
        read_evidence(Endless(), "a.jpg", MOST)
    liar: BinaryIO = Watched(b"MZ" + b"x" * 100_000)
    with pytest.raises(Invalid, match="evidence_type_differs"):
        read_evidence(liar, "a.jpg", MOST)
    assert isinstance(liar, Watched)
    assert liar.read_bytes <= 8


def test_v3_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "MOST_PIXELS", 40 * 30 - 1)
    with pytest.raises(Invalid, match="evidence_too_many_pixels"):
        read_evidence(BytesIO(photograph()), "a.jpg", MOST)


@pytest.mark.parametrize(("kind", "type_"), [("JPEG", JPEG), ("PNG", PNG)])
def test_v3_a_picture_is_shown_without_what_it_tells_beside_it(kind: str, type_: str) -> None:
    content = photograph(kind)
    assert MAKER.encode() in content
    shown = without_metadata(content, type_)
    assert MAKER.encode() not in shown
    with Image.open(BytesIO(shown)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (40, 30), {})
        assert not {"exif", "comment", "xmp", "icc_profile"} & image.info.keys()


def test_v3_a_picture_is_shown_upright() -> None:
    exif, written = Image.Exif(), BytesIO()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (40, 30)).save(written, "JPEG", exif=exif)
    with Image.open(BytesIO(without_metadata(written.getvalue(), JPEG))) as image:
        assert image.size == (30, 40)
    assert without_metadata(b"%PDF", PDF) == b"%PDF"


@pytest.fixture
def stored(bureau_in: BureauIn, tmp_path: Path) -> Iterator[tuple[Database, FolderStorage]]:
    """A matched bureau whose documents' contents lie in a folder."""
    bureau, folder = bureau_in("matched"), FolderStorage(tmp_path / "documents")
    database = Database(bureau.database.url.render_as_string(hide_password=False), folder)
    yield database, folder
    database.close()


@on_one_engine
def test_v3_a_file_lies_in_the_storage_and_the_log_holds_a_commitment_alone(
    stored: tuple[Database, FolderStorage], bureau_in: BureauIn
) -> None:
    database, folder = stored
    visit = visits(bureau_in("matched"))[0]
    with database.write() as tx:
        actor = leader(next(each for each in [visit]))
        kept = keep_evidence(tx, actor, RECORDED_AT, CAMPAIGN, visit.enterprise, PAGE, "首页")
    assert base64.b64encode(PAGE.content) in (folder.get(kept.id) or b"")
    with database.read() as tx:
        assert tx.execute(select(document.c.content).where(document.c.id == kept.id)).scalar_one() == b""
        (entry,) = log.of_kind(tx, "evidence.kept")
        assert (entry.subject, set(entry.body)) == (kept.id, {"subject", "documents"})
        assert documents.opened(tx, entry.documents["evidence"]).id == kept.id
        assert opened_file(tx, AUDITOR, kept.id) == (kept, PAGE.content)


def test_v3_no_visit_keeps_files_without_end(bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sampling.visits.evidence.MOST_FILES", 2)
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]

    def keep(number: int) -> object:
        page = ReadFile("a.pdf", PDF, b"%%PDF-1.7 %d %%%%EOF" % number)
        return lambda tx: keep_evidence(tx, leader(visit), RECORDED_AT, CAMPAIGN, visit.enterprise, page)

    for number in (1, 2, 2, 1):
        bureau.do(keep(number))  # type: ignore[arg-type]
    bureau.refuse("evidence_full", keep(3))  # type: ignore[arg-type]
    assert MOST_FILES == 100


def test_v3_evidence_and_what_was_said_of_a_finding_are_kept_as_long_as_it(sqlite_hamlet: Bureau) -> None:
    bound = {}
    with sqlite_hamlet.read() as tx:
        for entry in log.scan(tx):
            for name, commitment in entry.documents.items():
                if name in ("evidence", "conflict", "settlement", "confirmation", "notice"):
                    found = documents.opened(tx, commitment)
                    bound[found.kind] = Bound(found.id, found.kind, commitment, entry)
        assert bound.keys() == {"evidence", "conflict", "settlement", "confirmation", "visit_notice"}
        for kind, each in bound.items():
            assert RETENTION.years[kind] == 10
            with pytest.raises(Conflict) as refused:
                refuse_needed(tx, each)
            expected = "expiry_needed_by_findings" if kind == "evidence" else "expiry_unattested"
            assert refused.value.code == expected, kind
