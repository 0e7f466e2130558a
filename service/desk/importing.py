"""Tickets from a file: an export of another system, in any form that `triage run` reads."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any

from service.desk.commands import OpenTicket, Person
from service.desk.desk import Desk
from service.routing.vocabulary import CHANNELS
from service.tickets.storable import storable
from triage import Feedback, Rejection, TriageError
from triage.files.columns import (
    CHANNEL_NAMES,
    ID_NAMES,
    PRODUCT_NAMES,
    REGION_NAMES,
    TIER_NAMES,
    TIME_NAMES,
    moment,
)
from triage.text.script import to_simplified

# The usual names of columns, in Simplified and lower case.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "channel": CHANNEL_NAMES,
    "at": TIME_NAMES,
    "subject": ("subject", "title", "标题", "主题", "工单标题"),
    "product": PRODUCT_NAMES,
    "order": ("order", "order_number", "订单号", "订单编号", "单号"),
    "customer": ("customer", "customer_id", "客户编号", "客户id", "会员号", "用户id", "用户编号"),
    "phone": ("phone", "mobile", "电话", "手机", "手机号", "联系电话", "联系方式"),
    "name": ("customer_name", "name", "姓名", "客户姓名", "客户名称", "联系人", "客户"),
    "tier": TIER_NAMES,
    "region": REGION_NAMES,
}
_IDS = tuple(name for name in ID_NAMES if name != "序号")  # a row's number is no id of it
_CHANNELS = {zh: name for name, (zh, _) in CHANNELS.items()}
_CODE = re.compile(r"[A-Za-z_-]*\d[A-Za-z0-9_-]*")
_MOST = 256  # tickets that go to the desk together
_NAME, _SHORT = 200, 50


@dataclass(slots=True)
class Imported:
    """What became of a file. `rejected` holds the record's id, the code and the message."""

    created: int = 0
    repeated: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    first: list[str] = field(default_factory=list)  # up to ten ids, to look at

    def refuse(self, id_: str, code: str, message: str) -> None:
        """Count a record that made no ticket."""
        self.rejected.append({"id": id_, "error": {"code": code, "message": message}})


def import_records(
    desk: Desk,
    records: Iterable[Feedback | Rejection],
    *,
    actor: str,
    source: str = "import",
    id_field: str | None = None,
) -> Imported:
    """Open a ticket for each record; the same record again is the same ticket.

    A broken record costs only itself. Times without a zone are those of the desk.
    """
    done, iterator = Imported(), iter(records)
    zone = desk.books.clocks.zone
    while chunk := list(islice(iterator, _MOST)):
        commands = []
        for item in chunk:
            if isinstance(item, Rejection):
                done.refuse(item.id, item.code, item.message)
            elif not isinstance(item.text, str) or not item.text.strip():
                done.refuse(item.id, "empty_text", "The text is empty.")
            else:
                commands.append(command_of(item, actor, source, zone, id_field))
        _open(desk, commands, done)
    return done


def _open(desk: Desk, commands: list[OpenTicket], done: Imported) -> None:
    for command, result in zip(commands, desk.run(commands), strict=True):
        if isinstance(result, TriageError):
            done.refuse(command.external_id or "", result.code, str(result))
        elif result.repeated:
            done.repeated += 1
        else:
            done.created += 1
            done.first += [result.ticket_id] if len(done.first) < 10 else []


def command_of(
    item: Feedback, actor: str, source: str, zone: tzinfo, id_field: str | None = None
) -> OpenTicket:
    """Return the command that opens a ticket for a record."""
    row = {_plain(key): value for key, value in item.meta.items()}
    found = {name: _first(row, names) for name, names in _COLUMNS.items()}
    return OpenTicket(
        actor,
        _moment(found["at"], zone),
        text=storable(item.text),
        source=source,
        external_id=_external_id(item, row, id_field),
        channel=_channel(found["channel"]),
        subject=_cut(found["subject"], _NAME),
        product=_cut(found["product"], _NAME),
        order=_cut(found["order"], _NAME),
        customer=_person(found),
    )


def _plain(name: str) -> str:
    return to_simplified(str(name).strip().lower())


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _external_id(item: Feedback, row: Mapping[str, Any], id_field: str | None) -> str:
    wanted = [_plain(id_field)] if id_field else _IDS
    if any(row.get(name) not in (None, "") for name in wanted):
        return item.id[:_NAME]
    # Without an id the record itself says whether it has been here before.
    told = repr((item.id, item.text, sorted((k, str(v)) for k, v in row.items())))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _cut(value: Any, length: int) -> str | None:
    text = storable(str(value)).strip()[:length] if value is not None else ""
    return text or None


def _channel(value: Any) -> str | None:
    """Return a channel by the name that the desk knows it by: 微信 is wechat."""
    text = _cut(value, _SHORT)
    return _CHANNELS.get(_plain(text), text) if text else None


def _number(found: Mapping[str, Any]) -> Any:
    """Return the customer's own number; a column 客户 may hold numbers as well as names."""
    name = str(found["name"] or "").strip()
    return found["customer"] or (name if _CODE.fullmatch(name) else None)


def _person(found: Mapping[str, Any]) -> Person | None:
    person = Person(
        _cut(_number(found), _NAME),
        _cut(found["phone"], _NAME),
        _cut(found["name"], _NAME),
        _cut(found["tier"], _SHORT),
        _cut(found["region"], _NAME),
    )
    return person if person.external_id or person.phone else None


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    at = moment(value) if value else None
    if at is None or not 2000 <= at.year < 2100:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
