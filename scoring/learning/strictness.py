"""How strict inspectors are, as an offset: so that points are learned of enterprises and not of who visited them.

1. What would inspectors find at these enterprises, were all the same? A fit in which each has a column of their own
   compares enterprises visited by the same inspector alone (the within estimator, Mundlak 1978); its probabilities at
   the mean inspector are the expectation. Without these columns, an indicator that goes with a strict inspector would
   take the strictness for itself, and O/E would find none.
2. Observed ÷ expected, shrunken (`scoring.evaluation.stringency`), is each visit's factor.
3. The factor becomes a shift of log-odds at the overall rate of findings, the offset of the fit of points.

An offset rather than weights: strictness changes what is found at an enterprise, not how likely it was to be visited,
so that weighing visits would take evidence away and leave the bias where it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from scoring.evaluation.stringency import Attended, Stringency, stringency
from scoring.learning.examples import Examples, Floats
from scoring.learning.fitting import Problem, fit_path

FEWEST_VISITS = 20
MOST_COLUMNS = 200
"""So many inspectors, those with the most visits, have columns; of others O/E alone tells."""

LARGEST_SHIFT = 3.0
LEAST_RATE = 0.02


@dataclass(frozen=True)
class Strictness:
    """Inspectors' factors, and the overall rate of findings at which these become shifts of log-odds."""

    rate: float
    factors: Stringency | None = None

    def shifts(self, teams: Sequence[tuple[str, ...]]) -> Floats:
        """Return each visit's shift of log-odds by its team; 0 where nobody knows who visited, or how he does."""
        if self.factors is None:
            return np.zeros(len(teams))
        factors = {team: self.factors.factor(team) for team in set(teams)}
        rates = np.clip([self.rate * factors[team] for team in teams], LEAST_RATE, 1 - LEAST_RATE)
        return np.asarray(scipy.special.logit(rates) - scipy.special.logit(self.rate))


def strictness(problem: Problem, examples: Examples, penalty: float) -> Strictness:
    """Return how strict the inspectors of the examples were; the penalty is that of the pull to the model in force."""
    rate = min(max(problem.rate, LEAST_RATE), 1 - LEAST_RATE)
    visits = Counter(inspector for team in examples.teams for inspector in team)
    if not visits:
        return Strictness(rate)
    often = sorted((each for each in visits if visits[each] >= FEWEST_VISITS), key=lambda each: (-visits[each], each))
    expected = _expected(problem, _shares(examples, often[:MOST_COLUMNS]), penalty)
    seen = zip(examples.teams, examples.found, expected, strict=True)
    return Strictness(
        rate, stringency([Attended(team, bool(found), float(each)) for team, found, each in seen if team])
    )


def _shares(examples: Examples, inspectors: list[str]) -> Floats:
    """Return the share that each inspector has in each visit's team (examples × inspectors)."""
    places = {inspector: place for place, inspector in enumerate(inspectors)}
    shares = np.zeros((len(examples), len(inspectors)))
    for row, team in enumerate(examples.teams):
        for inspector in team:
            if inspector in places:
                shares[row, places[inspector]] = 1 / len(team)
    return shares


def _expected(problem: Problem, shares: Floats, penalty: float) -> Floats:
    """Return the probability of a finding at each enterprise, whoever had visited it."""
    count, columns = shares.shape[1], problem.matrix.shape[1]
    none = np.zeros(count)
    joint = Problem(
        np.column_stack([problem.matrix, shares]),
        problem.found,
        problem.weights,
        problem.offset,
        np.concatenate([problem.prior, none]),
        np.concatenate([problem.lower, none - LARGEST_SHIFT]),
        np.concatenate([problem.upper, none + LARGEST_SHIFT]),
        np.concatenate([problem.pull, none]),
    )
    fitted = fit_path(joint, [penalty])[0]
    points, strict = fitted.increments[:columns], fitted.increments[columns:]
    mean = np.average(shares @ strict, weights=problem.weights)
    return np.asarray(scipy.special.expit(fitted.intercept + problem.matrix @ points + mean))
