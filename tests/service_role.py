"""The PostgreSQL role of a service, for tests that log in as it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, text

from ledger.database import Database
from ledger.service_role import grants
from tests.engines import SERVER


@contextmanager
def service_role(owner: Database, granting: Callable[[Connection, str], list[str]] = grants) -> Iterator[str]:
    """Give the address of a database for a new role that may do what the service does, or what else is granted."""
    role, password = f"qian {secrets.token_hex(8)}", secrets.token_hex(16)  # a name that must be quoted
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'".encode())
        try:
            with owner.write() as tx:
                for statement in granting(tx, role):
                    tx.execute(text(statement))
            yield owner.url.set(username=role, password=password).render_as_string(hide_password=False)
        finally:
            with owner.write() as tx:
                tx.execute(text(f'DROP OWNED BY "{role}"'))
            server.execute(f'DROP ROLE "{role}"'.encode())
