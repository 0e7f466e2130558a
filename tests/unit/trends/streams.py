"""Desks of authored texts: weekdays that differ, sales that double all, bursts that are planted."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from triage.trends.emerging import Known, watch
from triage.trends.terms import Doc, Terms, terms_of
from triage.trends.topics.words import clauses_of

SEED = Path(__file__).parents[3] / "data" / "seed"
MONDAY = date(2026, 3, 2)
WEEKDAYS = (1.6, 1.1, 1.0, 1.0, 1.0, 0.7, 0.6)
BURST = (
    "暖风机用了一会儿就冒烟了，插座都熏黑了",
    "新买的暖风机开着开着冒烟，吓死我了",
    "暖风机冒烟，屋里一股糊味，赶紧拔了",
    "昨晚暖风机冒烟，差点着火，怎么处理",
    "第二次用暖风机就冒烟，要求退货",
    "孩子旁边暖风机冒烟，太危险了",
    "暖风机冒烟把桌布烧了一个洞，谁来赔",
    "刚插上暖风机冒烟，再也不敢用",
    "你们的暖风机冒烟，同事那个也冒烟",
    "暖风机冒烟了，麻烦尽快给个说法",
)


@cache
def corpus():
    """The terms of authored texts, by the file that they come from."""
    texts, kinds = [], []
    for name in ("cases", "plain", "wide", "spoken", "short", "services"):
        for line in (SEED / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            texts.append(row["text"])
            kinds.append(row.get("kind", name))
    rows = [frozenset(terms_of(row)) for row in clauses_of([*texts, *BURST])]
    return rows[: len(texts)], kinds, rows[len(texts) :]


class Desk:
    """Days of a desk, put into `terms` as they come; `watch` after each day."""

    def __init__(self, *, seed=0, volume=40, first=MONDAY, per_month=1.0):
        self.rng = np.random.default_rng(seed)
        self.volume, self.day = volume, first
        self.terms, self.known, self.new = Terms(), {}, []
        self.per_month = per_month

    def pass_day(self, *, times=1.0, burst=0, customers=None, texts=None):
        """Add the texts of a day, `burst` planted ones among them; return the day."""
        rows, kinds, planted = corpus()
        count = self.rng.poisson(self.volume * WEEKDAYS[self.day.weekday()] * times)
        for number, place in enumerate(self.rng.choice(len(rows), count)):
            name = f"{self.day}-{number}"
            self.terms.put(Doc(name, self.day, "", name, kinds[place], "web"), rows[place])
        for number in range(burst):
            name = f"burst-{self.day}-{number}"
            doc = Doc(name, self.day, "", customers or name, "暖风机", "phone")
            self.terms.put(doc, planted[number % (texts or len(planted))])
        self.terms.tidy()
        self.day += timedelta(days=1)
        return self.day - timedelta(days=1)

    def pass_days(self, count, **options):
        for _ in range(count):
            self.pass_day(**options)
        return self

    def watch(self, **options):
        """Look at the newest day; remember its alerts; return the new ones."""
        told = watch(self.terms, known=list(self.known.values()), **options)
        fresh = [alert for alert in told.alerts if not alert.id]
        for alert in told.alerts:
            name = alert.id or f"alert-{len(self.known)}"
            self.known[name] = Known(name, alert.terms, alert.day)
        self.new += [(self.terms.last, alert) for alert in fresh]
        return fresh
