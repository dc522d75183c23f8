"""The names of administrative divisions (行政区划)."""

from typing import Annotated

import strawberry

from ledger.errors import Invalid
from sampling import registers
from schema.connections import MOST
from schema.context import read


@strawberry.type(description="An administrative division whose name is known here (行政区划).")
class Division:
    """A division."""

    code: str = strawberry.field(description="Its code: GB/T 2260, of a town GB/T 10114 (行政区划代码).")
    name: str = strawberry.field(description="Its name (行政区划名称).")


DivisionCodes = Annotated[
    list[str],
    strawberry.argument(
        description=f"Up to {MOST} codes, or other texts that stand where codes do; of which no name is known, that "
        "has no answer (行政区划代码)."
    ),
]
Words = Annotated[
    str,
    strawberry.argument(
        description="Words of the name or parts of them, or how the code begins; up to 100 characters (名称或代码)."
    ),
]
KNOWN = "The names of administrative divisions that are known here, by code (行政区划名称)."

FOUND_AT_ONCE = 20
FOUND = f"The administrative divisions that a text finds, the first {FOUND_AT_ONCE} by code (按名称或代码查找行政区划)."


async def divisions(codes: list[str]) -> list[Division]:
    """Return the divisions of codes; raises Invalid("too_many_codes")."""
    if len(codes) > MOST:
        raise Invalid("too_many_codes", field="codes", most=MOST)
    names = await read(lambda tx: registers.division_names(tx, codes))
    return [Division(code=code, name=name) for code, name in sorted(names.items())]


async def find_divisions(text: str) -> list[Division]:
    """Return the first divisions that a text finds; raises Invalid("search_too_long")."""
    names = await read(lambda tx: registers.find_divisions(tx, text, FOUND_AT_ONCE))
    return [Division(code=code, name=name) for code, name in names.items()]
