"""What became of the customer after a ticket: wrote again soon, stayed or left."""

import numpy as np

from triage.trends.facts import Floats, Ints

_DAY = 86_400
AGAIN = 30 * _DAY  # seconds within which another ticket counts as the same trouble going on
STAYED = 90 * _DAY  # seconds after which a customer who has not left counts as kept


def repeated(at: Ints, customer: Ints, *, now: float) -> Floats:
    """Tell of each ticket whether its customer opened another one within 30 days.

    `at` in seconds since 1970; `customer`: codes, -1 for none. 1 or 0; NaN without a customer,
    and where the 30 days are not over at `now`: of young tickets only those are known whose
    customer did come back, and to count these alone would make it look as if all did.
    """
    order = np.lexsort((at, customer))
    who, when = customer[order], at[order]
    gap = np.full(len(at), np.inf)
    if len(at) > 1:
        gap[:-1] = np.where(who[1:] == who[:-1], np.diff(when), np.inf)
    found = np.where(when + AGAIN <= now, (gap <= AGAIN).astype(np.float64), np.nan)
    found[who < 0] = np.nan
    result = np.empty(len(at))
    result[order] = found
    return result


def retained(at: Ints, customer: Ints, left: Floats, *, now: float) -> Floats:
    """Tell of each ticket whether its customer was still one 90 days later.

    `left`: when each customer left, by code, NaN for those who have not. 1 or 0; NaN without a
    customer and where the 90 days are not over at `now`; NaN throughout where nobody is known
    to have left, because then the house does not say.
    """
    if np.isnan(left).all():
        return np.full(len(at), np.nan)
    went = np.where(customer >= 0, left[customer], np.nan)
    found = np.where(went <= at + STAYED, 0.0, 1.0)
    found[(customer < 0) | (at + STAYED > now)] = np.nan
    return found
