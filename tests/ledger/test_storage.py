"""Where documents' contents lie: the same behaviour in a folder and in a store that speaks S3."""

import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger import documents, log
from ledger.audit import Fault, audit
from ledger.database import Database
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from ledger.storage import Storage, open_storage
from ledger.tables import document
from tests.ledger.stepwise import NOW, SIGNER, VERIFIER, append_and_sign, whole
from tests.ledger.storages import STORAGES, storage_address

KEY = "0123456789abcdef" * 2
OTHER = "f" * 32


@pytest.fixture(params=STORAGES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with storage_address(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def storage(address: str) -> Storage:
    opened = open_storage(address)
    assert opened is not None
    return opened


@pytest.fixture
def stored(database: Database, storage: Storage) -> Iterator[Database]:
    """A database whose documents have their contents in the storage."""
    stored = Database(database.url.render_as_string(hide_password=False), storage)
    yield stored
    stored.close()


def test_what_was_put_is_there_for_whoever_opens_the_storage(storage: Storage, address: str) -> None:
    storage.put(KEY, b"{}")
    other = open_storage(address)
    assert other is not None
    assert other.get(KEY) == b"{}"


def test_what_was_not_put_is_not_there(storage: Storage) -> None:
    storage.put(KEY, b"{}")
    assert storage.get(OTHER) is None


def test_contents_are_kept_byte_by_byte(storage: Storage) -> None:
    content = secrets.token_bytes(3_000_000) + b"\r\n\0"
    storage.put(KEY, content)
    assert storage.get(KEY) == content


def test_what_is_put_again_takes_the_place_of_what_was_there(storage: Storage) -> None:
    storage.put(KEY, b"one")
    storage.put(KEY, b"two")
    assert storage.get(KEY) == b"two"


def test_what_was_deleted_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    storage.put(KEY, b"{}")
    for _ in range(2):
        storage.delete(KEY)
        assert storage.get(KEY) is None


def test_the_database_is_no_storage_of_its_own() -> None:
    assert open_storage("database") is None


@pytest.mark.parametrize("address", ["", "Database", "s3:", "s3://", "s3:///prefix", "file:///var", "/var"])
def test_an_address_of_no_known_kind_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="storage_unknown"):
        open_storage(address)


def test_a_document_has_its_content_in_the_storage_and_not_in_its_row(stored: Database, storage: Storage) -> None:
    with stored.write() as tx:
        sealed = documents.seal(tx, "plan", {"title": "抽查"})
        found = documents.read(tx, sealed.id)
        assert documents.opened(tx, sealed.commitment) == found
        assert tx.execute(select(document.c.content)).scalar_one() == b""
    assert found.value["content"] == {"title": "抽查"}
    assert storage.get(sealed.id) == found.content


def test_the_content_is_in_the_storage_before_the_transaction_commits(stored: Database, storage: Storage) -> None:
    with stored.write() as tx:
        sealed = documents.seal(tx, "plan", {})
        assert storage.get(sealed.id) is not None


def seal_and_fail(database: Database) -> str:
    with database.write() as tx:
        sealed = documents.seal(tx, "plan", {})
        raise KeyError(sealed.id)


def test_what_a_failed_transaction_leaves_is_no_document(stored: Database, storage: Storage) -> None:
    append_and_sign(stored, 1)
    with pytest.raises(KeyError) as failed:
        seal_and_fail(stored)
    assert storage.get(failed.value.args[0]) is not None
    assert whole(stored) == 1


def test_documents_of_before_keep_their_contents_in_their_rows(database: Database, stored: Database) -> None:
    with database.write() as tx:
        sealed = documents.seal(tx, "plan", {"title": "抽查"})
    with stored.read() as tx:
        assert documents.read(tx, sealed.id).value["content"] == {"title": "抽查"}


def test_the_audit_opens_documents_in_the_storage(stored: Database) -> None:
    append_and_sign(stored, 3)
    assert whole(stored) == 3


def sealed_and_logged(stored: Database) -> documents.Sealed:
    with stored.write() as tx:
        sealed = documents.seal(tx, "plan", {})
        log.append(tx, NOW, [NewEntry("test.noted", "a", {"plan": sealed})])
    with stored.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    return sealed


def test_a_content_that_is_gone_is_told_as_lost(stored: Database, storage: Storage) -> None:
    sealed = sealed_and_logged(stored)
    storage.delete(sealed.id)
    with stored.read() as tx:
        assert audit(tx, VERIFIER, [], []) == [Fault("document", f"id={sealed.id}", "document_lost")]
        for find, name in ((documents.read, sealed.id), (documents.opened, sealed.commitment)):
            with pytest.raises(Conflict, match="document_lost"):
                find(tx, name)


def test_a_content_that_was_changed_is_told_as_changed(stored: Database, storage: Storage) -> None:
    sealed = sealed_and_logged(stored)
    storage.put(sealed.id, b"{}")
    with stored.read() as tx:
        assert audit(tx, VERIFIER, [], []) == [Fault("document", f"id={sealed.id}", "document_changed")]
        with pytest.raises(Conflict, match="document_altered"):
            documents.opened(tx, sealed.commitment)


class Broken:
    """A storage whose disk is full, and that answers nothing."""

    def put(self, key: str, content: bytes) -> None:
        raise Conflict("storage_failed", place="broken", reason=os.strerror(errno.ENOSPC))

    get = delete = put
