"""The checks of a frame: from the register and the grade run to the sealed slots. Pure."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice
from operator import lt
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import canonical, parse_canonical_texts
from sampling import verified_design
from sampling.bundle_format import Mismatch
from sampling.conditions import TYPE_DIGITS, Attributes, Conditions, tags_of
from sampling.design_plans import EXCLUDED
from sampling.draw import ALGORITHM
from sampling.entry_kinds import CLOSED, FROZEN
from sampling.items import check_objects, check_planned
from sampling.needed import ITEM, OBJECT, imported_before
from sampling.slots import slots_root
from sampling.strata import by_cell
from sampling.tries import VOIDS, overlap
from sampling.verified import Evidence, Row, parsed_text
from sampling.verified_tries import earlier_tries
from scoring import kept
from scoring.entry_kinds import IMPORTED, RUN
from scoring.model import parse_earlier_model
from scoring.scopes import GENERAL

AT_ONCE = 512
"""So many kept reasons are parsed together."""

OF_ANY_VERSION = "department", "model", "stage", "reasons/judgements"
GRADED = (
    *("enterprise", "department", "model", "stage", "grade", "score", "reasons"),
    *("reasons/values", "reasons/rules", "reasons/judgements"),
)
"""What is read of a grade, and which of these not every one has."""


def other_draws(evidence: Evidence) -> str:
    """Check that no other draw of these matters and enterprises was open: a draw is not repeated until it pleases."""
    mine = evidence.frozen.body
    before = evidence.entries[: evidence.frozen.seq]
    ended = {entry.subject for entry in before if entry.kind in (CLOSED, *VOIDS)}
    for entry in before:
        if entry.kind == FROZEN and entry.subject not in ended and overlap(entry.body, mine):
            raise Mismatch(f"campaign {entry.subject} of the same matters and enterprises was frozen and not ended")
    return "no other campaign of these matters and enterprises was open"


def register(evidence: Evidence) -> str:
    """Check that the frame is exactly the enterprises of the register that meet the public conditions."""
    seqs = [
        entry.seq
        for entry in evidence.entries[: evidence.frozen.seq]
        if entry.kind == IMPORTED and entry.body["kind"] == "registration"
    ]
    if seqs != evidence.sealed["register"]:
        raise Mismatch("the plan leaves out a batch of registrations that stands in the log before the freeze")
    if evidence.frozen.body["conditions"] != evidence.plan.conditions.to_json():
        raise Mismatch("the public conditions are not those of the sealed plan")
    if "tagged_by" in evidence.sealed and evidence.sealed["tagged_by"] != list(evidence.plan.departments):
        raise Mismatch("the tags that count are not those of the plan's departments")
    newest = evidence.registered
    tags = _tags(evidence) if evidence.plan.conditions.tags else {}
    named = set() if evidence.plan.listing is None else set(evidence.plan.listing.enterprises)
    expected = dict(_named(newest, named) if named else _meeting(evidence.plan.conditions, newest, tags))
    if missing := named.difference(expected):
        raise Mismatch(f"{min(missing)} is named and not registered")
    held = dict(zip(evidence.codes, evidence.sectors, strict=True))
    if len(held) < len(evidence.codes):
        code, count = Counter(evidence.codes).most_common(1)[0]
        raise Mismatch(f"{code} has {count} slots")
    if held != expected:
        for code in sorted(expected.keys() ^ held.keys()):
            raise Mismatch(f"{code} is {'left out of' if code in expected else 'wrongly in'} the frame")
        code = min(code for code in held if held[code] != expected[code])
        raise Mismatch(f"{code} stands in the frame with another sector than in the register")
    return f"{len(newest)} registered enterprises, {len(held)} meet the conditions, each has one slot"


def _named(register: Mapping[str, Row], named: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give those who are named, with their sectors."""
    return ((code, told["sector"]) for code, told in register.items() if code in named)


def _meeting(
    conditions: Conditions, register: Mapping[str, Row], tags: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    """Give those who meet the conditions, with their sectors; of those who are alike one is looked at."""
    known: dict[tuple[int, str, frozenset[str]], bool] = {}
    none = frozenset[str]()
    for code, told in register.items():
        own = tags.get(code, none) if tags else none
        alike = id(told), code[:TYPE_DIGITS], own
        meets = known.get(alike)
        if meets is None:
            meets = known[alike] = conditions.meets(Attributes.of(code, told, own))
        if meets:
            yield code, told["sector"]


def _tags(evidence: Evidence) -> dict[str, frozenset[str]]:
    """Return the tags that the register of objects gave at the freeze; in plans of earlier versions all count."""
    return tags_of(_held(evidence, OBJECT, "inspection_object").values(), evidence.sealed.get("tagged_by"))


def _held(evidence: Evidence, kind: str, table: str) -> dict[str, dict[str, Any]]:
    """Return what a register held at the freeze, by code."""
    return {
        row["code"]: parsed_text(row["content"])
        for entry in imported_before(evidence.entries, evidence.frozen, kind)
        for row in evidence.rows(entry, "batch", table)
    }


def items(evidence: Evidence) -> str:
    """Check that items, objects and frame agree: each of the frame is the object of an item that may be planned."""
    sealed, plan = evidence.sealed, evidence.plan
    if "items" not in sealed:
        return "not computed: the plan is of a version that sealed no items"
    _check_batches(evidence, "items", ITEM)
    held = _held(evidence, ITEM, "item")
    check_planned(plan, held)
    chosen = {code: held[code] for code in plan.items}
    asks_tags = bool(plan.conditions.tags) or any("tags" in item for item in chosen.values())
    if asks_tags:
        _check_batches(evidence, "objects", OBJECT)
    elif sealed["objects"] != []:
        raise Mismatch("the plan names batches of objects that nothing asks for")
    tags = _tags(evidence) if asks_tags else {}
    nobody = frozenset[str]()
    codes, sectors = evidence.codes, evidence.sectors
    own = [tags.get(code, nobody) for code in codes]
    check_objects(chosen, list(zip(codes, sectors, own, strict=True)))
    return f"{len(chosen)} items that may be planned, {len(codes)} objects of them"


def _check_batches(evidence: Evidence, name: str, kind: str) -> None:
    seqs = [entry.seq for entry in imported_before(evidence.entries, evidence.frozen, kind)]
    if seqs != evidence.sealed[name]:
        raise Mismatch(f"the plan leaves out a batch of {name} that stands in the log before the freeze")


def grades(evidence: Evidence) -> str:
    """Check that the grade run was the newest and that it puts each enterprise into its stratum."""
    runs = [entry.seq for entry in evidence.entries[: evidence.frozen.seq] if entry.kind == RUN]
    if not runs or runs[-1] != evidence.sealed["grade_run"]:
        raise Mismatch("the grade run is not the newest one before the freeze")
    cells = evidence.cells
    held_by = by_cell(evidence.strata)
    due = {cell: held_by[cell.label].label for cell in set(cells) if cell and cell.label in held_by}
    for code, label, cell in zip(evidence.codes, evidence.labels, cells, strict=True):
        if cell is None:
            raise Mismatch(f"{code} has no grade in the run")
        if label not in (EXCLUDED, due.get(cell)):
            raise Mismatch(f"{code} stands in another stratum than its grade gives")
    return f"{len(evidence.codes)} slots stand in the strata that entry {runs[-1]} gives"


def grades_follow(evidence: Evidence) -> None:
    """Check that every grade of the run is the one that its digest, its own reasons and its model tell."""
    run = evidence.rows(evidence.entries[evidence.sealed["grade_run"]], "grades", "grade_run")[0]
    if "models" not in run:
        _check_earlier_run(run, evidence.held)
        return
    if len(evidence.grade_rows) == 1:
        with suppress(Mismatch):  # whoever reads them in order tells it
            _check_run(evidence, run, evidence.grade_rows[0].columns(*GRADED, absent=OF_ANY_VERSION))
            return
    _check_run(evidence, run, _by_columns(evidence.held))


def _by_columns(held: Mapping[tuple[str, str], kept.Graded]) -> Iterator[list[Sequence[Any]]]:
    """Give the columns of `GRADED` of grades, some together."""
    graded = iter(held.items())
    while some := list(islice(graded, AT_ONCE)):
        told = parse_canonical_texts([graded.reasons.encode() for _, graded in some])
        parts = [(each["values"], each["rules"], each.get("judgements")) for each in told]
        rows = [(*key, *graded, *part) for (key, graded), part in zip(some, parts, strict=True)]
        yield list(zip(*rows, strict=True))


def _check_run(evidence: Evidence, run: Row, parts: Iterable[list[Sequence[Any]]]) -> None:
    """Check a run's grades, which come by the columns of `GRADED`; raises Mismatch where they are not in order."""
    models = {}
    for seq in evidence.sealed.get("models", ()):
        entry = evidence.entries[seq]
        text = evidence.rows(entry, "model", "model")[0]["text"]
        models[entry.subject] = parse_earlier_model(text)
    digests = {document: model.digest() for document, model in models.items()}
    follows = {document: kept.Follows(model, _day(run)) for document, model in models.items()}
    leaves: list[bytes] = []
    enterprises = 0
    last: tuple[str, ...] = ()
    told = ""
    for codes, departments, *columns in parts:
        keys = list(zip(codes, (department or GENERAL for department in departments), strict=True))
        if not all(map(lt, [last, *keys], keys)):
            raise Mismatch("the grades of the run are not in order")
        last = keys[-1]
        for (code, department), document, stage, grade, score, text, *reasons in zip(keys, *columns, strict=True):
            if not grade:
                continue
            if document is None or document not in models:
                raise Mismatch(f"the model of the grade of {code} is missing")
            if not follows[document](grade, score, *reasons):
                raise Mismatch(f"the score or the grade of {code} is not the one that its reasons give")
            leaves.append(kept.leaf(code, department, digests[document], stage, grade, score, text))
            enterprises += code != told
            told = code
    if (run["enterprises"], run["results"]) != (enterprises, kept.digest(leaves)):
        raise Mismatch("the grades of the run are not those of its digest")


def _check_earlier_run(run: Row, held: Mapping[tuple[str, str], kept.Graded]) -> None:
    """Check what a run of an earlier version of Qian tells, whose reasons are as they were shown."""
    digest = hashlib.sha256(b"qian/grades/v1")
    for (code, _), graded in held.items():
        reasons = parsed_text(graded.reasons)
        points = sum(indicator["points"] for indicator in reasons["indicators"])
        if not graded.score == reasons["score"] == points:
            raise Mismatch(f"the score of {code} is not the sum of its points")
        if not reasons["rules"] and graded.grade != reasons["score_grade"]:
            raise Mismatch(f"the grade of {code} is not the one that its reasons give")
        digest.update(canonical([code, graded.grade, graded.score, reasons]))
    if (run["enterprises"], run["results"]) != (len(held), digest.hexdigest()):
        raise Mismatch("the grades of the run are not those of its digest")


def _day(run: Row) -> date:
    return date.fromisoformat(run["as_of"])


def ticket_keys(evidence: Evidence) -> str:
    """Check that no two slots have one ticket key."""
    keys = evidence.frame.keys
    if len(set(keys)) < len(keys):
        counts = Counter(keys)
        position = next(position for position, key in enumerate(keys) if counts[key] > 1)
        raise Mismatch(f"slot {position} shares its ticket key with another one")
    return f"{len(keys)} distinct ticket keys"


def frame(evidence: Evidence) -> str:
    """Check that the slots, sealed anew, are the frozen list."""
    slots = evidence.slots
    ascends = list(map(lt, slots, slots[1:]))
    unordered = None if all(ascends) else ascends.index(False) + 1
    if wrong := [at for at in (evidence.frame.misplaced, unordered) if at is not None]:
        raise Mismatch(f"slot {min(wrong)} is out of order")
    frozen = {"count": len(slots), "root": slots_root(slots).hex()}
    if evidence.frozen.body["slots"] != frozen:
        raise Mismatch("the slots do not give the frozen root")
    return f"{len(slots)} slots give the frozen root {frozen['root']}"


def public_plan(evidence: Evidence) -> str:
    """Check that the frozen entry says in public what the sealed plan says."""
    plan, body = evidence.plan, evidence.frozen.body
    if body["algorithm"] != ALGORITHM:
        raise Mismatch(f"the frozen entry names another algorithm than {ALGORITHM}")
    public = {
        "title": plan.title,
        "departments": list(plan.departments),
        "items": list(plan.items),
        "starts": plan.starts.isoformat(),
        "ends": plan.ends.isoformat(),
    }
    if body.get("annual_line", "") != plan.annual_line:
        raise Mismatch("the frozen entry's annual_line is not the sealed plan's")
    for name, value in public.items():
        if body[name] != value:
            raise Mismatch(f"the frozen entry's {name} is not the sealed plan's")
    if evidence.sealed["campaign"] != evidence.campaign:
        raise Mismatch("the sealed plan is another campaign's")
    return f"title, departments, items and period, frozen on {civil_date(parse_instant(evidence.frozen.time))}"


APART: Mapping[str, Callable[[Evidence], None]] = {"grades": grades_follow}
"""Parts of checks that ask little of the others, which another process may make: each after the rest of its check."""

SEALING = "ticket keys", "frame"
"""The checks of how the frame was sealed; those before them ask only who is in it."""

CHECKS = (
    ("plan", public_plan),
    ("other draws", other_draws),
    ("earlier tries", earlier_tries),
    ("register", register),
    ("items", items),
    ("exclusions", verified_design.exclusions),
    ("grades", grades),
    ("quotas", verified_design.quotas),
    ("inference", verified_design.inference),
    ("ticket keys", ticket_keys),
    ("frame", frame),
)
