"""A bureau of an earlier release learns what it has published, and what of it had expired by then."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from api.migrating import migrate
from ledger import expiry
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.windows import Window
from sampling import disclosures
from sampling.public_filters import FindingFilter
from sampling.publication import publications
from sampling.publication.tables import publication
from sampling.retention import RETENTION
from tests.engines import fresh_database
from tests.older_database import copy_at
from tests.sampling import bureau as steps
from tests.sampling.auditing import ZHANG, attest, register
from tests.sampling.bureau import ADMINISTRATOR, CAMPAIGN, Bureau, Templates
from tests.sampling.test_retention import ids

LATER = datetime(2037, 3, 1, 1, 0, tzinfo=UTC)


def expire_disclosure(bureau: Bureau) -> None:
    register(bureau, ZHANG)
    attest(bureau)
    (identifier,) = ids(bureau, "disclosure")
    other = Actor("另一管理员", Role.ADMINISTRATOR)
    bureau.do(lambda tx: expiry.propose(tx, ADMINISTRATOR, LATER, RETENTION, [identifier], "保存期满"))
    bureau.do(lambda tx: expiry.confirm(tx, other, LATER, RETENTION, [identifier]))


@pytest.mark.parametrize("expired", [False, True])
def test_what_was_published_is_put_down_and_numbers_go_on(
    sqlite_states: Templates, tmp_path: Path, expired: bool
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "older").mkdir()
    with (
        fresh_database("sqlite", tmp_path / "source", sqlite_states.of("closed")) as url,
        steps.opened(url) as bureau,
        fresh_database("sqlite", tmp_path / "older") as older,
    ):
        if expired:
            expire_disclosure(bureau)
        database = Database(older)
        copy_at("0031", bureau.database, database)
        with database.write() as tx:
            migrate(tx)
        with bureau.read() as before, database.read() as after:
            columns = (publication.c.number, publication.c.state, publication.c.document)
            told = [tx.execute(select(*columns).order_by(publication.c.number)).all() for tx in (before, after)]
            assert told[0] == told[1]
            assert {row.state for row in told[1]} == {"ended" if expired else "published"}
            assert publications.next_number(after) == 20
            assert list(publications.audit_publications(after)) == []
            shown = [
                each.position for each in disclosures.findings(after, Window(100), FindingFilter(campaign=CAMPAIGN))
            ]
            assert len(shown) == (0 if expired else 19)
        with database.write() as tx:
            tx.execute(delete(publication).where(publication.c.number == 7))
            assert [fault.code for fault in publications.audit_publications(tx)] == ["row_lost"]
        database.close()
