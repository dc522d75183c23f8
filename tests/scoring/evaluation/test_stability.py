"""PSI and its limit by chance."""

from math import log

import numpy as np
import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.stability import stability


def test_psi_by_hand() -> None:
    told = stability([50, 50], [300, 700])
    assert told.psi == pytest.approx((0.3 - 0.5) * log(0.3 / 0.5) + (0.7 - 0.5) * log(0.7 / 0.5))
    assert told.limit == pytest.approx((1 / 100 + 1 / 1000) * 3.841459, rel=1e-6)
    assert told.shifted


def test_the_same_shares_have_not_shifted() -> None:
    told = stability([10, 20, 30], [100, 200, 300])
    assert told.psi == pytest.approx(0)
    assert not told.shifted


def test_chance_exceeds_the_limit_once_in_twenty() -> None:
    rng = np.random.default_rng(20261)
    law = [0.4, 0.3, 0.2, 0.1]
    pairs = zip(rng.multinomial(800, law, 2000).tolist(), rng.multinomial(500, law, 2000).tolist(), strict=True)
    assert sum(stability(one, other).shifted for one, other in pairs) / 2000 == pytest.approx(0.05, abs=0.015)


def test_empty_bins() -> None:
    told = stability([10, 0, 5], [10, 5, 0])
    assert told.notes == (Note.ADJUSTED,)
    assert told.psi is not None
    assert stability([10, 0, 5], [9, 0, 6]).limit == stability([10, 5], [9, 6]).limit
    assert stability([10, 0], [7, 0]).shifted is False
    assert stability([0, 0], [1, 1]).psi is None
    with pytest.raises(ValueError, match="zip"):
        stability([1, 2], [1, 2, 3])
