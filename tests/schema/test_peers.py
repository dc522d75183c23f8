"""Nodes of a page read together, and a page that nobody has any more is gone at once."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from api.bureau import create
from api.settings import Settings
from schema.peers import Peer, together
from schema.transactions import Transactions, current


class Node(Peer):
    def __init__(self, number: int) -> None:
        self.number = number

    async def double(self) -> int:
        return (await self.together("doubles", doubled))[self.number]


asked: list[list[int]] = []


def doubled(_tx: Connection, nodes: list[Node]) -> dict[int, int]:
    asked.append([node.number for node in nodes])
    return {node.number: 2 * node.number for node in nodes}


@pytest.fixture
def transactions(tmp_path: Path) -> Iterator[Transactions]:
    bureau = create(Settings(home=tmp_path), "log.test/qian", "甲")
    yield Transactions(bureau)
    bureau.close()


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_a_page_is_read_at_once_and_waits_for_no_collection(transactions: Transactions) -> None:
    asked.clear()

    async def page() -> tuple[list[int], list[weakref.ref[Node]]]:
        operation = transactions.operation()
        current.set(operation)
        nodes = together([Node(number) for number in range(3)])
        found = await asyncio.gather(*(node.double() for node in nodes))
        await operation.close()
        return found, [weakref.ref(node) for node in nodes]

    found, nodes = asyncio.run(page())
    assert found == [0, 2, 4]
    assert asked == [[0, 1, 2]]
    assert [node() for node in nodes] == [None] * 3
