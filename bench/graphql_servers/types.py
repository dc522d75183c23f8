"""The three queries in Strawberry: as its documentation shows them, and as this project writes them."""

import strawberry
from strawberry.dataloader import DataLoader

from graphql_servers.rows import BOXES, PARTS_OF, THINGS, BoxRow, PartRow


@strawberry.type(description="A thing.")
class Thing:
    """Ten scalars."""

    id: int
    code: str
    name: str
    region: str
    sector: str
    capital: int
    staff: int
    share: float
    active: bool
    note: str | None


@strawberry.type(description="A part.")
class Part:
    """What lies in a box."""

    id: int
    name: str


@strawberry.type(description="A box.")
class Box:
    """A box whose parts are loaded for all boxes of an answer at once, when they are asked for."""

    id: int
    name: str

    @strawberry.field(description="Its parts.")
    async def parts(self, info: strawberry.Info) -> list[Part]:
        """Return the parts."""
        parts: list[Part] = await info.context["parts"].load(self.id)
        return parts


async def parts_of(keys: list[int]) -> list[list[PartRow]]:
    """Load the parts of some boxes."""
    return [PARTS_OF[key] for key in keys]


def loader() -> "DataLoader[int, list[PartRow]]":
    """Return the loader of one request."""
    return DataLoader(parts_of)


@strawberry.type(description="What can be asked.")
class StockQuery:
    """The queries."""

    @strawberry.field(description="A word.")
    async def hello(self) -> str:
        """Return a word."""
        return "world"

    @strawberry.field(description="Things.")
    async def things(self) -> list[Thing]:
        """Return the things."""
        return THINGS  # type: ignore[return-value]

    @strawberry.field(description="Boxes.")
    async def boxes(self) -> list[Box]:
        """Return the boxes."""
        return [Box(id=box.id, name=box.name) for box in BOXES]


@strawberry.type(description="A box.", name="Box")
class FilledBox:
    """A box that comes with its parts."""

    id: int
    name: str
    parts: list[Part] = strawberry.field(description="Its parts.")


def filled(box: BoxRow) -> FilledBox:
    """Return a box with its parts."""
    return FilledBox(id=box.id, name=box.name, parts=PARTS_OF[box.id])  # type: ignore[arg-type]


@strawberry.type(description="What can be asked.")
class Query:
    """The queries."""

    @strawberry.field(description="A word.")
    async def hello(self) -> str:
        """Return a word."""
        return "world"

    @strawberry.field(description="Things.")
    async def things(self) -> list[Thing]:
        """Return the things."""
        return THINGS  # type: ignore[return-value]

    @strawberry.field(description="Boxes.")
    async def boxes(self) -> list[FilledBox]:
        """Return the boxes, their parts read beforehand for all of them."""
        return [filled(box) for box in BOXES]
