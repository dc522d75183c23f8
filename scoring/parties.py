"""With whom registrations and relations tie an enterprise: what others may share with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.drafts import REGISTRATION
from scoring.formats import RELATION_KINDS


class Via(StrEnum):
    """By what enterprises are tied."""

    REPRESENTATIVE = "representative"
    SHAREHOLDER = "shareholder"
    ADDRESS = "address"
    PROJECT = "project"


@dataclass(frozen=True, order=True)
class Tie:
    """What enterprises share: a kind of relation, and whose; of a person only a keyed pseudonym."""

    via: str
    party: str


_KINDS = dict(zip(RELATION_KINDS, Via, strict=True))


def ties_in(kind: str, said: Mapping[str, Any]) -> list[Tie]:
    """Return what the content of a registration or relation ties its enterprise to."""
    if kind == REGISTRATION:
        return [Tie(via.value, said[via]) for via in (Via.REPRESENTATIVE, Via.ADDRESS) if said.get(via)]
    return [Tie(_KINDS[said["type"]].value, said.get("party_code") or said["party"])]
