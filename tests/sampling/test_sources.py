"""The bureau's sources: shipped ones, versions that are added, and batches that name the document they were read by."""

import io
from datetime import timedelta

import pytest

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Invalid
from sampling import pull_states, registers, sources
from sampling.entry_kinds import SOURCE_ADDED
from sampling.sources import HeldSource
from scoring.files import read_file
from tests import bureau_files as files
from tests.actors import somebody
from tests.bureau_files import TODAY, csv_bytes
from tests.dumping import dump
from tests.refusing import refuse
from tests.scoring.register import ADMINISTRATOR, ANALYST, KEY, NOW, take_in
from tests.scoring.source_text import PLATFORM
from tests.scoring.test_source import ROW
from tests.unreadable_source import UNREADABLE, add_unreadable

SECOND = PLATFORM.replace('version = "1"', 'version = "2"').replace('"02" = "警告"', '"02" = "通报批评"')


def add(database: Database, text: str, actor: Actor = ADMINISTRATOR) -> HeldSource:
    with database.write() as tx:
        return sources.add(tx, actor, NOW, text)


def find(database: Database, name: str) -> HeldSource:
    with database.read() as tx:
        return sources.find(tx, name)


def test_what_was_added_holds_and_the_log_binds_it(database: Database) -> None:
    held = add(database, PLATFORM)
    assert (held.source.text, held.added_by) == (PLATFORM, "admin")
    assert find(database, "信用平台") == held
    with database.read() as tx:
        entry = log.read(tx, log.size(tx) - 1)
        assert (entry.kind, entry.subject) == (SOURCE_ADDED, held.document)
        assert documents.opened(tx, entry.documents["source"]).value["content"] == {"by": "admin"}


def test_adding_what_holds_changes_nothing(database: Database) -> None:
    held = add(database, PLATFORM)
    before = dump(database)
    assert add(database, PLATFORM) == held
    assert dump(database) == before


def test_the_newest_version_holds_and_the_others_are_kept(database: Database) -> None:
    add(database, PLATFORM)
    add(database, SECOND)
    assert find(database, "信用平台").source.version == "2"
    with database.read() as tx:
        held = sources.read(tx, ADMINISTRATOR, "信用平台", "1")
        assert isinstance(held, HeldSource)
        assert held.source.text == PLATFORM
    unknown = refuse(database, "source_version_unknown", lambda tx: sources.read(tx, ADMINISTRATOR, "信用平台", "9"))
    assert unknown.parameters["known"] == ["2", "1"]


def test_an_earlier_version_may_hold_again(database: Database) -> None:
    add(database, PLATFORM)
    add(database, SECOND)
    add(database, PLATFORM)
    assert find(database, "信用平台").source.version == "1"


def test_a_version_is_never_edited(database: Database) -> None:
    add(database, PLATFORM)
    refuse(
        database,
        "source_version_taken",
        lambda tx: sources.add(tx, ADMINISTRATOR, NOW, PLATFORM.replace("样例条例第一条", "样例条例第二条")),
    )


def test_a_name_stays_with_its_kind(database: Database) -> None:
    other = PLATFORM.replace('name = "信用平台"', 'name = "inspection"').replace('version = "1"', 'version = "2"')
    refuse(database, "source_kind_changed", lambda tx: sources.add(tx, ADMINISTRATOR, NOW, other))


def test_a_source_of_the_bureau_takes_the_place_of_a_shipped_one(database: Database) -> None:
    own = PLATFORM.replace('name = "信用平台"', 'name = "national-penalty"').replace(
        'version = "1"', 'version = "ZJ-1"'
    )
    add(database, own)
    assert find(database, "national-penalty").source.text == own
    with database.read() as tx:
        assert sources.read(tx, ANALYST, "national-penalty", "1") == sources.shipped()["national-penalty"]
        assert len(sources.read_all(tx, ANALYST)[0]) == len(sources.shipped())


def test_a_document_that_a_later_release_cannot_read_is_told_and_can_be_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, PLATFORM)
    stricter = {name: form for name, form in registers.FORMATS.items() if name != "penalty"}
    with monkeypatch.context() as patched:
        patched.setattr(sources, "FORMATS", stricter)
        sources._parsed.cache_clear()
        refuse(database, "file_kind_unknown", lambda tx: sources.find(tx, "信用平台"))
        with database.read() as tx:
            assert [each.name for each in pull_states.schedules(tx)] == ["pull again"]
    add_unreadable(database)
    refuse(database, "source_unit_missing", lambda tx: sources.find(tx, "信用平台"))
    with database.read() as tx:
        readable, [told] = sources.read_all(tx, ANALYST)
        assert sources.read(tx, ANALYST, "信用平台") == told
    assert {each.source.name for each in readable} == set(sources.shipped())
    assert (told.version, told.text, told.refusal.code) == ("0", UNREADABLE, "source_unit_missing")
    add(database, SECOND)
    assert find(database, "信用平台").source.version == "2"


def test_a_document_that_is_wrong_is_refused_and_nothing_changes(database: Database) -> None:
    before = dump(database)
    with pytest.raises(Invalid, match="source_without_basis"):
        add(database, PLATFORM.replace('catalogue = "样例目录-001"', ""))
    assert dump(database) == before


def test_an_unknown_source_is_refused_with_those_that_there_are(database: Database) -> None:
    add(database, PLATFORM)
    refusal = refuse(database, "source_unknown", lambda tx: sources.find(tx, "省平台"))
    assert {"信用平台", "national-penalty", "penalty"} <= set(refusal.told()["known"])


@pytest.mark.parametrize("role", Role)
def test_administrators_add_and_all_but_inspectors_read(database: Database, role: Role) -> None:
    actor = somebody(role)
    if role is Role.ADMINISTRATOR:
        add(database, PLATFORM, actor)
    else:
        refuse(database, "role_not_allowed", lambda tx: sources.add(tx, actor, NOW, PLATFORM))
    if role is Role.INSPECTOR:
        refuse(database, "role_not_allowed", lambda tx: sources.read_all(tx, actor))
    else:
        with database.read() as tx:
            found = sources.read_all(tx, actor)[0]
        assert found == [] if role is Role.PEER else len(found) >= len(sources.shipped())  # a peer reads its own alone


def test_a_batch_names_the_document_that_it_was_read_by(database: Database) -> None:
    source = add(database, PLATFORM).source
    registration = sources.shipped()["registration"].source
    given = {registration: csv_bytes([files.registration(1)]), source: csv_bytes([ROW])}
    for each, data in given.items():
        report = take_in(database, read_file(each.format, each.name, "甲.csv", io.BytesIO(data), TODAY), strict=True)
        assert report.batch is not None
        with database.read() as tx:
            document = documents.read(tx, report.batch)
        assert document.value["content"] == {"by": "admin", "source": each.digest}
    batches = dump(database)["batch"]
    assert {"registration", "信用平台"} <= {value for row in batches for value in row if isinstance(value, str)}


def test_a_register_names_the_document_that_it_was_read_by(database: Database) -> None:
    source = sources.shipped()["department"].source
    data = csv_bytes([files.department("ZJ", "样例住建局")])
    file = read_file(source.format, source.name, "部门.csv", io.BytesIO(data), TODAY)
    with database.write() as tx:
        report = registers.take_in(tx, ADMINISTRATOR, NOW + timedelta(seconds=1), file, True, KEY)
        assert report.batch is not None
        assert documents.read(tx, report.batch).value["content"] == {"by": "admin", "source": source.digest}
