"""Topics that grow with their texts and keep their ids.

Between two fits a topic does not move: what it takes up tomorrow does not depend on what it took
up today. Texts that fit none wait until there are enough of one kind, which then is a new topic.
A new fit gives each group the id of the topic whose texts it has; no id is ever given twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self

import numpy as np

from triage.errors import InputError
from triage.trends.facts import Ints
from triage.trends.topics.fitting import Centres, Fit, Space, fit_groups, fit_rows
from triage.trends.topics.matching import partners
from triage.trends.topics.naming import name_of
from triage.trends.topics.phrases import Row
from triage.trends.topics.records import (
    NO_TOPIC,
    Clusterer,
    Options,
    Refit,
    Topic,
    Update,
    Weighted,
)
from triage.trends.topics.waiting import Waiting
from triage.trends.topics.words import clauses_of

Ids = Sequence[str] | None
Times = Sequence[float | None] | None
_NEW = 8  # texts of one kind open a topic, unless `Options.least` says how many


@dataclass(slots=True)
class TopicModel:
    """Every topic there ever was, and what new texts are given to them by.

    `live`: the id of each centre. `seen`: texts so far. One thread at a time may change it.
    """

    options: Options
    space: Space
    centres: Centres
    live: tuple[int, ...] = ()
    topics: dict[int, Topic] = field(default_factory=dict)
    waiting: Waiting = field(default_factory=Waiting)
    seen: int = 0

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        ids: Ids = None,
        times: Times = None,
        *,
        options: Options | None = None,
        clusterer: Clusterer | None = None,
        first: int = 1,
    ) -> tuple[Self, Ints]:
        """Return topics of texts and the topic of each text, -1 for none.

        `ids` name the texts (else their running number does), `times` are seconds since 1970.
        A `clusterer` groups them in another way; `first` is the first id that a topic gets.
        Raises InputError where there are too few texts.
        """
        chosen = options or Options()
        rows, found = _fitted(texts, chosen, clusterer)
        model = cls(chosen, found.space, found.centres)
        model._open(found.phrases, range(first, first + len(found.phrases)))
        return model, model._take(found.assigned, rows, ids, times)

    def assign(self, texts: Sequence[str]) -> Ints:
        """Return the topic of each text, -1 for none; nothing is changed."""
        groups = self.centres.nearest(self.space.matrix(clauses_of(texts)))[0]
        return self._ids(groups)

    def update(self, texts: Sequence[str], ids: Ids = None, times: Times = None) -> Update:
        """Give new texts to topics, and open topics for what fits none but is of one kind."""
        rows, own = clauses_of(texts), self._named(texts, ids)
        groups = self.centres.nearest(self.space.matrix(rows))[0]
        assigned, known = self._take(groups, rows, own, times), set(self.topics)
        moved = self._opened()
        for place, key in enumerate(own):
            assigned[place] = moved.pop(key, assigned[place])
        return Update(assigned, tuple(sorted(self.topics.keys() - known)), moved)

    def refit(
        self,
        texts: Sequence[str],
        ids: Ids = None,
        times: Times = None,
        *,
        clusterer: Clusterer | None = None,
    ) -> Refit:
        """Group texts anew, old and new ones together; what goes on keeps its id.

        A topic that has no group any more is retired. Raises InputError for too few texts.
        """
        before, old = self.assign(texts), set(self.live)
        rows, found = _fitted(texts, self.options, clusterer, before)
        kept, new = partners(before, found.assigned), count(max(self.topics, default=0) + 1)
        chosen = [kept[k] if k in kept else next(new) for k in range(len(found.phrases))]
        retired = old - set(chosen)
        for topic in retired:
            self.topics[topic] = replace(self.topics[topic], retired=True)
        self.space, self.centres, self.live = found.space, found.centres, ()
        self._open(found.phrases, chosen)
        self.waiting = Waiting()
        assigned = self._take(found.assigned, rows, ids, times, anew=True)
        opened = set(chosen) - old
        return Refit(assigned, *(tuple(sorted(s)) for s in (set(chosen) & old, opened, retired)))

    def _ids(self, groups: Ints) -> Ints:
        return np.array([*self.live, NO_TOPIC], dtype=np.int64)[groups]

    def _named(self, texts: Sequence[object], ids: Ids) -> list[str]:
        named = [str(self.seen + k) for k in range(len(texts))] if ids is None else list(ids)
        _same(texts, named)
        return named

    def _open(self, groups: Sequence[Weighted], ids: Iterable[int]) -> None:
        """Give the last centres their ids, names and phrases."""
        chosen = tuple(ids)
        taken = {topic.name for topic in self.topics.values() if topic.id not in chosen}
        for key, phrases in zip(chosen, groups, strict=True):
            name = name_of(phrases, taken)
            taken.add(name)
            old = self.topics.get(key, Topic(key, name, phrases, 0))
            self.topics[key] = replace(old, name=name, phrases=phrases, retired=False)
        self.live = (*self.live, *chosen)

    def _take(
        self, groups: Ints, rows: Sequence[Row], ids: Ids, times: Times, *, anew: bool = False
    ) -> Ints:
        """Count the texts of each topic and let those of none wait; return topics by text."""
        own = self._named(rows, ids)
        when = [None] * len(rows) if times is None else list(times)
        _same(rows, when)
        assigned = self._ids(groups)
        self._count(assigned, when, anew=anew)
        left = np.flatnonzero(assigned == NO_TOPIC).tolist()
        self.waiting.add([own[k] for k in left], [when[k] for k in left], [rows[k] for k in left])
        self.seen += 0 if anew else len(rows)
        return assigned

    def _count(self, assigned: Ints, times: Sequence[float | None], *, anew: bool = False) -> None:
        """Add to the sizes of topics (`anew`: a fit has counted all of its texts)."""
        for key in np.unique(assigned[assigned != NO_TOPIC]).tolist():
            places = np.flatnonzero(assigned == key).tolist()
            known = [at for place in places if (at := times[place]) is not None]
            topic = self.topics[key]
            first = min(
                [*known, *([] if topic.first_at is None else [topic.first_at])], default=None
            )
            size = len(places) + (0 if anew else topic.size)
            self.topics[key] = replace(topic, size=size, first_at=first)

    def _opened(self) -> dict[str, int]:
        """Open topics for texts that wait, where there are enough of one kind; by their ids."""
        found = self.waiting.look(self.options, self.options.least or _NEW, self.space.vocabulary)
        if found is None:
            return {}
        first, waiting = max(self.topics, default=0) + 1, self.waiting
        self._grow(found)
        self._open(found.phrases, range(first, first + len(found.phrases)))
        assigned = np.where(found.assigned >= 0, found.assigned + first, NO_TOPIC)
        self._count(assigned, waiting.times)
        inside = np.flatnonzero(assigned != NO_TOPIC).tolist()
        moved = {waiting.ids[k]: int(assigned[k]) for k in inside}
        waiting.keep(np.flatnonzero(assigned == NO_TOPIC))
        return moved

    def _grow(self, found: Fit) -> None:
        """Add the centres of another fit, in a space that knows its terms, too."""
        self.space = self.space.grown(found.space)
        places = found.space.vocabulary.places_in(self.space.vocabulary)
        self.centres = self.centres.grown(found.centres, places, len(self.space.vocabulary.weights))


def _fitted(
    texts: Sequence[str],
    options: Options,
    clusterer: Clusterer | None,
    before: Ints | None = None,
) -> tuple[list[list[str]], Fit]:
    rows = clauses_of(texts)
    if clusterer is None:
        return rows, fit_rows(rows, options, before=before)
    return rows, fit_groups(rows, clusterer.fit(texts).assigned, options)


def _same(texts: Sequence[object], others: Sequence[object]) -> None:
    if len(texts) != len(others):
        raise InputError(
            f"There are {len(texts)} texts, but {len(others)} ids or times.",
            remedy="Give one for each text, or none.",
        )
