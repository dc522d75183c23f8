"""Remarks on a model: what a check or a comparison has to say, as codes and parameters; `schema` has the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.canonical import JSON


@dataclass(frozen=True)
class Remark:
    """One remark; `place` is the part of the model that it is about, such as `indicators.penalties`."""

    code: str
    place: str
    parameters: Mapping[str, JSON] = field(default_factory=dict)
