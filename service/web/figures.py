"""Numbers as the pages write them."""

from service.routing.wording import Said
from service.web.times import span

_NOTHING = Said("—", "—")


def figure(value: float | None, unit: str) -> Said:
    """Return a measure in words: unit `s` (a length of time), `share`, `percent`, or a number."""
    if value is None:
        return _NOTHING
    if unit == "s":
        return span(value)
    text = {"share": percent(value), "percent": f"{value:.3g}%"}.get(unit) or number(value)
    return Said(text, text)


def percent(share: float | None) -> str:
    """Return a share of 1 as per cent with one decimal."""
    return "—" if share is None else f"{100 * share:.1f}%"


def number(value: float | None) -> str:
    """Return a number with at most one decimal, thousands apart."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"


def effect(value: float) -> str:
    """Return a difference with its sign."""
    return f"{value:+.1f}" if value else "0"
