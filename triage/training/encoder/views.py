"""Other forms of a text, as people type them: what it says, and its labels, stay the same."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from opencc import OpenCC

from triage.scorers.encoder import as_read
from triage.text.clean_all import clean_all
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import Ids

Rng = np.random.Generator
_MARKS = "，。！？；、,.!?;~～…"
_CLAUSE_END = "，。！？；,.!?;\n"
_LEAST = 4  # letters; a slip in a shorter text would change what it says
_SLIPS = 0.04  # so many of the characters at most


def viewed(
    texts: Sequence[str], order: Ids, settings: EncoderSettings, epoch: int
) -> tuple[Ids, list[str]]:
    """Return which of the rows `order` are read in another form in an epoch, and those forms.

    The same for the same (seed, epoch, row), whatever else is read. Forms are cleaned, and
    written as any text that an encoder reads.
    """
    draws = np.random.default_rng((settings.seed, epoch, 3)).random(len(texts))
    chosen = [int(row) for row in np.sort(order) if draws[row] < settings.noise]
    forms = [view(texts[k], np.random.default_rng((settings.seed, epoch, 4, k))) for k in chosen]
    cleaned = as_read([item.text for item in clean_all(forms)])
    changed = [
        (row, text)
        for row, text in zip(chosen, cleaned, strict=True)
        if text and text != texts[row]
    ]
    return np.array([row for row, _ in changed], dtype=np.int64), [text for _, text in changed]


def view(text: str, rng: Rng) -> str:
    """Return another form of a text: of script, of punctuation, a slip or a drawn-out ending."""
    change = _CHANGES[rng.integers(len(_CHANGES))]
    return change(text, rng)


def traditional(text: str, rng: Rng) -> str:
    """Write a text as in Taiwan or Hong Kong, with the words used there."""
    return str(_converter(("s2twp", "s2hk")[rng.integers(2)]).convert(text))


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def punctuation(text: str, rng: Rng) -> str:
    """Drop, double or keep each mark; many write without any."""
    if rng.random() < 0.25:
        return "".join(" " if char in _MARKS else char for char in text)
    times = rng.choice(3, len(text), p=(0.2, 0.6, 0.2)).tolist()
    return "".join(
        char * many if char in _MARKS else char for char, many in zip(text, times, strict=True)
    )


def slip(text: str, rng: Rng) -> str:
    """Swap two neighbours, or drop or repeat a character, in a few places."""
    places = [k for k in range(len(text) - 1) if text[k : k + 2].isalpha()]
    if len(places) < _LEAST:
        return text
    chars = list(text)
    for place in rng.choice(places, 1 + int(len(places) * _SLIPS * rng.random()), replace=False):
        kind = rng.integers(3)
        if kind == 0:
            chars[place], chars[place + 1] = chars[place + 1], chars[place]
        else:
            chars[place] = chars[place] * 2 if kind == 1 else ""
    return "".join(chars)


def ending(text: str, rng: Rng) -> str:
    """Draw out the last letter of a clause: 太慢了了了."""
    places = [
        k
        for k, char in enumerate(text)
        if char.isalpha() and (k + 1 == len(text) or text[k + 1] in _CLAUSE_END)
    ]
    if not places:
        return text
    place = places[rng.integers(len(places))]
    return text[:place] + text[place] * int(rng.integers(2, 4)) + text[place + 1 :]


_CHANGES: tuple[Callable[[str, Rng], str], ...] = (traditional, punctuation, slip, ending)
