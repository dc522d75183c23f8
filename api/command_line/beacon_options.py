"""The options that name a beacon, the same wherever one is named."""

from enum import StrEnum
from typing import Annotated

import typer


class BeaconKind(StrEnum):
    """The beacons that a freeze may name."""

    DRAND = "drand"
    SOURCES = "sources"
    CEREMONY = "ceremony"
    LOCAL = "local"


class FallbackKind(StrEnum):
    """The beacons that may decide where a party withholds its value."""

    DRAND = "drand"
    SOURCES = "sources"
    LOCAL = "local"


BeaconOption = Annotated[BeaconKind, typer.Option(help="Where the randomness will come from (随机源).")]
Chain = Annotated[str | None, typer.Option(help="The chain of drand; default: quicknet (drand 链).")]
RoundNumber = Annotated[int | None, typer.Option("--round", help="The round of drand (轮次).")]
At = Annotated[
    str | None, typer.Option(metavar="TIME", help="The first round of drand from then on; default: soon (时间).")
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND:ISSUE@TIME", help="Public numbers, and when they are published: `campaign sources` (公开数)."
    ),
]
PartyOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=COMMITMENT", help="A party of the ceremony and its commitment (参与方)."),
]
Deadline = Annotated[str | None, typer.Option(metavar="TIME", help="Until when the parties reveal (公开期限).")]
Dice = Annotated[
    str | None, typer.Option(metavar="COUNTxFACES", help="Dice thrown after all reveals, such as 20x6 (骰子).")
]
Lots = Annotated[
    str | None, typer.Option(metavar="COUNTxLOTS", help="Lots drawn after all reveals, such as 6x49 (抽签).")
]
Before = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="The two persons before whom they fall, as their tokens say (见证人)."),
]
ThrownBy = Annotated[
    str | None, typer.Option(metavar="TIME", help="Until when they are entered and confirmed (投掷期限).")
]
FallbackOption = Annotated[
    FallbackKind | None, typer.Option(help="What decides where a party withholds; default: local (备用随机源).")
]
