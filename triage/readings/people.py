"""Persons as customers name them: 姓冯的姑娘, 刘师傅, 客服小李, 快递员许某."""

import re
import tomllib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from triage.readings.spans import Entity
from triage.resources import resource
from triage.text.alternation import alternatives

TITLES = (
    "师傅|经理|主任|店长|主管|老师|医生|大夫|护士|先生|女士|小姐(?!姐)|总监|队长|站长|组长"
    "|教练|阿姨|大姐"
    "|大哥|警官|律师|顾问|管家|老板娘|老板|院长|校长|科长|局长|处长|书记|工程师|大爷|大妈|同学"
)
_ROLES = (
    "客服|业务员|快递员|快递|骑手|店员|销售|中介|前台|仓库|司机|导游|服务员|接待|专员|保安"
    "|柜员|月嫂|保洁"
    "|导购|外卖员|送货员|技师|坐席|小哥"
)
_SOMEONE = "某(?![村市县区公单天日人种个些年月地次处小路街院校局银平品店项类])"
_WHO = "姑娘|小伙子?|男的|女的|男士|女孩|男孩|人|客服|店员|业务员|服务员|快递员|中介|司机|保安|销售"


@dataclass(frozen=True, slots=True)
class Names:
    """Surnames, and the expressions built of them."""

    surnames: Set[str]  # last characters of compound ones included
    alone: Set[str]
    compound: Set[str]
    words: Set[str]
    titles: Set[str]
    anchor: re.Pattern[str]
    called: re.Pattern[str]
    begins: Set[str]  # a familiar name begins with one of these
    familiar: re.Pattern[str]


@cache
def _names(path: Path | None = None) -> Names:
    source = path or resource("data", "signals", "names.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    one = "".join(raw["surnames"].split())
    surname = f"(?:{'|'.join(raw['compound'])}|[{one}])"
    no_names = "|".join(raw["no_names"])
    return Names(
        surnames=frozenset(one + "".join(name[-1] for name in raw["compound"])),
        alone=frozenset(one),
        compound=frozenset(raw["compound"]),
        words=frozenset(raw["words"]),
        anchor=re.compile(alternatives((*TITLES.split("|"), *_ROLES.split("|"), "姓", _SOMEONE))),
        titles=frozenset((*TITLES.replace("(?!姐)", "").split("|"), "某")),
        called=re.compile(
            f"姓{surname}(?:的(?:{_WHO}|{TITLES})|{_WHO}|{TITLES}|(?=的|[,。!?;\\n]|\\Z))"
        ),
        begins=frozenset(one + "小老阿"),
        familiar=re.compile(f"(?!{no_names})[小老阿][{one}]|[{one}](?:[姐哥叔姨嫂]|某某?)"),
    )


def find_people(text: str) -> Iterator[Entity]:
    """Yield persons by surname and title, role and familiar name, or 姓 and surname."""
    names = _names()
    for match in names.anchor.finditer(text):
        start, end = match.span()
        word = match.group()
        if word in names.titles and text[start - 1 : start] in names.surnames:
            first = _surname_before(text, start, names)
            if first < start:
                yield Entity("person", first, end, text[first:end])
                continue
        found = None
        if word == "姓":
            found = names.called.match(text, start)
        elif text[end : end + 1] in names.begins:
            found = names.familiar.match(text, end)
        if found:
            yield Entity("person", start, found.end(), text[start : found.end()])


def _surname_before(text: str, position: int, names: Names) -> int:
    """Return where a surname that ends at `position` starts; `position` where none does."""
    two = text[max(0, position - 2) : position]
    if two in names.compound:
        return position - 2
    if two in names.words or two[-1:] not in names.alone:
        return position
    return position - 2 if len(two) == 2 and two[0] in "小老" else position - 1
