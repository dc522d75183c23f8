"""Made-up past inspections with the columns of a backtest's file: some places are bad and stay so."""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

HEADS: Final = (
    "inspection_id",
    "licence",
    "date",
    "facility_type",
    "risk_class",
    "inspection_type",
    "result",
    "critical",
    "serious",
    "minor",
    "violated_items",
    "inspector_group",
    "in_model_table",
    "consumption_on_premises",
)
FIRST: Final = date(2012, 1, 1)
DAYS: Final = 800
PLACES: Final = 150
STRICT: Final = {"blue": 0.15, "green": 0.0, "": 0.05}

Row = Mapping[str, str]


def rows() -> list[dict[str, str]]:
    """Return inspections of all places about every four months, by day."""
    chance = random.Random(20120101)  # noqa: S311  - a test's chance, by seed
    made = []
    for place in range(PLACES):
        bad = place % 5 == 0
        day = chance.randrange(120)
        while day < DAYS:
            group = chance.choice(list(STRICT))
            critical = chance.random() < (0.45 if bad else 0.08) + STRICT[group]
            minor = chance.randrange(3)
            items = (["3"] if critical else []) + [str(33 + number) for number in range(minor)]
            made.append(
                {
                    "licence": str(7000 + place),
                    "date": (FIRST + timedelta(days=day)).isoformat(),
                    "facility_type": "Restaurant" if place % 2 else "Other",
                    "risk_class": "Risk 1 (High)",
                    "inspection_type": "Canvass",
                    "result": "Fail" if critical else "Pass",
                    "critical": "1.0" if critical else "0.0",
                    "serious": "0.0",
                    "minor": f"{minor}.0",
                    "violated_items": " ".join(items),
                    "inspector_group": group,
                    "in_model_table": "1" if group else "0",
                    "consumption_on_premises": "0.0" if group else "",
                }
            )
            day += 90 + chance.randrange(60)
    made.sort(key=lambda row: row["date"])
    return [{"inspection_id": str(100 + number), **row} for number, row in enumerate(made)]


def text(of: Sequence[Row]) -> str:
    """Return rows as CSV."""
    written = io.StringIO()
    writer = csv.DictWriter(written, list(of[0]) if of else HEADS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(of)
    return written.getvalue()
