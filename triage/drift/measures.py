"""What is watched: every measure counts texts in fixed cells, so one statistic serves all."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from triage.labels import Script

SCORE_BINS = 10
_LENGTHS = (11, 21, 41, 81, 161, 321)  # characters at which the next band begins
_UNKNOWN = (0.0, 0.05, 0.1, 0.2, 0.4)  # shares of a text's words up to which a band goes
ISSUE, SCORE = "issue:", "score:"
SCRIPTS = tuple(script.value for script in Script)


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to sort texts into cells.

    `of_model` says that the cells depend on the model which judged: then weeks are compared
    only within one model.
    """

    code: str
    cells: tuple[str, ...]
    of_model: bool = True

    @property
    def is_share(self) -> bool:
        """Whether there are two cells, so that one share says it all: that of the second."""
        return len(self.cells) == 2


_NO_YES = ("no", "yes")
_BANDS = ("1-10", "11-20", "21-40", "41-80", "81-160", "161-320", "321-")
_SHARES = ("0", "0-0.05", "0.05-0.1", "0.1-0.2", "0.2-0.4", "0.4-")
FIXED = (
    Measure("sentiment", ("1", "2", "3", "4", "5")),
    Measure("urgency", ("0", "1", "2", "3")),
    Measure("review", _NO_YES),
    Measure("corrected", _NO_YES),
    Measure("out_of_scope", _NO_YES),
    Measure("rejected", _NO_YES, of_model=False),
    Measure("script", SCRIPTS, of_model=False),
    Measure("length", _BANDS, of_model=False),
    Measure("unknown", _SHARES, of_model=False),
)
_BY_CODE = {measure.code: measure for measure in FIXED}
_BINS = tuple(f"{k / SCORE_BINS:.1f}-{(k + 1) / SCORE_BINS:.1f}" for k in range(SCORE_BINS))


@cache
def measure_of(code: str) -> Measure:
    """Return the measure of a code: a fixed one, `issue:LABEL` or `score:LABEL`."""
    if code.startswith(ISSUE):
        return Measure(code, _NO_YES)
    if code.startswith(SCORE):
        return Measure(code, _BINS)
    return _BY_CODE[code]


def order(code: str) -> tuple[int, str]:
    """Return the place of a measure in lists: labels first, their scores last."""
    if code.startswith(ISSUE):
        return 0, code
    if code.startswith(SCORE):
        return 2, code
    return 1, f"{[measure.code for measure in FIXED].index(code):02}"


def length_band(length: int) -> int:
    """Return the cell of a text's length in characters."""
    return bisect_right(_LENGTHS, length)


def unknown_band(share: float) -> int:
    """Return the cell of the share of a text's words that the model does not know."""
    return next((k for k, most in enumerate(_UNKNOWN) if share <= most), len(_UNKNOWN))
