"""What is held of identities and codes is found by keys."""

import pytest

from ledger.database import Database
from scoring import held
from tests.bureau_files import code
from tests.scoring.register import REGISTERED


def test_no_table_is_read_as_a_whole_by_a_server_that_knows_nothing_of_it_yet(register: Database) -> None:
    if register.is_sqlite:
        pytest.skip("only a server weighs the indexes against the whole table")
    codes = [code(number) for number in (*REGISTERED, 99)]
    with register.read() as tx:
        assert held.known_codes(tx, set(codes)) == set(codes[:-1])
        assert not held.versions(tx, ["0" * 64])
        assert not held.told(tx, ["0" * 64], "nobody")
        counted = tx.exec_driver_sql("SELECT relname, seq_scan, idx_scan FROM pg_stat_xact_user_tables").all()
    read = {name: (whole, by_index) for name, whole, by_index in counted}
    for table in ("enterprise", "former_code", "record", "sighting"):
        assert read[table][0] == 0 < read[table][1], table
