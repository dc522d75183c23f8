"""Numbers of campaigns that may be filed and shown to anybody: nothing here follows strata or grades, nobody is named.

They are counted from what is published, so each could be counted from the public side as well, as long as it is shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from sampling import registers
from sampling.disclosures import count_published
from sampling.tables import disclosure
from scoring.results import FollowUp, Result
from scoring.tables import enterprise


@dataclass
class PublicNumbers:
    """Published findings, counted; a finding has one or more results.

    `published` counts those that are shown no more as well; the other counts are of those that are shown, `enterprises`
    of the different ones among them. `divisions` are names of those regions that are codes of administrative divisions.
    """

    published: int = 0
    shown: int = 0
    enterprises: int = 0
    results: Counter[Result] = field(default_factory=Counter)
    follow_ups: Counter[FollowUp] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    divisions: Mapping[str, str] = field(default_factory=dict)


def public_numbers(tx: Connection, identifiers: Sequence[str]) -> PublicNumbers:
    """Count what is published of campaigns."""
    numbers = PublicNumbers(published=sum(count_published(tx, each) for each in identifiers))
    seen = set()
    query = (
        select(disclosure.c.enterprise, disclosure.c.results, disclosure.c.follow_up)
        .add_columns(enterprise.c.sector, enterprise.c.region)
        .join(enterprise, enterprise.c.code == disclosure.c.enterprise)
        .where(disclosure.c.campaign.in_(identifiers))
    )
    for row in tx.execute(query):
        numbers.shown += 1
        seen.add(row.enterprise)
        numbers.results.update(map(Result, row.results))
        numbers.follow_ups[FollowUp(row.follow_up)] += 1
        numbers.sectors[row.sector] += 1
        numbers.regions[row.region] += 1
    numbers.enterprises = len(seen)
    numbers.divisions = registers.division_names(tx, numbers.regions)
    return numbers
