"""Where two verdicts on one conversation differ, as short words that a database can count.

`issues`, `sentiment`, `urgency` and `review` name the fields; `+delivery` an issue that only the
candidate found, `-delivery` one that only the champion did.
"""

from collections.abc import Iterable, Mapping
from typing import Any

FIELDS = ("issues", "sentiment", "urgency", "review")
GAINED, LOST = "+", "-"
_KEPT = ("unjudged", "issues", "suggested", "scores", "sentiment", "urgency", "review")
_WHY = ("review_reasons", "evidence")


def differing(champion: Mapping[str, Any], candidate: Mapping[str, Any]) -> list[str]:
    """Return the words for where the candidate's verdict differs from the champion's."""
    before, after = _issues(champion), _issues(candidate)
    words = ["issues"] if before != after else []
    words += [GAINED + code for code in sorted(after - before)]
    words += [LOST + code for code in sorted(before - after)]
    return words + [name for name in FIELDS[1:] if champion.get(name) != candidate.get(name)]


def _issues(body: Mapping[str, Any]) -> set[str]:
    return set(body.get("issues", ()))


def before_of(after: Iterable[str], words: Iterable[str]) -> set[str]:
    """Return the champion's issues, told from the candidate's and the words."""
    gained = {word[1:] for word in words if word[0] == GAINED}
    lost = {word[1:] for word in words if word[0] == LOST}
    return (set(after) - gained) | lost


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a candidate's verdict: the decision and its reasons."""
    return {name: body[name] for name in (*_KEPT, *_WHY) if name in body}
