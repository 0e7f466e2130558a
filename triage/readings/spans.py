"""Stretches of text and where they may lie: entities, clauses, who is speaking."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

STOPS = ",。!?;，！？；…\n"
IN_CLAUSE = f"[^{STOPS}]"


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch that names something; `value` is its normal form where there is one."""

    kind: str
    start: int
    end: int
    value: str | None


def untangle(found: Iterable[Entity], ranks: Sequence[str]) -> list[Entity]:
    """Keep the longest of overlapping entities, of equals the kind first in `ranks`."""
    kept: list[Entity] = []
    starts: list[int] = []
    for entity in sorted(found, key=lambda e: (e.start - e.end, ranks.index(e.kind), e.start)):
        place = bisect_left(starts, entity.start)
        after_last = place == 0 or kept[place - 1].end <= entity.start
        if after_last and (place == len(kept) or entity.end <= starts[place]):
            kept.insert(place, entity)
            starts.insert(place, entity.start)
    return kept


def clause_around(text: str, start: int, end: int, *, reach: int = 30) -> tuple[int, int]:
    """Return the bounds of the clause that `[start, end)` lies in, `reach` characters at most."""
    left = max(0, start - reach)
    before = _last_stop().match(text, left, start)
    after = _stop().search(text, end, end + reach)
    return before.end() if before else left, after.start() if after else min(len(text), end + reach)


def is_spoken_by_desk(text: str, position: int) -> bool:
    """Whether a line of a dialogue or a quotation is the desk's and not the customer's."""
    line = text.rfind("\n", 0, position) + 1
    if _desk_line().match(text, line):
        return True
    opened = max(text.rfind("“", line, position), text.rfind("「", line, position))
    if (
        opened <= line
        or max(text.rfind("”", opened, position), text.rfind("」", opened, position)) > 0
    ):
        return False
    return bool(_says().search(text, max(0, opened - 4), opened))


@cache
def _stop() -> re.Pattern[str]:
    return re.compile(f"[{STOPS}]")


@cache
def _last_stop() -> re.Pattern[str]:
    return re.compile(f".*[{STOPS}]", re.S)


@cache
def _desk_line() -> re.Pattern[str]:
    return re.compile(
        "(?:人工|在线|智能|售后|售前|官方|专属|平台|美团|淘宝|京东|中国)*"
        "(?:客服|卖家|商家|店家|店铺|掌柜|前台|坐席|机器人|小助手|管家|工作人员|店员|经理"
        "|骑手|快递员|师傅|老板|物业)"
        "[^:：,。!?\n]{0,8}[:：]"
    )


@cache
def _says() -> re.Pattern[str]:
    return re.compile("(?:[说道答讲称回句喊写]|告诉我?|:|：|来)[,:：]?\\Z")
