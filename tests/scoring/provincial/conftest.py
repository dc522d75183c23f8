"""Bureaus with a closed campaign, on both engines."""

from tests.sampling.conftest import bureau_in, engine, postgresql_states, sqlite_states  # noqa: F401  - fixtures
