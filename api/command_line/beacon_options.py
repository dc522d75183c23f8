"""The options that name a beacon, the same wherever one is named."""

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from api.command_line.beacon_request import BeaconOptions, beacon_request
from ledger.canonical import JSON


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


BeaconOption = Annotated[BeaconKind, typer.Option(help="Where the randomness will come from (随机数).")]
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
Deadline = Annotated[str | None, typer.Option(metavar="TIME", help="Until when the parties reveal (揭示期限).")]
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
    FallbackKind | None, typer.Option(help="What decides where a party withholds; default: drand (备用随机数).")
]


def names_beacon(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, in the place of its `beacon`, a request (`sampling.naming`), the options that make one."""
    asked = inspect.signature(_requested, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True).parameters

    def named(**given: Any) -> None:
        request = _requested(**{name: given.pop(name) for name in asked})
        command(**given, beacon=request)

    every = [each for name in own for each in (asked.values() if name == "beacon" else [own[name]])]
    named.__name__, named.__doc__ = command.__name__, command.__doc__
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in every]
    named.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    named.__annotations__ = {}
    return named


def _requested(
    beacon: BeaconOption,
    chain: Chain = None,
    round_number: RoundNumber = None,
    at: At = None,
    source: SourceOption = None,
    party: PartyOption = None,
    deadline: Deadline = None,
    dice: Dice = None,
    lots: Lots = None,
    before: Before = None,
    thrown_by: ThrownBy = None,
    fallback: FallbackOption = None,
) -> dict[str, JSON]:
    options = BeaconOptions(chain, round_number, at, source, party, deadline, dice, lots, before, thrown_by, fallback)
    return beacon_request(beacon, options)
