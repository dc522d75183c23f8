"""What the checks of a campaign read: its entries and opened documents, already proved to be the log's. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.canonical import parse_canonical
from ledger.entries import Entry
from ledger.note import Verifier
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon
from sampling.bundle_format import Mismatch, OpenedDocument
from sampling.drand import QUICKNET, Chain
from sampling.entry_kinds import DRAWN, LISTED, MATCHED
from sampling.needed import frozen_entry
from sampling.plans import Plan
from sampling.slots import SlotSecret, seal_slot
from sampling.strata import Stratum

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The entries and documents of a bundle, read for one campaign.

    `witness_keys` and `auditor_keys` are those that the verifier pins, the first None where it pins no key at all;
    `chains` are those of drand.
    """

    campaign: str
    entries: Sequence[Entry]
    documents: Mapping[str, OpenedDocument]
    witness_keys: Collection[Verifier] | None = None
    chains: Collection[Chain] = (QUICKNET,)
    auditor_keys: Collection[Verifier] = ()

    @cached_property
    def frozen(self) -> Entry:
        """The entry that fixed the campaign's frame, or its list where it is no draw."""
        return frozen_entry(self.entries, self.campaign)

    @cached_property
    def drawn(self) -> Entry:
        """The campaign's drawn entry."""
        return self.one(DRAWN)

    @cached_property
    def is_list(self) -> bool:
        """Whether the campaign is no draw."""
        return self.frozen.kind == LISTED

    @cached_property
    def decided(self) -> Entry:
        """The entry that the named beacon decided: the draw, or the matching of a list."""
        return self.one(MATCHED) if self.is_list else self.drawn

    @cached_property
    def chosen(self) -> Sequence[Row]:
        """The rows of the positions that are visited: those drawn, or all of a list."""
        return self.rows(self.frozen, "plan", "drawn") if self.is_list else self.rows(self.drawn, "draw", "drawn")

    @cached_property
    def chosen_at(self) -> Entry:
        """The entry since which it is known whom to visit."""
        return self.frozen if self.is_list else self.drawn

    @cached_property
    def sealed(self) -> dict[str, Any]:
        """The content of the sealed plan."""
        return self.content(self.frozen, "plan")

    @cached_property
    def plan(self) -> Plan:
        """The plan that was frozen."""
        return Plan.from_json(self.sealed["plan"])

    @cached_property
    def strata(self) -> list[Stratum]:
        """The strata that were frozen."""
        return [Stratum.from_json(each) for each in self.sealed["strata"]]

    @cached_property
    def beacon(self) -> Beacon:
        """The beacon that the freeze named."""
        return parse_beacon(self.frozen.body["beacon"])

    @cached_property
    def slot_rows(self) -> Sequence[Row]:
        """The rows of the frame's slots, as sealed."""
        return self.rows(self.frozen, "plan", "slot")

    @cached_property
    def slots(self) -> list[SlotSecret]:
        """The frame's slots, opened."""
        return [opened_slot(row) for row in self.slot_rows]

    @cached_property
    def of_campaign(self) -> list[Entry]:
        """The campaign's entries, in order."""
        return [entry for entry in self.entries if entry.subject == self.campaign]

    def of_kind(self, kind: str) -> list[Entry]:
        """Return the campaign's entries of a kind."""
        return [entry for entry in self.of_campaign if entry.kind == kind]

    def one(self, kind: str) -> Entry:
        """Return the campaign's one entry of a kind; raises Mismatch for none or several."""
        found = self.of_kind(kind)
        if len(found) != 1:
            raise Mismatch(f"the log has {len(found)} entries {kind} of campaign {self.campaign}")
        return found[0]

    def content(self, entry: Entry, name: str) -> dict[str, Any]:
        """Return the content of a document of an entry."""
        content: dict[str, Any] = self.documents[entry.documents[name]].value["content"]
        return content

    def rows(self, entry: Entry, name: str, table: str) -> Sequence[Row]:
        """Return the rows of a table that a document of an entry binds."""
        return self.documents[entry.documents[name]].rows[table]


def parsed_text(text: str) -> dict[str, Any]:
    """Return the object of a column that holds canonical JSON; raises ValueError for any other text."""
    value: Any = parse_canonical(text.encode())
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def opened_slot(row: Row) -> SlotSecret:
    """Return the slot that a row seals."""
    salts = [bytes.fromhex(row[name]) for name in ("identity_salt", "stratum_salt", "key_salt")]
    key = bytes.fromhex(row["ticket_key"])
    return seal_slot(row["enterprise"], row["stratum"], key, (salts[0], salts[1], salts[2]))
