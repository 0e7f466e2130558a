"""Times as people say them: by the wall clock of the desk, and how long from now."""

from datetime import datetime, timedelta, tzinfo

from service.routing.wording import Said

_UNITS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分", "min"), (1, "秒", "s"))


def moment(value: datetime | str | None) -> datetime | None:
    """Return the time of a value that the store or a JSON view gave."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def wall(value: datetime | str | None, zone: tzinfo, now: datetime) -> Said:
    """Return the time by the wall clock: today only the time, this year no year."""
    at = moment(value)
    if at is None:
        return Said("—", "—")
    here, today = at.astimezone(zone), now.astimezone(zone)
    if here.date() == today.date():
        return Said(f"今天 {here:%H:%M}", f"today {here:%H:%M}")
    if here.year == today.year:
        return Said(f"{here.month}月{here.day}日 {here:%H:%M}", f"{here.day} {here:%b %H:%M}")
    return Said(f"{here:%F %R}", f"{here:%F %R}")


def span(seconds: float) -> Said:
    """Return a length of time in its one or two largest units."""
    left = abs(round(seconds))
    for place, (size, zh, en) in enumerate(_UNITS):
        if left >= size or size == 1:
            whole, rest = divmod(left, size)
            more = _second(rest, place, whole)
            return Said(f"{whole} {zh}{more.zh}", f"{whole} {en}{more.en}")
    raise AssertionError("unreachable")


def _second(rest: int, place: int, whole: int) -> Said:
    """Return the second unit where it still says something: not of minutes, not of many days."""
    if place >= 2 or whole >= 10:
        return Said("", "")
    size, zh, en = _UNITS[place + 1]
    count = rest // size
    return Said(f" {count} {zh}", f" {count} {en}") if count else Said("", "")


def left(due: datetime | str | None, now: datetime) -> Said:
    """Return how long a clock still has, or how late it is."""
    at = moment(due)
    if at is None:
        return Said("不计时", "no clock")
    seconds = (at - now).total_seconds()
    told = span(seconds)
    if seconds < 0:
        return Said(f"超时 {told.zh}", f"{told.en} late")
    return Said(f"还剩 {told.zh}", f"{told.en} left")


def pressing(due: datetime | str | None, now: datetime) -> str:
    """Return how a clock looks: late, soon (within half an hour), calm, or none."""
    at = moment(due)
    if at is None:
        return "none"
    if at <= now:
        return "late"
    return "soon" if at - now < timedelta(minutes=30) else "calm"
