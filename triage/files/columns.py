"""Which column of a table holds the text, which the id, which the time and the channel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.errors import FileFormatError
from triage.records import Feedback, Rejection
from triage.text.script import to_simplified

TEXT_NAMES = (
    "text", "content", "内容", "文本", "评论", "评论内容", "评价", "评价内容", "留言", "留言内容",
    "反馈", "反馈内容", "投诉内容", "工单内容", "问题描述", "描述", "详情", "留言详情", "意见",
    "comment", "message", "review", "feedback", "body", "description",
)  # fmt: skip
ID_NAMES = ("id", "编号", "工单号", "工单编号", "留言编号", "ticket_id", "序号")
TIME_NAMES = (
    "received_at", "created_at", "time", "时间", "创建时间", "提交时间", "留言时间", "日期",
)  # fmt: skip
CHANNEL_NAMES = ("channel", "渠道", "来源渠道", "来源", "受理渠道")
PRODUCT_NAMES = ("product", "商品", "产品", "商品名称", "产品名称", "型号")
REGION_NAMES = ("region", "地区", "省份", "城市")
TIER_NAMES = ("tier", "level", "客户等级", "会员等级", "等级")
YEARS = range(2000, 2100)  # a time of another year is a slip, or a default of some program
_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日")


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns to read; None: find them by their usual names."""

    text: str | None = None
    id: str | None = None


def choose(columns: Iterable[str], fields: Fields, place: str) -> tuple[str, str | None]:
    """Return the text column and the id column (None: number the rows).

    Raises FileFormatError if a named column is missing or no usual name is there.
    """
    present = [str(column) for column in columns]
    text = fields.text or usual(present, TEXT_NAMES)
    if text is None or text not in present:
        wanted = f"no column {text!r}" if text else "no column that looks like a text"
        raise FileFormatError(
            f"{place} has {wanted}. Its columns: {', '.join(present) or 'none'}.",
            remedy="Name the column of the text with --text-field.",
        )
    if fields.id is not None and fields.id not in present:
        raise FileFormatError(
            f"{place} has no column {fields.id!r}. Its columns: {', '.join(present)}.",
            remedy="Name the column of the id with --id-field, or leave it out.",
        )
    return text, fields.id or usual(present, ID_NAMES)


def usual(present: Iterable[str], names: Iterable[str]) -> str | None:
    """Return the column that has one of these names, the first name going before the others."""
    present = list(present)
    lowered = {to_simplified(column.strip().lower()): column for column in reversed(present)}
    return next((lowered[name] for name in names if name in lowered), None)


def record(row: Mapping[str, Any], number: int, text: str, id_: str | None) -> Feedback | Rejection:
    """Make feedback of a row; `number` counts rows from 1 and is the id where there is none."""
    value = row.get(id_) if id_ else None
    name = str(number) if value is None or value == "" else str(value)
    if text not in row:
        return Rejection(name, "missing_field", f"Row {number} has no field {text!r}.")
    content = row[text]
    return Feedback(
        name,
        "" if content is None else content,
        _text_or_none(row.get("channel")),
        _time_or_none(row.get("received_at")),
        meta=row,
    )


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _time_or_none(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """Return the time of a cell as people and programs write it, without a zone where it has none.

    None for what is no time.
    """
    if isinstance(value, datetime):
        return value
    text = str(value).strip() if value is not None else ""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return next(filter(None, (_parsed(text, form) for form in _FORMS)), None)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
