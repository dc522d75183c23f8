"""Earlier campaigns as a frame and its preview need them: whom they drew, by which strata, and what they found."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.calendar import civil_date, parse_instant
from ledger.entries import EXPIRED, Entry
from sampling.entry_kinds import DRAWN, FROZEN
from sampling.frequency import Horizon, PastDraw
from sampling.inference import Past, chances_of
from sampling.needed import counted_campaigns, frozen_entry, past_draws, settling_draws
from sampling.past_findings import Found, PastCampaign
from sampling.standing import chosen
from sampling.strata import Stratum
from sampling.tables import disclosure, drawn, slot
from sampling.tries import VOIDS
from scoring.results import found_problem, was_inspectable

LAST_CAMPAIGNS = 5
"""How many campaigns of the same items expected rates and a preview look at."""


def history(tx: Connection) -> list[Entry]:
    """Return the entries that tell which campaigns were frozen, drawn and voided, and what has expired, in order."""
    entries = [entry for kind in (FROZEN, DRAWN, *VOIDS, EXPIRED) for entry in log.of_kind(tx, kind)]
    return sorted(entries, key=lambda entry: entry.seq)


def read_draws(tx: Connection, entries: Sequence[Entry], horizon: Horizon) -> tuple[PastDraw, ...]:
    """Return the draws that a horizon covers, in the order of the log."""
    return tuple(
        PastDraw(entry.subject, civil_date(parse_instant(entry.time)), _drawn_codes(tx, entry.subject))
        for entry in past_draws(entries, horizon)
    )


def read_pasts(tx: Connection, entries: Sequence[Entry], most: int) -> tuple[Past, ...]:
    """Return the newest campaigns that count for what outsiders could infer, oldest first."""
    frozen = counted_campaigns(entries, most)
    plans = {entry.subject: documents.opened(tx, entry.documents["plan"]).value["content"] for entry in frozen}
    was_drawn = {entry.subject for entry in entries if entry.kind == DRAWN}
    pasts = []
    for entry in frozen:
        plan = plans[entry.subject]
        settled_by = frozenset(each.subject for each in settling_draws(entries, entry, plan["plan"]))
        rows = tx.execute(select(slot.c.enterprise, slot.c.stratum).where(slot.c.campaign == entry.subject))
        drawn_codes = _drawn_codes(tx, entry.subject) if entry.subject in was_drawn else frozenset()
        chances = chances_of(map(Stratum.from_json, plan["strata"]))
        pasts.append(Past(entry.subject, settled_by, {row[0]: row[1] for row in rows}, chances, drawn_codes))
    return tuple(pasts)


def read_last(tx: Connection, entries: Sequence[Entry], items: Collection[str]) -> tuple[PastCampaign, ...]:
    """Return what the last drawn campaigns of any of these items gave, oldest first."""
    found = []
    for entry in past_draws(entries, None):
        frozen = frozen_entry(entries, entry.subject)
        if set(frozen.body["items"]) & set(items):
            found.append((entry, frozen))
    return tuple(_past_campaign(tx, entry, frozen) for entry, frozen in found[-LAST_CAMPAIGNS:])


def _past_campaign(tx: Connection, entry: Entry, frozen: Entry) -> PastCampaign:
    plan = documents.opened(tx, frozen.documents["plan"]).value["content"]
    grades = {stratum["label"]: stratum["grades"] for stratum in plan["strata"]}
    same = (drawn.c.campaign == disclosure.c.campaign) & (drawn.c.position == disclosure.c.position)
    query = select(drawn.c.stratum, disclosure.c.results).join(disclosure, same)
    by_grade: dict[str, Found] = defaultdict(Found)
    found, published = Found(), 0
    for label, results in tx.execute(query.where(drawn.c.campaign == entry.subject)):
        published += 1
        if was_inspectable(results):
            one = Found(int(found_problem(results)), 1)
            found += one
            if len(grades[label]) == 1:
                by_grade[grades[label][0]] += one
    return PastCampaign(
        entry.subject,
        civil_date(parse_instant(entry.time)),
        entry.body["drawn"]["count"],
        published,
        found,
        dict(by_grade),
    )


def _drawn_codes(tx: Connection, campaign: str) -> frozenset[str]:
    query = select(slot.c.enterprise).where(slot.c.campaign == campaign, chosen())
    return frozenset(tx.execute(query).scalars())
