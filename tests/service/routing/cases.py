"""The hand-computed cases: read, asked of the code, and written into docs/clocks.md.

`python -m tests.service.routing.cases` writes the tables of the page anew.
"""

import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from service.routing.calendars import CalendarEndError
from service.routing.clocks import clocks, due_moments, neglected, transitions
from service.routing.log import Event, Kind
from service.routing.policies import ClockName, load_clocks

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "clocks.md"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_UNITS = {"h": 3600, "m": 60, "s": 1}


@cache
def raw():
    return tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))


def book_from(text, folder):
    path = folder / "clocks.yaml"
    path.write_text(text, encoding="utf-8")
    return load_clocks(path)


def instant(text, case):
    zone = ZoneInfo(case.get("zone", "Asia/Shanghai"))
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def length(text):
    parts = re.findall(r"(\d+)([hms])", text)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


def answer(case, calendar):
    """What the code says to a case of a calendar, and what was worked out by hand."""
    expected = case["is"]
    try:
        if "at" in case:
            return calendar.is_open(instant(case["at"], case)), expected
        start = instant(case["from"], case)
        if "to" in case:
            found = calendar.working_between(start, instant(case["to"], case))
            return found, expected if expected == "refused" else length(expected)
        if "days" in case:
            found = calendar.after_working_days(start, case["days"])
        else:
            found = calendar.add(start, length(case["add"]))
        return found, expected if expected == "refused" else instant(expected, case)
    except CalendarEndError:
        return "refused", expected


def event(line, case, seq):
    """`2026-03-02 09:00 message.sent channel=phone ticket=A seq=3`."""
    day, time, kind, *pairs = line.split()
    data = dict(pair.split("=", 1) for pair in pairs)
    seq = int(data.pop("seq", seq))
    ticket = data.pop("ticket", "")
    values = {key: _value(value) for key, value in data.items()}
    return Event(Kind(kind), instant(f"{day} {time}", case), seq, ticket, data=values)


def _value(text):
    return {"true": True}.get(text, int(text) if text.isdigit() else text)


def log_of(case):
    return [event(line, case, seq) for seq, line in enumerate(case["log"], 1)]


def clocks_of(case, book):
    now = instant(case["now"], case)
    return clocks(log_of(case), book, now=now, sla=case.get("sla"))


def mismatches(case, book):
    """What the code says otherwise than the hand: `where: found, not expected`."""
    made, log = clocks_of(case, book), log_of(case)
    pairs = [
        pair
        for name in ClockName
        if name.value in case
        for pair in _pairs([one for one in made if one.name is name], case[name.value], case)
    ]
    if "next" in case:
        pairs.append(("next", due_moments(made), _time(case["next"], case)))
    if "neglected" in case:
        pairs.append(("neglected", neglected(made), case["neglected"]))
    if "alarms" in case:
        found = {(a.kind.value, a.clock.value, a.at) for a in transitions(made, log)}
        parts = [alarm.split(" ", 2) for alarm in case["alarms"]]
        pairs.append(("alarms", found, {(k, c, instant(at, case)) for k, c, at in parts}))
    return [f"{where}: {found}, not {wanted}" for where, found, wanted in pairs if found != wanted]


def _pairs(found, expected, case):
    yield "cycles", len(found), len(expected)
    for clock, wanted in zip(found, expected, strict=False):
        here = f"{clock.name.value} {clock.cycle}"
        yield f"{here} breached", clock.breached, wanted.get("breached", False)
        yield f"{here} uncertain", bool(clock.uncertain), wanted.get("uncertain", False)
        for key in ("state", "queue"):
            yield f"{here} {key}", str(getattr(clock, key)), wanted.get(key, getattr(clock, key))
        for key in ("elapsed", "paused", "remaining"):
            if key in wanted:
                value = None if wanted[key] == "none" else length(wanted[key])
                yield f"{here} {key}", getattr(clock, key), value
        for key in ("due", "stopped", "started", "left"):
            if key in wanted:
                yield f"{here} {key}", getattr(clock, f"{key}_at"), _time(wanted[key], case)


def _time(text, case):
    return None if text == "none" else instant(text, case)


# The page


def calendar_rows():
    yield "| # | 情形 Case | 日历 Calendar | 问 Asked | 答 Answer |"
    yield "|---|---|---|---|---|"
    for number, case in enumerate(raw()["calendar"], 1):
        zone = f" {case['zone']}" if "zone" in case else ""
        yield (
            f"| {number} | {case['zh']}<br>*{case['en']}* | {case['by']} | {_asked(case)}{zone} "
            f"| {_said(case['is'])} |"
        )


def _asked(case):
    if "at" in case:
        return f"{case['at']} 开着吗 open?"
    if "to" in case:
        return f"{case['from']} → {case['to']}"
    return f"{case['from']} + {case.get('add') or str(case['days']) + ' 个工作日 working days'}"


def _said(value):
    words = {True: "是 yes", False: "否 no", "refused": "拒绝 refused"}
    return words.get(value, value)


def clock_rows():
    yield "| # | 情形 Case | 日志 Log | 现在 Now | 结果 Result |"
    yield "|---|---|---|---|---|"
    for number, case in enumerate(raw()["clock"], 1):
        where = " ".join(case[key] for key in ("sla", "zone") if key in case)
        log = "<br>".join(case["log"])
        said = f"{case['zh']}<br>*{case['en']}*" + (f"<br>`{where}`" if where else "")
        yield f"| {number} | {said} | {log} | {case['now']} | {'<br>'.join(_results(case))} |"


def _results(case):
    for name in ClockName:
        for cycle in case.get(name.value, ()):
            told = ", ".join(f"{k} {_word(v)}" for k, v in cycle.items() if k != "state")
            yield f"**{name.value}** {cycle['state']}" + (f", {told}" if told else "")
        if case.get(name.value) == []:
            yield f"**{name.value}** 无 none"
    if "alarms" in case:
        yield "; ".join(case["alarms"]) or "无提醒 no alarm"
    if "next" in case:
        yield f"下一刻 next {case['next']}"
    if "neglected" in case:
        yield "被冷落 neglected" if case["neglected"] else "未被冷落 not neglected"


def _word(value):
    return {True: "yes", False: "no"}.get(value, value)


def value_rows():
    book = load_clocks()
    yield "| 策略 Policy | 时钟 Clock | 时限 Within | 日历 Calendar | 暂停 Pauses | 来源 Source |"
    yield "|---|---|---|---|---|---|"
    for policy in book.policies.values():
        name = f"`{policy.name}` {policy.zh} {policy.en}"
        for clock, target in policy.targets.items():
            yield _value_row(name, clock.value, target)
        for level, changes in policy.levels.items():
            for clock in changes:
                target = policy.target(clock, urgency=level)
                yield _value_row(name, f"{clock.value}, 紧急 urgency {level}", target)
        for channel, changes in policy.channels.items():
            for clock in changes:
                target = policy.target(clock, channel=channel)
                yield _value_row(name, f"{clock.value}, 渠道 channel {channel}", target)


def _value_row(name, clock, target):
    pauses = "是 yes" if target.pauses else "否 no"
    within = _shown(target.within)
    return f"| {name} | {clock} | {within} | {target.calendar.name} | {pauses} | {target.source} |"


def _shown(length_):
    hours, minutes = divmod(int(length_.total_seconds()) // 60, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")


TABLES = {"values": value_rows, "calendar": calendar_rows, "clock": clock_rows}


def page(text):
    """The page with its tables as they follow from the files."""
    return _TABLE.sub(lambda m: m[1] + "\n".join(TABLES[m[2]]()) + "\n" + m[3], text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8")
