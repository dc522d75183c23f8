"""Sealed documents and public files."""

import hashlib
import json

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, select

from ledger import documents
from ledger.bindings import BoundTable, bound_columns
from ledger.canonical import canonical
from ledger.database import Database
from ledger.documents import opens
from ledger.errors import Conflict, Missing
from ledger.tables import document, public_file
from tests import tampering

_metadata = MetaData()
ONE = BoundTable(Table("one", _metadata, *bound_columns(), Column("number", Integer)))
TWO = BoundTable(Table("two", _metadata, *bound_columns(), Column("number", Integer)))


def test_a_document_is_committed_to_with_its_salt(database: Database) -> None:
    with database.write() as tx:
        sealed = documents.seal(tx, "plan", {"rate": 5})
        found = documents.read(tx, sealed.id)
    expected = hashlib.sha256(b"qian/document/v1" + found.salt + found.content).hexdigest()
    assert sealed.commitment == found.commitment == expected
    assert found.content == canonical({"id": sealed.id, "kind": "plan", "content": {"rate": 5}, "tables": {}})
    assert (found.kind, found.value["content"]) == ("plan", {"rate": 5})


def test_equal_documents_have_ids_salts_and_commitments_of_their_own(database: Database) -> None:
    with database.write() as tx:
        found = [documents.read(tx, documents.seal(tx, "plan", {}).id) for _ in range(2)]
    for name in ("id", "salt", "commitment"):
        one, other = (getattr(each, name) for each in found)
        assert one != other
        assert len(one) >= 32


def test_a_document_commits_to_the_rows_it_comes_with(database: Database) -> None:
    with database.write() as tx:
        _metadata.create_all(tx)
        sealed = documents.seal(tx, "draw", {}, [(ONE, [{"number": 1}, {"number": 2}]), (TWO, [])])
        tables = documents.read(tx, sealed.id).value["tables"]
        lines = tx.execute(select(ONE.table.c.document, ONE.table.c.line, ONE.table.c.number)).all()
    assert {name: bound["count"] for name, bound in tables.items()} == {"one": 2, "two": 0}
    assert lines == [(sealed.id, 0, 1), (sealed.id, 1, 2)]


def test_a_commitment_leads_to_the_document_that_opens_it(database: Database) -> None:
    with database.write() as tx:
        sealed = documents.seal(tx, "plan", {"rate": 5})
        assert documents.opened(tx, sealed.commitment) == documents.read(tx, sealed.id)


@pytest.mark.parametrize("find", [documents.read, documents.opened])
def test_an_unknown_document_is_missing(database: Database, find: object) -> None:
    assert callable(find)
    with database.read() as tx, pytest.raises(Missing, match="document_missing"):
        find(tx, "a" * 32)


@pytest.mark.parametrize(("column", "value"), [("salt", b"a" * 32), ("salt", b"a"), ("content", b"{}")])
def test_an_altered_document_is_not_opened(database: Database, column: str, value: bytes) -> None:
    with database.write() as tx:
        sealed = documents.seal(tx, "plan", {"rate": 5})
        held = tx.execute(select(document)).mappings().one()
        tampering.drop_triggers(tx)
        tx.execute(document.delete())
        tx.execute(document.insert().values({**held, column: value}))
        with pytest.raises(Conflict, match="document_altered") as refused:
            documents.opened(tx, sealed.commitment)
    assert refused.value.parameters == {"document": sealed.id}


def test_what_does_not_open_a_commitment_never_fails() -> None:
    salt, content = bytes(32), b"{}"
    commitment = hashlib.sha256(b"qian/document/v1" + salt + content).hexdigest()
    assert opens(salt, content, commitment)
    assert not opens(salt, content + b" ", commitment)
    assert not opens(salt[:-1], content, commitment)
    assert not opens(salt, content, commitment[:-1])


def test_a_public_file_is_named_by_its_hash(database: Database) -> None:
    content = json.dumps([1, 2, 3]).encode()
    with database.write() as tx:
        name = documents.publish_file(tx, content)
        assert documents.public_file(tx, name) == content
    assert name == hashlib.sha256(content).hexdigest()


def test_a_public_file_is_kept_once(database: Database) -> None:
    for _ in range(2):
        with database.write() as tx:
            documents.publish_file(tx, b"[]")
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(public_file)).scalar() == 1


def test_an_unknown_public_file_is_missing(database: Database) -> None:
    with database.read() as tx, pytest.raises(Missing, match="public_file_missing"):
        documents.public_file(tx, "a" * 64)
