"""Visits in memory, of two campaigns of two strata each and of a source without a design, and 300 enterprises."""

from datetime import date, timedelta

from ledger.keys import Secret
from scoring.evaluation.visits import Sample, SampledStratum, Visit
from scoring.model import parse_model
from scoring.provincial.packing import Contents
from scoring.provincial.pseudonyms import Pseudonyms
from scoring.provincial.rows import Present, State, Today
from tests import bureau_files as files
from tests.scoring.model_text import AGE, GRADES, HEAD, PENALTIES

MODEL = parse_model(HEAD + GRADES + PENALTIES + AGE)
PSEUDONYMS = Pseudonyms(Secret(bytes(range(32))))
OTHERS = Pseudonyms(Secret(bytes(range(1, 33))))
SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
ENTERPRISES = range(1, 301)
CAMPAIGNS = ("2026-0001", "2026-0002")
STRATA = {
    (campaign, label): SampledStratum(size, sampled, sampled // 5)
    for campaign in CAMPAIGNS
    for label, size, sampled in (("A|物业服务", 240, 24), ("D|物业服务", 60, 30))
}


def state(number: int) -> State:
    """Return what was known of an enterprise: every 7th has no age."""
    return State("operating", {"age": None if number % 7 == 0 else number % 10, "penalties": number % 4})


TODAY = Today(300, {"A": 300, "B": 0, "C": 0, "D": 0}, {"age": (76, 181, 43), "penalties": (75, 150, 75)})


def visit(number: int, campaign: str, label: str, place: int) -> Visit:
    """Return a visit that finds something of every third."""
    return Visit(
        files.code(number),
        date(2026, 3, 2) + timedelta(days=place % 60),
        ("other_violation", "corrected") if number % 3 == 0 else ("no_problem",),
        body=files.BODY,
        sector="物业服务" if number % 2 else "供热",
        region=f"示范镇{number % 6}",
        inspectors=("ZJ001", "ZJ002"),
        campaign=campaign,
        stratum=label,
        uniform=bool(campaign) and place < STRATA[campaign, label].uniform,
    )


def visits() -> list[Visit]:
    """Return all visits, of the campaigns first."""
    drawn = [
        visit(1 + place + (0 if label.startswith("A") else 240), campaign, label, place)
        for (campaign, label), stratum in STRATA.items()
        for place in range(stratum.sampled)
    ]
    return [*drawn, *(visit(number, "", "", number) for number in range(100, 120))]


def contents(found: list[Visit] | None = None, with_enterprises: bool = True) -> Contents:
    """Return what an export of them is made of."""
    chosen = sorted(visits() if found is None else found, key=lambda each: (each.day, each.enterprise))
    number = {files.code(each): each for each in ENTERPRISES}
    return Contents(
        MODEL,
        SINCE,
        UNTIL,
        Sample(tuple(chosen), STRATA, {"no_design": 3}),
        [state(number[each.enterprise]) for each in chosen],
        UNTIL,
        TODAY,
        [Present(code, state(each)) for code, each in number.items()] if with_enterprises else None,
    )
