"""What the schemas ask of the bureau that they serve."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from ledger.database import Database
from ledger.keys import Secret
from ledger.policy import Policy
from ledger.retention import Retention
from sampling.naming import Terms
from sampling.publication.deadlines import Terms as PublicationTerms
from sampling.users.secret_texts import UserKeys
from schema.words import Language


@dataclass(frozen=True)
class Setting:
    """What is told of a setting of the service: its value only where it can hold no secret."""

    name: str
    value: str | None
    is_set: bool
    description: Mapping[Language, str]


class Bureau(Protocol):
    """One bureau: its names, database, witnesses and clock. `now` is in whole seconds of UTC, `today` a civil date."""

    name: str
    origin: str
    database: Database
    witness_policy: Policy | None
    pseudonym_key: Secret
    user_keys: UserKeys
    retention: Retention
    version: str

    @property
    def told_settings(self) -> Sequence[Setting]:
        """What staff are told of the settings, by name."""

    @property
    def publication_terms(self) -> PublicationTerms:
        """By when findings are to be published, and when that is warned of."""

    @property
    def beacon_terms(self) -> Terms:
        """How far a beacon lies ahead, and the chains of drand that a freeze may name."""

    @property
    def now(self) -> datetime:
        """The present instant."""

    @property
    def today(self) -> date:
        """The present civil date."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open a transaction that sees one snapshot."""

    def write(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes; once it is committed, what it appended is signed."""
