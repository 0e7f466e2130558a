"""Find personal data in a text: cheap looks first, a finder only where its marks are."""

import re
from collections.abc import Iterator, Set
from functools import cache

from triage.text.pii.accounts import find_accounts
from triage.text.pii.cards import (
    find_bank_cards,
    find_identities,
    find_passports,
    find_plates,
)
from triage.text.pii.kinds import Pii, apart, chosen
from triage.text.pii.names import find_names
from triage.text.pii.phones import find_phones, find_tricked_phones
from triage.text.pii.places import find_addresses
from triage.text.pii.views import SEP, folded, simplified, spoken

_FEWEST = 3  # so many digits has the shortest number looked for, a plate
_TRICKED = 6


def find_pii(text: str, *, kinds: Set[str] | None = None) -> list[Pii]:
    """Return the personal data of `text`, in order, without overlaps, at original positions.

    `kinds` None looks for every personal kind; `order` (numbers of orders and parcels) is
    found only where it is asked for. Raises InputError for an unknown kind.
    """
    wanted = chosen(kinds)
    found = apart(_all(text, wanted))
    return [pii for pii in found if pii.kind in wanted] if found else found


@cache
def _marks() -> re.Pattern[str]:
    """Return what finds a digit, a letter or a sign of an address of the net, in any width."""
    return re.compile("[0-9A-Za-z@０-９Ａ-Ｚａ-ｚ＠]|(?![一-鿿])\\d")


def _all(text: str, wanted: Set[str]) -> Iterator[Pii]:
    marked = _marks().search(text) is not None
    view = folded(text) if marked else text
    if marked:
        yield from _coded(view)
    if words := spoken(view):
        yield from _said(view, words)
    yield from find_addresses(view)
    yield from find_names(text)
    if "order" in wanted:
        yield from _orders(view)


def _coded(view: str) -> Iterator[Pii]:
    """Yield what is written with digits and letters."""
    yield from find_accounts(view)
    digits = len(_digit().findall(view))
    if digits >= _FEWEST:
        yield from find_plates(view)
    if digits >= _TRICKED:
        yield from find_tricked_phones(view)
    if _run().search(view):
        yield from find_phones(view)
        yield from find_identities(view)
        yield from find_passports(view)
        yield from find_bank_cards(view)


@cache
def _run() -> re.Pattern[str]:
    """Return what finds six digits in a row, however parted."""
    return re.compile(rf"[0-9](?:[/{SEP[1:-1]}]{{0,5}}[0-9]){{5}}")


@cache
def _digit() -> re.Pattern[str]:
    return re.compile("[0-9]")


def _said(view: str, words: str) -> Iterator[Pii]:
    """Yield numbers with digits written as words: 一三八零零一三八零零零."""
    for finder in (find_phones, find_identities):
        for pii in finder(words):
            if view[pii.start : pii.end] != words[pii.start : pii.end]:
                yield pii


def _orders(view: str) -> Iterator[Pii]:
    from triage.readings.codes import find_codes

    digits = len(_digit().findall(view))
    for code in find_codes(simplified(view), digits):
        if code.kind in ("order_number", "parcel_number"):
            yield Pii("order", code.start, code.end)
