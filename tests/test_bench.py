"""Every script of bench/ still finds what it measures."""

import runpy
from pathlib import Path

import pytest

from tests.documents import ROOT

SCRIPTS = sorted((ROOT / "bench").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_bench_can_be_read(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(script.parent))
    assert runpy.run_path(str(script), run_name="read")["__doc__"]
