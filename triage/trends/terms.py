"""How many texts of each day hold a word or a phrase: counted as they come, in bounded memory."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from triage.trends.facts import Floats, Ints
from triage.trends.topics.words import clauses_of

KEPT = 70  # days whose counts are kept
RECENT = 8  # days whose texts are remembered by their terms
MOST = 300_000  # terms; beyond, the rarest of those not seen lately are forgotten
_WORDS = 300  # of a text; the rest of a long letter is not looked at
_LONG = 12  # terms from which two equal texts are one text sent twice
_LEFT = 0.7  # of the terms that pruning leaves
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Doc:
    """A text as it is counted. `customer` empty: nobody is known, each text is its own voice."""

    id: str
    day: date
    text: str
    customer: str = ""
    product: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A recent text by its terms; the text itself is not kept."""

    id: str
    day: date
    customer: str
    product: str
    channel: str
    terms: "array[int]"


class Terms:
    """Counts, by day, in how many texts a term occurs; a customer counts once a day.

    Not safe to share by threads. Words are those of the topics: Simplified, without personal
    data, numbers and stop words, a negation joined to what it denies. Phrases are two or three
    of them in a row.
    """

    def __init__(self, *, kept: int = KEPT, most: int = MOST) -> None:
        self._kept, self._most = kept, most
        self._ids: dict[str, int] = {}
        self._first = array("i")  # day on which each term was first seen
        self._open: dict[date, dict[int, int]] = {}  # counts of recent days
        self._closed: dict[date, tuple[Ints, Ints]] = {}  # terms and counts of the others
        self._volume: dict[date, int] = defaultdict(int)
        self._seen: list[Seen] = []
        self._by_customer: dict[tuple[date, str], list[Seen]] = defaultdict(list)
        self._copies: set[tuple[date, bytes]] = set()
        self._last = date.min

    def __len__(self) -> int:
        """Return how many terms are known."""
        return len(self._ids)

    @property
    def last(self) -> date:
        """The newest day that a text was counted for; date.min before any."""
        return self._last

    @property
    def recent(self) -> Sequence[Seen]:
        """The texts of the last days, in the order in which they were added."""
        return self._seen

    @property
    def names(self) -> list[str]:
        """The terms, in the order of their numbers."""
        return list(self._ids)

    def add(self, docs: Iterable[Doc]) -> None:
        """Count texts, in any order; those older than the days kept are left out."""
        for part in _chunks(docs):
            rows = clauses_of([doc.text for doc in part])
            for doc, row in zip(part, rows, strict=True):
                self.put(doc, terms_of(row))
            self.tidy()

    def put(self, doc: Doc, found: Set[str]) -> None:
        """Count one text whose terms are known; `tidy` once in a while."""
        if self._last != date.min and doc.day <= self._last - timedelta(days=self._kept):
            return
        self._last = max(self._last, doc.day)
        terms = array("i", sorted(self._number(term, doc.day) for term in found))
        if self._is_copy(doc.day, terms):
            return
        seen = Seen(doc.id, doc.day, doc.customer, doc.product, doc.channel, terms)
        fresh = self._not_said(seen)
        counts = self._opened(doc.day)
        for term in fresh:
            counts[term] = counts.get(term, 0) + 1
        self._seen.append(seen)

    def days(self, last: date | None = None) -> list[date]:
        """Return the days from the first kept one to `last` (None: the newest), without gaps."""
        end = last or self._last
        known = [day for day in self._volume if day <= end]
        if not known:
            return []
        first = max(min(known), end - timedelta(days=self._kept - 1))
        return [first + timedelta(days=k) for k in range((end - first).days + 1)]

    def volume(self, days: Sequence[date]) -> Floats:
        """Return how many texts were counted on each day; a customer counts once."""
        return np.array([self._volume.get(day, 0) for day in days], dtype=np.float64)

    def counts(self, days: Sequence[date], *, least: int = 1) -> tuple[Ints, Floats]:
        """Return the terms that occur in at least `least` texts of the days, and their counts.

        Numbers of terms, and an array of terms x days.
        """
        columns = [self._of(day) for day in days]
        totals = np.zeros(len(self._ids), dtype=np.int64)
        for ids, counts in columns:
            totals[ids] += counts
        wanted: Ints = np.flatnonzero(totals >= least)
        rows = np.full(len(totals), -1, dtype=np.int64)
        rows[wanted] = np.arange(len(wanted))
        found = np.zeros((len(wanted), len(days)))
        for column, (ids, counts) in enumerate(columns):
            places = rows[ids]
            found[places[places >= 0], column] = counts[places >= 0]
        return wanted, found

    def first_seen(self, term: int) -> date:
        """Return the first day on which a term was seen; never before the days kept."""
        return date.fromordinal(self._first[term])

    def _number(self, term: str, day: date) -> int:
        number = self._ids.setdefault(term, len(self._ids))
        if number == len(self._first):
            self._first.append(day.toordinal())
        elif day.toordinal() < self._first[number]:
            self._first[number] = day.toordinal()
        return number

    def _is_copy(self, day: date, terms: "array[int]") -> bool:
        if len(terms) < _LONG:
            return False  # two people may well say 充电器发烫
        key = (day, terms.tobytes())
        known = key in self._copies
        self._copies.add(key)
        return known

    def _not_said(self, seen: Seen) -> Iterable[int]:
        """Return the terms that this customer did not use before on this day."""
        if not seen.customer:
            self._volume[seen.day] += 1
            return seen.terms
        before = self._by_customer[seen.day, seen.customer]
        said = {term for one in before for term in one.terms}
        self._volume[seen.day] += not before
        before.append(seen)
        return [term for term in seen.terms if term not in said]

    def _opened(self, day: date) -> dict[int, int]:
        if day not in self._open:
            ids, counts = self._closed.pop(day, (np.zeros(0, int), np.zeros(0, int)))
            self._open[day] = dict(zip(ids.tolist(), counts.tolist(), strict=True))
        return self._open[day]

    def _of(self, day: date) -> tuple[Ints, Ints]:
        if day in self._open:
            return _arrays(self._open[day])
        return self._closed.get(day, (np.zeros(0, np.int64), np.zeros(0, np.int64)))

    def tidy(self) -> None:
        """Close the days that are not recent, drop those too old, forget what is rare."""
        recent = self._last - timedelta(days=RECENT - 1)
        for day in [day for day in self._open if day < recent]:
            self._closed[day] = _arrays(self._open.pop(day))
        self._seen = [seen for seen in self._seen if seen.day >= recent]
        for key in [key for key in self._by_customer if key[0] < recent]:
            del self._by_customer[key]
        self._copies = {key for key in self._copies if key[0] >= recent}
        oldest = self._last - timedelta(days=self._kept - 1)
        for day in [day for day in self._volume if day < oldest]:
            del self._volume[day]
            self._closed.pop(day, None)
        if len(self._ids) > self._most:
            self._prune()

    def _prune(self) -> None:
        totals = np.zeros(len(self._ids), dtype=np.int64)
        for day in [*self._closed, *self._open]:
            ids, counts = self._of(day)
            totals[ids] += counts
        lately = np.zeros(len(totals), dtype=bool)
        for day in self._open:
            lately[self._of(day)[0]] = True
        order = np.lexsort((lately, totals))
        kept = np.sort(order[len(order) - int(self._most * _LEFT) :])
        self._renumber(kept)

    def _renumber(self, kept: Ints) -> None:
        to = np.full(len(self._ids), -1, dtype=np.int64)
        to[kept] = np.arange(len(kept))
        names = self.names
        self._ids = {names[old]: new for new, old in enumerate(kept.tolist())}
        self._first = array("i", (self._first[old] for old in kept.tolist()))
        for day, (ids, counts) in self._closed.items():
            stay = to[ids] >= 0
            self._closed[day] = to[ids][stay], counts[stay]
        for day in self._open:
            ids, counts = _arrays(self._open[day])
            pairs = zip(to[ids].tolist(), counts.tolist(), strict=True)
            self._open[day] = {term: count for term, count in pairs if term >= 0}
        for seen in self._seen:
            seen.terms[:] = array("i", (new for new in to[seen.terms].tolist() if new >= 0))


def terms_of(row: Sequence[str]) -> set[str]:
    """Return the words and the phrases of two and three words of a text cut into clauses.

    A single character is no term of its own, yet part of phrases: 充电器烫.
    """
    found: set[str] = set()
    words = row[:_WORDS]
    found.update(word for word in words if len(word) > 1)
    for first, second in pairwise(words):
        if first and second:
            found.add(_joined(first, second))
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first and second and third:
            found.add(_joined(first, second, third))
    return found


def _joined(*words: str) -> str:
    if any(word.isascii() for word in words):
        return " ".join(words)
    return "".join(words)


def _arrays(counts: dict[int, int]) -> tuple[Ints, Ints]:
    ids = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    return ids, np.fromiter(counts.values(), dtype=np.int64, count=len(counts))


def _chunks(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    part: list[Doc] = []
    for doc in docs:
        part.append(doc)
        if len(part) == _CHUNK:
            yield part
            part = []
    if part:
        yield part
