"""What is new: terms that suddenly occur in more texts than before, gathered into alerts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from triage.trends.burst import WINDOWS, Scan, a_day, scan, threshold
from triage.trends.calendar import Calendar, shipped
from triage.trends.facts import Floats, Ints
from triage.trends.grouping import Hit, Matter, groups
from triage.trends.plan import plan_of
from triage.trends.terms import Seen, Terms
from triage.trends.voices import voices

CALM = 7  # days without a burst after which an alert is over
_DISPERSION = 0.1  # of a term; texts of a day share more than those of many days
_OF_ONE = 4.0  # terms that fire together in one matter
_OVER = 1.5  # times its usual share that a product must have to be named
_NAMED = 2  # texts of a product, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`per_month`: false alarms that are accepted, over all that is tested.

    `least`: customers that an alert needs; `ratio`: times what is expected.
    """

    per_month: float = 1.0
    least: int = 5
    ratio: float = 1.5
    windows: tuple[int, ...] = WINDOWS


@dataclass(frozen=True, slots=True)
class Known:
    """An alert that was raised before: on which day it was last seen to go on."""

    id: str
    terms: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Emergence:
    """What came up. `id` names the known alert that goes on, "" for a new one.

    `n` different customers in the last `window` days, where `expected` were; `p`: the chance of
    as many. `docs`: all its texts, those that say most of it first. Products and channels: those
    that occur more often here than elsewhere, with the texts of each.
    """

    id: str
    day: date
    terms: tuple[str, ...]
    window: int
    n: int
    expected: float
    p: float
    first_seen: date
    docs: tuple[str, ...]
    products: tuple[tuple[str, int], ...]
    channels: tuple[tuple[str, int], ...]

    @property
    def ratio(self) -> float | None:
        """How many times what was expected; None where nothing was."""
        return self.n / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class Watched:
    """What a day showed: alerts, how many terms were tested, and the p-value that fires."""

    day: date
    alerts: tuple[Emergence, ...]
    tests: int
    level: float


def watch(
    terms: Terms,
    day: date | None = None,
    *,
    settings: Settings | None = None,
    calendar: Calendar | None = None,
    known: Sequence[Known] = (),
) -> Watched:
    """Return what comes up on a day (None: the newest one), which may not be over yet.

    Rates are shares of the texts of the day, so that what brings more of everything is no
    alarm, and half a day is none either. Nothing is said in the first 14 days of a desk.
    """
    chosen = settings or Settings()
    today = day or terms.last
    days = terms.days(today)
    if not days:
        return Watched(today, (), 0, 0.0)
    known_days = calendar or Calendar(shipped())
    marks = known_days.days(days[0], today)
    plan = plan_of(days, marks=marks, shared=True, dispersion=_DISPERSION)
    season = known_days.words(today - timedelta(days=max(chosen.windows) - 1), today)
    ids, counts = _tested(terms, days, season, chosen.least)
    ends = [len(days) - 1]
    found = next(scan(plan, counts, terms.volume(days), ends, windows=chosen.windows))
    floors = {"least": chosen.least, "ratio": chosen.ratio}
    level = threshold(found, a_day(chosen.per_month) * _OF_ONE, **floors)
    view = _View(terms, today, max(chosen.windows))
    hits = _hits(found, ids, view, chosen, level)
    alerts = (_alert(matter, view, known) for matter in groups(hits, view.names))
    return Watched(today, _one_each(alerts), len(ids), level)


def _tested(
    terms: Terms, days: Sequence[date], season: Set[str], least: int
) -> tuple[Ints, Floats]:
    """Return the terms to look at and their counts, without those that only name the season."""
    ids, counts = terms.counts(days, least=least)
    names = terms.names
    kept = [k for k, term in enumerate(ids.tolist()) if not _of_season(names[term], season)]
    return (ids, counts) if len(kept) == len(ids) else (ids[kept], counts[kept])


def _of_season(term: str, season: Set[str]) -> bool:
    """Tell whether next to nothing is left of a term but words of the season: 过中秋."""
    if not any(word in term for word in season):
        return False
    for word in sorted(season, key=len, reverse=True):
        term = term.replace(word, "")
    return len(term.strip()) < 2


class _View:
    """The texts of the last days, by the terms that they hold."""

    def __init__(self, terms: Terms, today: date, span: int) -> None:
        self.today = today
        self.names = terms.names
        self.first_seen: Callable[[int], date] = terms.first_seen
        first = today - timedelta(days=span - 1)
        self.docs = [seen for seen in terms.recent if first <= seen.day <= today]
        self._by_term: dict[int, list[int]] = {}

    def index(self, wanted: Iterable[int]) -> None:
        """Look up in which texts the wanted terms occur."""
        chosen = set(wanted)
        self._by_term = {term: [] for term in chosen}
        for place, seen in enumerate(self.docs):
            for term in chosen.intersection(seen.terms):
                self._by_term[term].append(place)

    def of(self, term: int, window: int) -> list[int]:
        """Return the places of the texts of the last `window` days with a term."""
        first = self.today - timedelta(days=window - 1)
        return [place for place in self._by_term[term] if self.docs[place].day >= first]

    def voices(self, places: Sequence[int]) -> int:
        """Return how many people speak in texts, one who writes often counted once."""
        return voices([self.docs[place] for place in places])


def _hits(found: Scan, ids: Ints, view: _View, settings: Settings, level: float) -> list[Hit]:
    """Return the terms that fire, each with its least likely window, people counted once."""
    floors = {"least": settings.least, "ratio": settings.ratio}
    rows = np.flatnonzero(found.fires(level, **floors).any(axis=1))
    view.index(ids[rows].tolist())
    part = Scan(found.windows, *(one[rows] for one in (found.n, found.mean, found.spread, found.p)))
    part = part.recounted(_people(part, ids[rows], view))
    fires = part.fires(level, **floors)
    hits = []
    for row, term in enumerate(ids[rows].tolist()):
        if not fires[row].any():
            continue
        best = int(np.nanargmin(np.where(fires[row], part.p[row], np.nan)))
        window = part.windows[best]
        docs = tuple(view.of(term, max(part.windows)))
        n, mean, p = (float(one[row, best]) for one in (part.n, part.mean, part.p))
        hits.append(Hit(term, window, n, mean, p, docs))
    return hits


def _people(found: Scan, ids: Ints, view: _View) -> Floats:
    counted = np.zeros_like(found.n)
    for row, term in enumerate(ids.tolist()):
        for column, window in enumerate(found.windows):
            people = view.voices(view.of(term, window))
            counted[row, column] = min(people, found.n[row, column])
    return counted


def _alert(matter: Matter, view: _View, known: Sequence[Known]) -> Emergence:
    best = min(matter.hits, key=lambda hit: hit.p)
    held = Counter(place for hit in matter.hits for place in hit.docs)
    places = [p for p in sorted(held, key=lambda p: (-held[p], p)) if held[p] > 1 or p in best.docs]
    docs = [view.docs[place] for place in places]
    words = tuple(view.names[hit.term] for hit in matter.named)
    return Emergence(
        id=continues(words, view.today, known),
        day=view.today,
        terms=words,
        window=best.window,
        n=round(best.n),
        expected=best.mean,
        p=best.p,
        first_seen=min(doc.day for doc in docs),
        docs=tuple(doc.id for doc in docs),
        products=_over(docs, view.docs, lambda doc: doc.product),
        channels=_over(docs, view.docs, lambda doc: doc.channel),
    )


def continues(words: Sequence[str], today: date, known: Sequence[Known]) -> str:
    """Return the known alert that shares most of its terms, if one has not calmed yet."""
    going = [one for one in known if timedelta(0) <= today - one.day <= timedelta(days=CALM)]
    shared = [(len({*words} & {*one.terms}), one.day, one.id) for one in going]
    best = max(shared, default=(0, today, ""))
    return best[2] if best[0] else ""


def _one_each(alerts: Iterable[Emergence]) -> tuple[Emergence, ...]:
    """Return the alerts, the least likely first; two that continue one are one."""
    kept: list[Emergence] = []
    places: dict[str, int] = {}
    for alert in sorted(alerts, key=lambda one: one.p):
        if alert.id and alert.id in places:
            had = kept[places[alert.id]]
            kept[places[alert.id]] = _merged(had, alert)
            continue
        places[alert.id] = len(kept)
        kept.append(alert)
    return tuple(kept)


def _merged(one: Emergence, other: Emergence) -> Emergence:
    return replace(
        one,
        terms=tuple(dict.fromkeys(one.terms + other.terms)),
        docs=tuple(dict.fromkeys(one.docs + other.docs)),
        first_seen=min(one.first_seen, other.first_seen),
    )


def _over(
    docs: Sequence[Seen], all_: Sequence[Seen], of: Callable[[Seen], str]
) -> tuple[tuple[str, int], ...]:
    """Return the values that occur more often in some texts than in all of them, with counts."""
    here: Mapping[str, int] = Counter(of(doc) for doc in docs)
    usual: Mapping[str, int] = Counter(of(doc) for doc in all_)
    found = [
        (value, n)
        for value, n in here.items()
        if value and n >= _NAMED and n / len(docs) >= _OVER * usual[value] / len(all_)
    ]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))
