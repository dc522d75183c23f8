"""Nodes of one page, and what any of them is asked for read for all of them at once.

So a list costs as many statements for many nodes as for few, and nothing is read that nobody asks for. A node knows its
peers, and they it by weak references alone: otherwise each page would wait for a garbage collection.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar
from weakref import ref

from sqlalchemy import Connection

from schema.transactions import Answer, current

K = TypeVar("K")
V = TypeVar("V")


class Peers:
    """The nodes of one page."""

    def __init__(self, nodes: Sequence["Peer"]) -> None:
        """Begin with nothing read."""
        self._nodes = [ref(node) for node in nodes]
        self._known: dict[str, Answer[Any]] = {}

    @property
    def nodes(self) -> list[Any]:
        """The nodes that somebody still has."""
        return [node for each in self._nodes if (node := each()) is not None]

    async def read(self, what: str, work: Callable[[Connection], V]) -> V:
        """Return what `work` reads, read once under a name."""
        answer = self._known.get(what)
        if answer is None:
            answer = self._known[what] = current.get().ask(work)
        found: V = await answer.get()
        return found


class Peer:
    """A node that reads together with the other nodes of its page; one that stands alone reads for itself."""

    def join(self, peers: Peers) -> None:
        """Read together from now on."""
        self.__dict__["_peers"] = peers

    async def together(self, what: str, work: Callable[[Connection, list[Self]], Mapping[K, V]]) -> Mapping[K, V]:
        """Return what `work` reads of all nodes of the page, read once under a name."""
        peers: Peers | None = self.__dict__.get("_peers")
        if peers is None:
            peers = Peers([self])
            self.join(peers)
        nodes: list[Self] = peers.nodes
        return await peers.read(what, lambda tx: work(tx, nodes))


def together(nodes: list[V]) -> list[V]:
    """Return nodes that read together from now on, where they are peers."""
    joining = [node for node in nodes if isinstance(node, Peer)]
    peers = Peers(joining)
    for node in joining:
        node.join(peers)
    return nodes
