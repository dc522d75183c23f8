"""Whether examples can be learned from at all: both classes, enough of each, and no answer among the indicators."""

import numpy as np
import scipy

from ledger.errors import Invalid
from scoring.learning.encoding import columns_of, encode
from scoring.learning.examples import Examples, Floats, Truths, effective_size
from scoring.scorecard import Model


def refuse_unusable(model: Model, examples: Examples, findings_per_parameter: int) -> int:
    """Return how many parameters the examples can tell apart: columns that vary, equal ones once.

    Raises Invalid: `learning_one_class` (all visits found something, or none), `learning_few_findings` (the rarer
    class, by its effective size, has less than so many for each parameter), `learning_separated` (a sum of the
    indicators' points tells the findings without any error, as only a measure of the finding itself does).
    """
    found = examples.found
    if found.all() or not found.any():
        raise Invalid("learning_one_class", visits=len(found), findings=int(found.sum()))
    matrix = encode(columns_of(model), examples.bins)
    varying = np.unique(matrix[:, np.ptp(matrix, axis=0) > 0], axis=1)
    parameters = int(varying.shape[1])
    effective = int(min(effective_size(examples.weights[found]), effective_size(examples.weights[~found])))
    needed = findings_per_parameter * parameters
    if effective < needed:
        raise Invalid("learning_few_findings", effective=effective, needed=needed, parameters=parameters)
    if is_separated(varying, found):
        raise Invalid("learning_separated", visits=len(found))
    return parameters


def is_separated(matrix: Floats, found: Truths) -> bool:
    """Tell whether a hyperplane has all findings on one side and all other visits on the other (Konis 2007).

    Where the same row stands for both, none has; else a linear program decides over the different rows.
    """
    if not matrix.shape[1]:
        return False
    rows, places = np.unique(matrix, axis=0, return_inverse=True)
    places = places.reshape(-1)
    positive = np.bincount(places[found], minlength=len(rows)) > 0
    negative = np.bincount(places[~found], minlength=len(rows)) > 0
    if (positive & negative).any():
        return False
    signs = np.where(positive, 1.0, -1.0)[:, None]
    margins = -signs * np.column_stack([np.ones(len(rows)), rows])
    solved = scipy.optimize.linprog(
        np.zeros(margins.shape[1]), A_ub=margins, b_ub=-np.ones(len(rows)), bounds=(None, None)
    )
    return bool(solved.status == 0)
