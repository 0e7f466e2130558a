"""Streams of real texts, day by day: categories that vary, weekdays, a promotion, a theme."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.trends.terms import Doc, terms_of
from triage.trends.topics.words import clauses_of

FILES = ("shopping.csv.gz", "waimai.csv.gz", "hotel.csv.gz")
# What the planted texts say; they are taken out of the others. News: nobody spoke of it before;
# too few texts for a baseline, since a text that comes twice counts as a copy.
NEWS = {
    "crash": "死机|蓝屏|闪退",
    "colour": "色差|掉色|褪色",
    "fake": "假货|不是正品|假的",
    "spoilt": "虫|发霉|过期",
}
USUAL = {"packing": "包装", "screen": "屏幕", "staff": "态度", "support": "客服"}
TUNING = {"heat": "发热|发烫|很烫|烫手", "smell": "异味|刺鼻|味道很大"}
WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.0, 0.8, 0.8)
_CLOTHES, _MOST = "衣服", 8000


@dataclass(frozen=True, slots=True)
class Text:
    """A text by its terms."""

    category: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """`volume` texts on a usual day; the theme's `base` a day, and `extra` more from day `at`.

    `spread`: variance of the volume, `mix` of each category, beyond chance (squared
    coefficients of variation).
    """

    theme: str
    first: date = date(2026, 3, 2)
    days: int = 98
    volume: float = 300.0
    base: float = 0.0
    extra: float = 0.0
    at: int = 90
    promotion: bool = False
    spread: float = 0.03
    mix: float = 0.05


class Corpus:
    """The texts of a folder of collections, those of each theme apart."""

    def __init__(self, folder: Path) -> None:
        rows = list(_rows(folder))
        words = clauses_of([text for _, text in rows])
        self.texts = [
            Text(category, frozenset(terms_of(row)))
            for (category, _), row in zip(rows, words, strict=True)
        ]
        self.themes = {
            name: [place for place, (_, text) in enumerate(rows) if re.search(pattern, text)]
            for name, pattern in (NEWS | USUAL | TUNING).items()
        }
        self._without = cache(self._categories)

    def days(self, stream: Stream, seed: int) -> Iterator[tuple[date, list[tuple[Doc, Text]]]]:
        """Yield each day with its texts; the ids of those of the theme begin with `theme`."""
        rng = np.random.default_rng(seed)
        categories = self._without(stream.theme)
        names = sorted(categories)
        weekly = rng.gamma(20.0, 1 / 20, (7, len(names)))
        pool = rng.permutation(self.themes[stream.theme])
        usual = weekly * [min(len(categories[name]), _MOST) for name in names]
        for number in range(stream.days):
            day = stream.first + timedelta(days=number)
            volume = WEEKDAYS[day.weekday()] * rng.gamma(1 / stream.spread, stream.spread)
            shares = usual[day.weekday()] * rng.gamma(1 / stream.mix, stream.mix, len(names))
            if stream.promotion:
                volume *= promoted(day)
                shares[names.index(_CLOTHES)] *= promoted(day) ** 0.75
            drawn = rng.multinomial(rng.poisson(stream.volume * volume), shares / shares.sum())
            counts = zip(names, drawn, strict=True)
            places = [p for name, n in counts for p in rng.choice(categories[name], n).tolist()]
            more = rng.poisson(stream.base * volume)
            more += rng.poisson(stream.extra) if number >= stream.at else 0
            planted, pool = pool[:more].tolist(), pool[more:]
            yield day, self._docs(day, places, "other") + self._docs(day, planted, "theme")

    def _docs(self, day: date, places: list[int], prefix: str) -> list[tuple[Doc, Text]]:
        found = []
        for number, place in enumerate(places):
            text, name = self.texts[place], f"{prefix}-{day}-{number}"
            found.append((Doc(name, day, "", name, text.category, "app"), text))
        return found

    def _categories(self, theme: str) -> Mapping[str, NDArray[np.int64]]:
        held, found = set(self.themes[theme]), dict[str, list[int]]()
        for place, text in enumerate(self.texts):
            if place not in held:
                found.setdefault(text.category, []).append(place)
        return {name: np.array(places) for name, places in found.items()}


def promoted(day: date) -> float:
    """Return how many times the usual volume a 双十一 brings."""
    if day.month != 11 or not 11 <= day.day <= 20:
        return 1.0
    return 2.5 if day.day <= 12 else 1.6


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    from triage.training.corpus import read_collection

    for name in FILES:
        for row in read_collection(folder / name):
            if row["text"].strip():
                yield row["cat"], row["text"][:2000]
