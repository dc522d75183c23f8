"""docs/draw.md lists the kinds of public numbers, the results of a visit and the checks that the code has."""

import re

from sampling import public_checks, verified_campaign, verified_frame, verified_listing
from sampling.canonical_numbers import Fraction
from sampling.source_kinds import SourceKind, source_kinds
from scoring.results import FollowUp, Result
from tests.documents import ROOT

DRAW = (ROOT / "docs/draw.md").read_text("utf-8")
MODEL = (ROOT / "docs/model.md").read_text("utf-8")
OF_THE_FILE = ["file", "signature", "chain", "inclusion", "documents"]


def published(kind: SourceKind) -> str:
    if isinstance(kind.form, Fraction):
        return f"a number from 1 on with up to {kind.form.places} decimal places"
    bowls = []
    for bowl in kind.form:
        what = "ball" if bowl.distinct else "digit"
        span = f" of {bowl.lowest} to {bowl.highest}" if bowl.distinct else ""
        bowls.append(f"{bowl.count} {what}{'s' * (bowl.count > 1)}{span}")
    return ", ".join(bowls)


def test_every_kind_of_public_numbers_is_told() -> None:
    told = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([0-9,]+) \|$", DRAW, re.MULTILINE)
    assert told == [(code, published(kind), f"{kind.outcomes:,}") for code, kind in source_kinds().items()]


def test_the_results_of_a_visit_are_told() -> None:
    listed = DRAW.split("`no_problem` by itself: ")[1].split("\n\n")[0]
    assert re.findall("`([a-z_]+)`", listed) == [each.value for each in Result]
    for field, words in (("results", Result), ("follow_up", FollowUp)):
        told = MODEL.split(f"| `{field}` | ")[-1].split(" |\n")[0]
        assert told == " · ".join(f"{each.text} `{each.value}`" for each in words)


def test_the_checks_are_told_in_their_order() -> None:
    rows = DRAW.split("| check | what must hold |\n| --- | --- |\n")[1].split("\n\n")[0].splitlines()
    told = [name for row in rows for name in re.findall("`([a-z -]+)`", row.split("|")[1])]
    assert told == OF_THE_FILE + [name for name, _ in (*verified_frame.CHECKS, *verified_campaign.CHECKS)]


def test_the_checks_of_a_list_are_told_in_their_order() -> None:
    told = DRAW.split("in their order `list`")[1].split("\n\n")[0]
    assert ["list", *re.findall("`([a-z -]+)`", told)] == [name for name, _ in verified_listing.CHECKS]


def test_what_the_public_side_cannot_show_is_told() -> None:
    assert len(public_checks.NOT_CHECKED) == 4
    assert "It cannot show that the frame is the register's, that the tickets gave" in DRAW
