"""A click on a label as a correction: what changes, and why by default."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.errors import BadValueError
from service.tickets.records import Reason
from service.web.frame import Fields
from triage.taxonomy import SEPARATOR

_NUMBERS = {"sentiment": Reason.WRONG_MOOD, "urgency": Reason.WRONG_URGENCY}


def change_of(fields: Fields) -> tuple[dict[str, Any], str]:
    """Return the changes and the reason that a form asks for.

    Its button says `FIELD=VALUE`, for issues `issues+CODE`, `issues-CODE`, or
    `issues:CODE>CODE` for one in place of another; `issues` holds those shown, with commas.
    Raises BadValueError for anything else.
    """
    shown = [code for code in fields.get("issues", "").split(",") if code]
    changes, reason = _click(fields.get("set", ""), shown)
    return changes, fields.get("reason", reason)


def _click(click: str, shown: Sequence[str]) -> tuple[dict[str, Any], str]:
    if click == "confirm":
        return {"issues": list(shown)}, Reason.CONFIRMED
    if click.startswith("issues"):
        return {"issues": _issues(click[6:], shown)}, _reason_of(click[6:])
    name, _, value = click.partition("=")
    if name == "queue" and value:
        return {"queue": value}, Reason.WRONG_QUEUE
    if name in _NUMBERS and value.isascii() and value.isdigit() and len(value) == 1:
        return {name: int(value)}, _NUMBERS[name]
    raise _unknown(click)


def _issues(click: str, shown: Sequence[str]) -> list[str]:
    sign, code = click[:1], click[1:]
    if sign == "+" and code:
        return list(dict.fromkeys([*shown, code]))
    if sign == "-" and code in shown:
        return [one for one in shown if not _is_within(one, code)]
    old, _, new = code.partition(">")
    if sign == ":" and old in shown and new:
        return list(dict.fromkeys(new if _is_within(one, old) else one for one in shown))
    raise _unknown(f"issues{click}")


def _is_within(code: str, other: str) -> bool:
    """Whether a label is the other one or its child: without the parent there is no child."""
    return code == other or code.startswith(f"{other}{SEPARATOR}")


def _reason_of(click: str) -> str:
    return Reason.MISSED_ISSUE if click.startswith("+") else Reason.WRONG_ISSUE


def _unknown(click: str) -> BadValueError:
    return BadValueError(f"{click!r} is no correction.", remedy="Use the buttons of the page.")


def difference(
    before: Mapping[str, Any], issues: Sequence[str], sentiment: int | None, urgency: int | None
) -> tuple[dict[str, Any], str]:
    """Return what a reviewer changed and why by default; nothing changed confirms the issues."""
    changes: dict[str, Any] = {}
    if set(issues) != set(before["issues"]):
        changes["issues"] = list(issues)
    if sentiment is not None and sentiment != before["sentiment"]:
        changes["sentiment"] = sentiment
    if urgency is not None and urgency != before["urgency"]:
        changes["urgency"] = urgency
    if not changes:
        return {"issues": list(issues)}, Reason.CONFIRMED
    return changes, _why(changes, before)


def _why(changes: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    if "issues" in changes:
        only_more = set(changes["issues"]) > set(before["issues"])
        return Reason.MISSED_ISSUE if only_more else Reason.WRONG_ISSUE
    return Reason.WRONG_MOOD if "sentiment" in changes else Reason.WRONG_URGENCY
