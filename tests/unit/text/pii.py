"""Texts with the personal data marked: 电话⟦13800138000⟧打不通."""

import re

from triage.text.pii import find_pii

_MARK = re.compile("[⟦⟧]")


def unmarked(text):
    """Return the text without marks, and the spans that were between them."""
    places = [match.start() - k for k, match in enumerate(_MARK.finditer(text))]
    return _MARK.sub("", text), list(zip(places[::2], places[1::2], strict=True))


def found(text, kind=None):
    """Return the stretches found, of one kind or of any."""
    return [text[p.start : p.end] for p in find_pii(text) if kind in (None, p.kind)]


def check(kind, marked):
    """Hold what is found of a kind, and nothing else, against what is marked."""
    text, spans = unmarked(marked)
    pii = find_pii(text)
    assert [(p.kind, p.start, p.end) for p in pii] == [(kind, *span) for span in spans], [
        (p.kind, text[p.start : p.end]) for p in pii
    ]
