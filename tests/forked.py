"""Processes for tests to kill, each forked from one that has loaded what all of them need, and has no threads.

The server of a process's children loads what was named last before the first child, so one place names it for all.
"""

from multiprocessing import get_context

processes = get_context("forkserver")
processes.set_forkserver_preload(
    [
        "tests.api.test_key_rotation",
        "tests.api.test_witness",
        "tests.ledger.test_failed_writes",
        "tests.ledger.test_killed",
    ]
)
