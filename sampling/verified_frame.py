"""The checks of a frame: from the register and the grade run to the sealed slots. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import canonical
from sampling import verified_design
from sampling.bundle_format import Mismatch
from sampling.conditions import Attributes, tags_of
from sampling.design_plans import EXCLUDED
from sampling.draw import ALGORITHM
from sampling.entry_kinds import CLOSED, FROZEN
from sampling.needed import OBJECT, imported_before
from sampling.slots import slots_root
from sampling.strata import by_cell
from sampling.tries import VOIDS, overlap
from sampling.verified import Evidence, Row, opened_slot, parsed_text
from sampling.verified_tries import earlier_tries
from scoring import kept
from scoring.entry_kinds import IMPORTED, RUN
from scoring.model import parse_earlier_model


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
    newest = evidence.registered
    tags = _tags(evidence)
    named = set() if evidence.plan.listing is None else set(evidence.plan.listing.enterprises)
    expected = {
        code: attributes["sector"]
        for code, attributes in newest.items()
        if (
            code in named
            if named
            else evidence.plan.conditions.meets(Attributes.of(code, attributes, tags.get(code, frozenset())))
        )
    }
    if missing := named.difference(expected):
        raise Mismatch(f"{min(missing)} is named and not registered")
    for code, count in Counter(row["enterprise"] for row in evidence.slot_rows).items():
        if count > 1:
            raise Mismatch(f"{code} has {count} slots")
    held = {row["enterprise"]: row["sector"] for row in evidence.slot_rows}
    for code in sorted(set(expected) ^ set(held)):
        raise Mismatch(f"{code} is {'left out of' if code in expected else 'wrongly in'} the frame")
    for code in sorted(held):
        if held[code] != expected[code]:
            raise Mismatch(f"{code} stands in the frame with another sector than in the register")
    return f"{len(newest)} registered enterprises, {len(held)} meet the conditions, each has one slot"


def _tags(evidence: Evidence) -> dict[str, frozenset[str]]:
    """Return the tags that the register of objects gave at the freeze, where the conditions ask for any."""
    if not evidence.plan.conditions.tags:
        return {}
    newest: dict[str, Row] = {}
    for entry in imported_before(evidence.entries, evidence.frozen, OBJECT):
        for row in evidence.rows(entry, "batch", "inspection_object"):
            newest[row["code"]] = parsed_text(row["content"])
    return tags_of(newest.values())


def grades(evidence: Evidence) -> str:
    """Check that the grade run was the newest and that it puts each enterprise into its stratum."""
    runs = [entry.seq for entry in evidence.entries[: evidence.frozen.seq] if entry.kind == RUN]
    if not runs or runs[-1] != evidence.sealed["grade_run"]:
        raise Mismatch("the grade run is not the newest one before the freeze")
    letters, held_by = evidence.letters, by_cell(evidence.strata)
    for row in evidence.slot_rows:
        code = row["enterprise"]
        if code not in letters:
            raise Mismatch(f"{code} has no grade in the run")
        stratum = held_by.get(evidence.cells[code].label)
        if row["stratum"] not in (EXCLUDED, None if stratum is None else stratum.label):
            raise Mismatch(f"{code} stands in another stratum than its grade gives")
    run = evidence.rows(evidence.entries[runs[-1]], "grades", "grade_run")[0]
    if "models" in run:
        _check_run(evidence, run, evidence.held)
    else:
        _check_earlier_run(run, evidence.held)
    return f"{len(evidence.slot_rows)} slots stand in the strata that entry {runs[-1]} gives"


def _check_run(evidence: Evidence, run: Row, held: Mapping[tuple[str, str], Row]) -> None:
    """Check that every grade of a run is the one that its digest, its own reasons and its model tell."""
    models = {}
    for seq in evidence.sealed.get("models", ()):
        entry = evidence.entries[seq]
        text = evidence.rows(entry, "model", "model")[0]["text"]
        models[entry.subject] = parse_earlier_model(text)
    digests = {document: model.digest() for document, model in models.items()}
    leaves = []
    for (code, department), row in held.items():
        document, stage, score, reasons = row["model"], row["stage"], row["score"], row["reasons"]
        if document not in models:
            raise Mismatch(f"the model of the grade of {code} is missing")
        if not kept.follows(models[document], row["grade"], score, parsed_text(reasons), _day(run)):
            raise Mismatch(f"the score or the grade of {code} is not the one that its reasons give")
        leaves.append(kept.leaf(code, department, digests[document], stage, row["grade"], score, reasons))
    if (run["enterprises"], run["results"]) != (len({code for code, _ in held}), kept.digest(b"".join(leaves))):
        raise Mismatch("the grades of the run are not those of its digest")


def _check_earlier_run(run: Row, held: Mapping[tuple[str, str], Row]) -> None:
    """Check what a run of an earlier version of Qian tells, whose reasons are as they were shown."""
    digest = hashlib.sha256(b"qian/grades/v1")
    for (code, _), row in held.items():
        reasons = parsed_text(row["reasons"])
        points = sum(indicator["points"] for indicator in reasons["indicators"])
        if not row["score"] == reasons["score"] == points:
            raise Mismatch(f"the score of {code} is not the sum of its points")
        if not reasons["rules"] and row["grade"] != reasons["score_grade"]:
            raise Mismatch(f"the grade of {code} is not the one that its reasons give")
        digest.update(canonical([code, row["grade"], row["score"], reasons]))
    if (run["enterprises"], run["results"]) != (len(held), digest.hexdigest()):
        raise Mismatch("the grades of the run are not those of its digest")


def _day(run: Row) -> date:
    return date.fromisoformat(run["as_of"])


def ticket_keys(evidence: Evidence) -> str:
    """Check that no two slots have one ticket key."""
    keys = Counter(row["ticket_key"] for row in evidence.slot_rows)
    for row in evidence.slot_rows:
        if keys[row["ticket_key"]] > 1:
            raise Mismatch(f"slot {row['position']} shares its ticket key with another one")
    return f"{len(keys)} distinct ticket keys"


def frame(evidence: Evidence) -> str:
    """Check that the slots, sealed anew, are the frozen list."""
    previous = b""
    for position, row in enumerate(evidence.slot_rows):
        sealed = opened_slot(row).slot
        if row["position"] != position or row["campaign"] != evidence.campaign or sealed <= previous:
            raise Mismatch(f"slot {position} is out of order")
        previous = sealed
    slots = [each.slot for each in evidence.slots]
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


CHECKS = (
    ("plan", public_plan),
    ("other draws", other_draws),
    ("earlier tries", earlier_tries),
    ("register", register),
    ("exclusions", verified_design.exclusions),
    ("grades", grades),
    ("quotas", verified_design.quotas),
    ("inference", verified_design.inference),
    ("ticket keys", ticket_keys),
    ("frame", frame),
)
