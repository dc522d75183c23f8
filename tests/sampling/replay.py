"""Grades, reveals, draws and matches a frozen bureau, and prints what must be the same on every machine.

python -m tests.sampling.replay <address of the database>
"""

import json
import sys

from sqlalchemy import select

from ledger import documents
from sampling import announcing, campaigns
from sampling.tables import assignment, drawn, slot
from scoring import grading
from tests.sampling import bureau as steps
from tests.sampling.bureau import ANALYST, CAMPAIGN, DRAWN_AT, GRADED_AS_OF


def main(url: str) -> None:
    with steps.opened(url) as bureau:
        run = bureau.do(lambda tx: grading.grade_enterprises(tx, ANALYST, DRAWN_AT, GRADED_AS_OF))
        steps.reveal(bureau)
        steps.draw(bureau)
        steps.match(bureau)
        with bureau.read() as tx:
            entry = campaigns.entry_of(tx, CAMPAIGN, "campaign.drawn")
            sealed = documents.opened(tx, entry.documents["draw"]).value["content"]
            answer = {
                "grades": run.results,
                "reveals": [each.name for each in announcing.known(tx, CAMPAIGN).reveals],
                "output": entry.body["output"],
                "seed": sealed["seed"],
                "drawn": [tuple(row)[3:] for row in tx.execute(select(drawn).order_by(drawn.c.line))],
                "reserves": sealed["reserves"],
                "matching": [tuple(row)[3:] for row in tx.execute(select(assignment).order_by(assignment.c.line))],
                "frame": tx.execute(select(slot.c.enterprise).order_by(slot.c.position)).scalars().all(),
            }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
