"""Alternations that `re` gets through fast."""

from collections.abc import Iterable


def alternatives(fragments: Iterable[str]) -> str:
    """Join fragments that begin with a plain character into one alternation.

    `re` tries alternatives one by one; grouped by their first character few are tried, and
    a text without any of the first characters is passed over in one sweep.
    """
    groups: dict[str, list[str]] = {}
    for fragment in fragments:
        groups.setdefault(fragment[0], []).append(fragment[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())
