"""No cell that is written is a formula, and each is read as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.formula_cells import has_neutral, meant, neutral


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_a_start_of_a_formula_gets_an_apostrophe(start: str) -> None:
    assert neutral(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("cell", ["", "甲", "1-1", "'甲", " =1"])
def test_other_cells_stay(cell: str) -> None:
    assert neutral(cell) == cell == meant(cell)


@given(st.text(alphabet="'=+-@\t甲1"))
def test_every_cell_is_read_as_it_was(cell: str) -> None:
    written = neutral(cell)
    assert meant(written) == cell
    assert has_neutral(written) or written == cell
