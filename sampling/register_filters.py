"""Which rows of the registers are asked for (筛选名录). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.search_text import holds
from sampling.items import in_use


@dataclass(frozen=True)
class RegisterFilter:
    """What rows of a register must be; what is empty asks for nothing, and a row without a field has none of it.

    `text` are words of its code, name and unit; `tag` is one of an object's, `sector` one of an item or inspector.
    """

    text: str = ""
    department: str = ""
    enterprise: str = ""
    sector: str = ""
    tag: str = ""
    in_use: bool | None = None

    def holds(self, code: str, row: Mapping[str, Any]) -> bool:
        """Tell whether a row is asked for; raises Invalid("search_too_long")."""
        return (
            (not self.department or row.get("department") == self.department)
            and (not self.enterprise or row.get("enterprise") == self.enterprise)
            and (not self.sector or self.sector in row.get("sectors", ()))
            and (not self.tag or self.tag in row.get("tags", ()))
            and (self.in_use is None or in_use(row) is self.in_use)
            and holds(self.text, code, row.get("name") or "", row.get("unit") or "")
        )


EVERY_ROW = RegisterFilter()
