"""What the checks of a campaign read: its entries and opened documents, already proved to be the log's. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import compress
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import parse_canonical
from ledger.entries import Entry
from ledger.note import Verifier
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon
from sampling.bundle_format import Mismatch, OpenedDocument
from sampling.bundle_rows import BundleRows
from sampling.design_plans import Cell, Cells, DesignPlan
from sampling.drand import QUICKNET, Chain
from sampling.draw import Drawing, Lots, draw, seed
from sampling.entry_kinds import DRAWN, LISTED, MATCHED
from sampling.frame_columns import FrameColumns, FrameNames
from sampling.frequency import PastDraw, visited_within
from sampling.needed import frozen_entry, replaced_before, settling_draws
from sampling.past_findings import Experience
from sampling.plans import Plan
from sampling.slots import SlotSecrets
from sampling.strata import Stratum
from scoring.entry_kinds import RUN
from scoring.kept import Graded
from scoring.scopes import GENERAL

Row = Mapping[str, Any]

REGISTERED = ("sector", "region", "status", "scale")
"""What a draw asks of a registration."""

REGISTERED_COLUMNS = tuple(f"content/{name}" for name in REGISTERED)


@dataclass(frozen=True)
class Evidence:
    """The entries and documents of a bundle, read for one campaign.

    `witness_keys` and `auditor_keys` are those that the verifier pins, the first None where it pins no key at all;
    `chains` are those of drand. With `names_only` nobody asks how the frame was sealed.
    """

    campaign: str
    entries: Sequence[Entry]
    documents: Mapping[str, OpenedDocument]
    witness_keys: Collection[Verifier] | None = None
    chains: Collection[Chain] = (QUICKNET,)
    auditor_keys: Collection[Verifier] = ()
    names_only: bool = False

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
    def registered(self) -> dict[str, Row]:
        """What the newest registration of each code said at the freeze, as far as a draw asks for it."""
        return self.registered_in(self.entries[seq] for seq in self.sealed["register"])

    def registered_in(self, batches: Iterable[Entry]) -> dict[str, Row]:
        """Return what the newest registration of each code says in some batches; enterprises alike share one object."""
        newest: dict[str, Row] = {}
        shared: dict[tuple[Any, ...], Row] = {}
        for entry in batches:
            rows = self.rows(entry, "batch", "record")
            for codes, *told in rows.columns("enterprise", *REGISTERED_COLUMNS, absent=REGISTERED_COLUMNS):
                alike = list(zip(*told, strict=True))
                for each in {*alike}.difference(shared):
                    members = zip(REGISTERED, each, strict=True)
                    shared[each] = {name: value for name, value in members if value is not None}
                newest.update(zip(codes, map(shared.__getitem__, alike), strict=True))
        return newest

    @cached_property
    def grade_rows(self) -> list[BundleRows]:
        """The rows of the run's grades, wherever in its chain they are stored."""
        base = ""
        found = []
        for seq in (*self.sealed.get("grade_bases", ()), self.sealed["grade_run"]):
            entry = self.entries[seq]
            if entry.kind != RUN or self.rows(entry, "grades", "grade_run")[0].get("base", "") != base:
                raise Mismatch(f"the grade run of entry {seq} does not stand on the one before it")
            base = entry.subject
            found.append(self.rows(entry, "grades", "grade"))
        return found

    @cached_property
    def held(self) -> dict[tuple[str, str], Graded]:
        """The run's grades by enterprise and department, in order; a row without a grade takes away those before it."""
        held: dict[tuple[str, str], Graded] = {}
        for part in (part for rows in self.grade_rows for part in rows.parts()):
            keys = [(row["enterprise"], row.get("department", GENERAL)) for row in part]
            held.update(zip(keys, map(Graded.of, part), strict=True))
        return {key: held[key] for key in sorted(held) if held[key].grade}

    @cached_property
    def letters(self) -> dict[str, str]:
        """The grade of each enterprise by the run: the general one, or what the plan makes of departments' own."""
        if self.plan.grading is not None:
            letters = {key: held.grade for key, held in self.held.items()}
            return self.plan.grading.combine(self.sealed["scale"], letters)
        general: dict[str, str] = {}
        names = "department", "enterprise", "grade"
        parts = (part for rows in self.grade_rows for part in rows.columns(*names, absent=["department"]))
        for departments, codes, grades in parts:
            if any(departments):
                are_general = [not department for department in departments]
                codes, grades = list(compress(codes, are_general)), list(compress(grades, are_general))
            general.update(zip(codes, grades, strict=True))
        return general if all(general.values()) else {code: letter for code, letter in general.items() if letter}

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
    def frame_letters(self) -> list[str | None]:
        """The grades of the frame's enterprises by position, None where the run has none."""
        return list(map(self.letters.get, self.codes))

    @cached_property
    def frame_registered(self) -> list[Row]:
        """What the register said of the frame's enterprises, by position."""
        return list(map(self.registered.__getitem__, self.codes))

    @cached_property
    def cells(self) -> list[Cell | None]:
        """The cells of the frame's enterprises by position, None where the run has no grade."""
        found = Cells(self.design_plan.values(self.sealed["scale"]))
        visited = visited_within(self.past_draws, self.day, self.design_plan.months)
        return [
            None if letter is None else found.of(letter, code in visited, told["sector"], told["region"])
            for code, letter, told in zip(self.codes, self.frame_letters, self.frame_registered, strict=True)
        ]

    @cached_property
    def frame(self) -> FrameColumns:
        """The frame by columns, as sealed."""
        return FrameColumns(self.rows(self.frozen, "plan", "slot"), self.campaign)

    @cached_property
    def _names(self) -> FrameNames:
        return FrameNames(self.rows(self.frozen, "plan", "slot")) if self.names_only else self.frame

    @property
    def codes(self) -> list[str]:
        """The codes of the frame, by position."""
        return self._names.codes

    @property
    def labels(self) -> list[str]:
        """The labels of the slots' strata, by position."""
        return self._names.labels

    @property
    def sectors(self) -> list[str]:
        """The sectors of the frame, by position."""
        return self._names.sectors

    @cached_property
    def secrets(self) -> SlotSecrets:
        """What opens the frame's slots."""
        return self.frame.secrets()

    @cached_property
    def slots(self) -> list[bytes]:
        """The frame's slots, sealed anew."""
        return self.secrets.slots()

    @cached_property
    def seed(self) -> bytes:
        """The seed that the fixing entry and the beacon's output give."""
        return seed(self.frozen.leaf_hash, bytes.fromhex(self.decided.body["output"]))

    @cached_property
    def drawing(self) -> Drawing:
        """What the tickets give."""
        return draw(self.seed, Lots(self.slots, self.secrets.strata, self.secrets.keys), self.strata)

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

    def rows(self, entry: Entry, name: str, table: str) -> BundleRows:
        """Return the rows of a table that a document of an entry binds."""
        return self.documents[entry.documents[name]].rows[table]


def parsed_text(text: str) -> dict[str, Any]:
    """Return the object of a column that holds canonical JSON; raises ValueError for any other text."""
    value: Any = parse_canonical(text.encode())
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
