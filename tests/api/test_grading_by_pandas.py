"""Grading in pandas, as somebody who explores would write it, comes to the digest of the run, on either engine."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.bureau import Bureau
from api.sample.bureau import SampleFile
from ledger.bindings import raw_columns
from scoring import models
from scoring.grading import grade_enterprises
from scoring.tables import GRADE, grade
from tests.api.test_worker import ADMINISTRATOR, import_sample

SCRIPT = Path(__file__).parents[2] / "bench" / "measuring" / "by_pandas.py"


@pytest.mark.filterwarnings("ignore:pandas only supports SQLAlchemy")
def test_pandas_gives_the_digest_of_the_run(bureau: Bureau, sample: tuple[Path, list[SampleFile]]) -> None:
    import_sample(bureau, sample)
    with bureau.write() as tx:
        run = grade_enterprises(tx, ADMINISTRATOR, bureau.now, bureau.today)
        (adopted,) = models.in_force_on(tx, run.as_of)
        rows, digest = _module().grade_by_pandas(tx, adopted.model, adopted.document, run.as_of)
        held = tx.execute(select(*raw_columns(GRADE.columns)).order_by(grade.c.line)).mappings()
        stored = [tuple(row.values())[2:] for row in held]
    assert [row[3:] for row in rows] == stored
    assert digest == run.results


def _module() -> Any:
    spec = spec_from_file_location("by_pandas", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
