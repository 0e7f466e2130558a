"""Mask personal data: the same length, so that positions of evidence stay right."""

from collections.abc import Callable, Set
from typing import Any

from triage.text.pii.find import find_pii
from triage.text.pii.hashing import country
from triage.text.pii.names import surname
from triage.text.pii.places import district

_MASK = "*"


def mask(text: str, *, kinds: Set[str] | None = None) -> str:
    """Return `text` with personal data masked by `*`, the same length, nothing left to find.

    Kept are: of a phone the first 3 and last 2 digits (8 digits or fewer: the last 2), of
    an id, a passport or a card the last 2 or 4, of an e-mail the first character and the domain,
    of a name the surname, of an address the district. Raises InputError for an unknown kind.
    """
    # What is left beside a mask could in turn look like a datum; each round masks some more.
    while found := find_pii(text, kinds=kinds):
        pieces, last = [], 0
        for pii in found:
            pieces += [text[last : pii.start], _hidden(pii.kind, text[pii.start : pii.end])]
            last = pii.end
        text = "".join([*pieces, text[last:]])
    return text


def mask_all(value: Any, *, kinds: Set[str] | None = None) -> Any:
    """Return a JSON-like value with every string in it masked; keys and numbers stay.

    Dicts, lists and tuples are walked and never changed in place. Raises InputError for an
    unknown kind.
    """
    if isinstance(value, str):
        return mask(value, kinds=kinds)
    if isinstance(value, dict):
        return {key: mask_all(item, kinds=kinds) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [mask_all(item, kinds=kinds) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def _hidden(kind: str, value: str) -> str:
    hidden = _KEEPING[kind](value)
    # Nothing found may stay as it is: masking goes on until nothing is found.
    return hidden if hidden != value else _MASK * len(value)


def _ends(value: str, first: int, last: int) -> str:
    return value[:first] + _MASK * (len(value) - first - last) + value[len(value) - last :]


def _phone(value: str) -> str:
    """Keep the first 3 and last 2 of the digits; of 8 or fewer the last 2."""
    places = [place for place, char in enumerate(value) if char.isalnum()]
    places = places[country("".join(value[place] for place in places)) :]
    kept = {*places[:3], *places[-2:]} if len(places) > 8 else set(places[-2:])
    return "".join(char if place in kept else _MASK for place, char in enumerate(value))


def _email(value: str) -> str:
    at = value.find("@")
    if at < 0 and (at := value.find("＠")) < 0:
        return _MASK * len(value)
    return _ends(value, 1 if at > 1 else 0, len(value) - at)


def _tail(count: int) -> Callable[[str], str]:
    return lambda value: _ends(value, 0, count)


def _address(value: str) -> str:
    return _ends(value, district(value), 0)


def _name(value: str) -> str:
    return _ends(value, surname(value) if len(value) > 1 else 0, 0)


_KEEPING: dict[str, Callable[[str], str]] = {
    "phone": _phone,
    "id_card": _tail(2),
    "passport": _tail(2),
    "bank_card": _tail(4),
    "plate": _tail(2),
    "email": _email,
    "wechat": lambda value: _ends(value, 1, 0),
    "qq": _tail(2),
    "line": lambda value: _ends(value, 1, 0),
    "address": _address,
    "name": _name,
    "order": _tail(4),
}
