"""Grading in pandas, as somebody who explores would write it, comes to the digest of the run, on either engine."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from api.bureau import Bureau
from api.sample.bureau import SampleFile
from ledger.canonical import canonical
from scoring import kept, models
from scoring.grade_runs import GradeRun, held_rows
from scoring.grading import grade_enterprises
from scoring.measures import Aggregate
from scoring.scorecard import Model
from scoring.tables import record
from tests.api.test_worker import ANALYST, import_sample

SCRIPT = Path(__file__).parents[2] / "bench" / "measuring" / "by_pandas.py"


@pytest.mark.filterwarnings("ignore:pandas only supports SQLAlchemy")
def test_pandas_gives_the_digest_of_the_run(bureau: Bureau, sample: tuple[Path, list[SampleFile]]) -> None:
    import_sample(bureau, sample)
    with bureau.write() as tx:
        run = grade_enterprises(tx, ANALYST, bureau.now, bureau.today)
        (adopted,) = models.in_force_on(tx, run.as_of)
        rows = _module().grade_by_pandas(tx, adopted.model, run.as_of)
        stages = {row.enterprise: row.stage for row in tx.execute(held_rows(tx, run))}
        registered = select(record.c.enterprise, record.c.content).where(record.c.kind == "registration")
        contents = dict(tx.execute(registered).all())
    leaves = []
    for code, label, score, text in (row[3:7] for row in rows):
        reasons = _untimed(adopted.model, text, run, contents[code])
        leaves.append(kept.leaf(code, "", adopted.model.digest(), stages[code], label, score, reasons))
    assert len(leaves) == run.enterprises
    assert kept.digest(b"".join(leaves)) == run.results


def _module() -> Any:
    spec = spec_from_file_location("by_pandas", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _untimed(model: Model, text: str, run: GradeRun, registration: Any) -> str:
    """Return kept reasons, of reasons that tell days and years since a day instead of the day's number."""
    told = orjson.loads(text)
    for place, (indicator, value) in enumerate(zip(model.indicators, told["values"], strict=True)):
        measure = indicator.measure
        if value is not None and measure.aggregate is Aggregate.DAYS_SINCE:
            told["values"][place] = run.as_of.toordinal() - value
        if value is not None and measure.aggregate is Aggregate.YEARS_SINCE:
            told["values"][place] = run.as_of.fromisoformat(registration[measure.field or ""]).toordinal()
    return canonical(told).decode()
