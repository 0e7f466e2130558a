"""A text and the quotes from it, cut into pieces that a template can mark one after the other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from triage import ISSUES
from triage.taxonomy import SEPARATOR, Taxonomy

SHADES = 8  # colours for labels beyond those of the box; static/colours.css has them
_FINDINGS = (("signals", "signal"), ("remedy", "remedy"), ("promises", "promise"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch `[start, end)` of a text, in characters, and what it speaks for.

    `label` is an issue, `urgency`, or a family and a kind: `signal:waiting`, `remedy:refund`.
    """

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text: the quotes that cover it, and the labels of those that end with it."""

    text: str
    quotes: tuple[Quote, ...] = ()
    ending: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of the piece, once."""
        return tuple(dict.fromkeys(quote.label for quote in self.quotes))


def shade(label: str, taxonomy: Taxonomy) -> str:
    """Return the class of the colour of what a quote speaks for.

    The labels of the box, urgency and what is found by rule have colours of their own; other
    labels take turns with `SHADES` colours, and a child has that of its parent. `gone` is a
    label that the model in use does not have.
    """
    family = label.partition(":")[0]
    root = taxonomy.root(family)
    if ":" in label or family == "urgency" or root in ISSUES:
        return root
    return f"own{taxonomy.roots.index(root) % SHADES}" if root in taxonomy.roots else "gone"


def segments(text: str, quotes: Iterable[Quote]) -> list[Segment]:
    """Cut `text` so that every piece is covered whole or not at all by each quote.

    The pieces joined are the text. Quotes may overlap, repeat, reach out of the text or be
    empty: what lies outside is cut off, what is empty is left out.
    """
    held = [quote for quote in map(_inside(len(text)), dict.fromkeys(quotes)) if quote]
    cuts = sorted({0, len(text)} | {place for quote in held for place in (quote.start, quote.end)})
    return [_piece(text, start, end, held) for start, end in pairwise(cuts)]


def _inside(length: int) -> Callable[[Quote], Quote | None]:
    def clip(quote: Quote) -> Quote | None:
        start, end = max(0, quote.start), min(quote.end, length)
        return Quote(start, end, quote.label) if start < end else None

    return clip


def _piece(text: str, start: int, end: int, quotes: Sequence[Quote]) -> Segment:
    here = tuple(quote for quote in quotes if quote.start <= start and end <= quote.end)
    ending = dict.fromkeys(quote.label for quote in here if quote.end == end)
    # A parent is quoted by what speaks for its child: the child alone says enough.
    above = {label.rpartition(SEPARATOR)[0] for label in ending}
    return Segment(text[start:end], here, tuple(label for label in ending if label not in above))


def quotes_of(verdict: Mapping[str, Any] | None) -> dict[str, list[Quote]]:
    """Return the quotes of a verdict by the message they are from.

    A signal is also given as evidence of urgency; where both quote the same, the signal stays:
    it says more.
    """
    found: dict[str, list[Quote]] = {}
    for message, quote in _all(verdict or {}):
        found.setdefault(message, []).append(quote)
    return found


def _all(verdict: Mapping[str, Any]) -> Iterable[tuple[str, Quote]]:
    for item in verdict.get("evidence", ()):
        if item["source"] != "signal" or item["for"] != "urgency":
            yield item["message_id"], Quote(item["start"], item["end"], item["for"])
    for field, family in _FINDINGS:
        for item in verdict.get(field, ()):
            label = f"{family}:{item['kind']}"
            yield item["message_id"], Quote(item["start"], item["end"], label)


def promised(text: str, promises: Iterable[Mapping[str, Any]]) -> list[Quote]:
    """Return where a message says what the ledger of promises has from it."""
    found = []
    for promise in promises:
        start = text.find(promise["text"])
        if start >= 0:
            end = start + len(promise["text"])
            found.append(Quote(start, end, f"promise:{promise['kind']}"))
    return found
