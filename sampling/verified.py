"""What the checks of a campaign read: its entries and opened documents, already proved to be the log's. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import parse_canonical
from ledger.entries import Entry
from ledger.note import Verifier
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon
from sampling.bundle_format import Mismatch, OpenedDocument
from sampling.design_plans import Cell, Cells, DesignPlan
from sampling.drand import QUICKNET, Chain
from sampling.entry_kinds import DRAWN, LISTED, MATCHED
from sampling.frequency import PastDraw, visited_within
from sampling.needed import frozen_entry, replaced_before, settling_draws
from sampling.past_findings import Experience
from sampling.plans import Plan
from sampling.slots import SlotSecret, seal_slot
from sampling.strata import Stratum
from scoring.entry_kinds import RUN
from scoring.scopes import GENERAL

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
    def registered(self) -> dict[str, dict[str, Any]]:
        """What the newest registration of each code said at the freeze."""
        return {
            row["enterprise"]: parsed_text(row["content"])
            for seq in self.sealed["register"]
            for row in self.rows(self.entries[seq], "batch", "record")
        }

    @cached_property
    def held(self) -> dict[tuple[str, str], Row]:
        """The run's grades by enterprise and department, wherever in its chain they are stored, in order."""
        base = ""
        held: dict[tuple[str, str], Row] = {}
        for seq in (*self.sealed.get("grade_bases", ()), self.sealed["grade_run"]):
            entry = self.entries[seq]
            if entry.kind != RUN or self.rows(entry, "grades", "grade_run")[0].get("base", "") != base:
                raise Mismatch(f"the grade run of entry {seq} does not stand on the one before it")
            base = entry.subject
            for row in self.rows(entry, "grades", "grade"):
                held[row["enterprise"], row.get("department", "")] = row
        return {key: row for key, row in sorted(held.items()) if row["grade"]}

    @cached_property
    def letters(self) -> dict[str, str]:
        """The grade of each enterprise by the run: the general one, or what the plan makes of departments' own."""
        if self.plan.grading is not None:
            letters = {key: row["grade"] for key, row in self.held.items()}
            return self.plan.grading.combine(self.sealed["scale"], letters)
        return {code: row["grade"] for (code, department), row in self.held.items() if department == GENERAL}

    @cached_property
    def day(self) -> date:
        """The civil date of the freeze."""
        return civil_date(parse_instant(self.frozen.time))

    @cached_property
    def past_draws(self) -> list[PastDraw]:
        """The draws that decided who is excluded, or counts as visited."""
        return [
            PastDraw(entry.subject, civil_date(parse_instant(entry.time)), self.drawn_codes(entry.subject))
            for entry in settling_draws(self.entries, self.frozen, self.sealed["plan"])
        ]

    @cached_property
    def design_plan(self) -> DesignPlan:
        """The design that was planned, with the rates of findings that it expects."""
        plan = self.plan.design
        if not plan.past:
            return plan
        experience = Experience.from_json(self.sealed["experience"])
        if set(experience.by_grade) != set(self.sealed["scale"]):
            raise Mismatch("the sealed findings are not those of the scale")
        return plan.expecting(experience.expected_rates(plan.shrinkage))

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """The cell of each graded enterprise of the frame."""
        visited = visited_within(self.past_draws, self.day, self.design_plan.months)
        found = Cells(self.design_plan.values(self.sealed["scale"]))
        return {
            code: found.of(self.letters[code], code in visited, attributes["sector"], attributes["region"])
            for code in (row["enterprise"] for row in self.slot_rows)
            if code in self.letters and (attributes := self.registered[code])
        }

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

    def drawn_codes(self, campaign: str) -> frozenset[str]:
        """Return whom an earlier campaign drew, and its reserves that were used before this freeze.

        Raises KeyError where the bundle lacks its plan, draw or replacements.
        """
        (draw,) = [entry for entry in self.entries if entry.kind == DRAWN and entry.subject == campaign]
        frozen = frozen_entry(self.entries, campaign)
        frame = {row["position"]: row["enterprise"] for row in self.rows(frozen, "plan", "slot")}
        swaps = replaced_before(self.entries, campaign, self.frozen)
        used = [row["reserve"] for swap in swaps for row in self.rows(swap, "replacement", "replacement")]
        return frozenset(
            frame[place] for place in (*(row["position"] for row in self.rows(draw, "draw", "drawn")), *used)
        )

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
