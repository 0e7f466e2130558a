"""What a check tells: what is wrong, how often, where, and what to do."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem. An `error` must be mended before training, a `warning` be known.

    `where` names a few of the `n` places or ids.
    """

    code: str
    level: Literal["error", "warning"]
    n: int
    message: str
    remedy: str
    where: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self) | {"where": list(self.where)}


def error(code: str, where: Iterable[str], message: str, remedy: str) -> Iterable[Problem]:
    """Yield an error about these places, if there are any."""
    return _problem(code, "error", where, message, remedy)


def warning(code: str, where: Iterable[str], message: str, remedy: str) -> Iterable[Problem]:
    """Yield a warning about these places, if there are any."""
    return _problem(code, "warning", where, message, remedy)


def _problem(
    code: str, level: Literal["error", "warning"], where: Iterable[str], message: str, remedy: str
) -> Iterable[Problem]:
    places = tuple(where)
    if places:
        yield Problem(code, level, len(places), message, remedy, places[:_SHOWN])
