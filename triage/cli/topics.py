"""`triage topics`: what the texts of a file are about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from triage.cli import show
from triage.errors import InputError, OutputError
from triage.files.columns import Fields, usual
from triage.files.readers import read
from triage.records import Feedback

if TYPE_CHECKING:
    from triage.trends.topics import Clusterer, TopicModel

_SHOWN = 30  # topics that are printed
_PHRASES = 5
_NAMES = {
    "product": ("product", "产品", "商品", "商品名称", "品类"),
    "issue": ("issues", "issue", "标签", "问题", "问题类型"),
}


class By(StrEnum):
    """What topics are counted by."""

    PRODUCT = "product"
    ISSUE = "issue"


class With(StrEnum):
    """What groups the texts."""

    OWN = "own"
    BERTOPIC = "bertopic"


def topics(
    file: Annotated[Path, typer.Argument(help="每行一条 .jsonl, .csv, .tsv, .xlsx, .parquet")],
    out: Annotated[
        Path | None, typer.Option(help="每条文本的话题写到哪里 write them as JSON")
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(help="接着上次的话题，编号不变 go on from it: ids stay; kept there"),
    ] = None,
    by: Annotated[
        By | None, typer.Option(help="每个话题按什么分 count each topic by a column")
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="重新聚类，编号照旧 group anew, keeping the ids")
    ] = False,
    most: Annotated[
        int | None, typer.Option(min=2, help="先分多少组，再合并相似的 groups to begin with")
    ] = None,
    least: Annotated[
        int | None, typer.Option(min=2, help="一个话题至少几条 texts of a topic")
    ] = None,
    using: Annotated[With, typer.Option("--with", help="用什么聚类 own, or bertopic")] = With.OWN,
    text_field: Annotated[str | None, typer.Option(help="文本所在的列 column of the text")] = None,
    id_field: Annotated[str | None, typer.Option(help="编号所在的列 column of the id")] = None,
) -> None:
    """文本在说什么：话题、数量、短语，编号固定。What texts are about: topics whose ids stay."""
    from triage.trends.topics import Options

    rows = _rows(file, Fields(text_field, id_field))
    options = Options(most=most, least=least)
    model, assigned = _grouped(rows, state, options, using, refit=refit)
    counted = _counted(rows, assigned, by) if by else {}
    _print(model, assigned, counted)
    if state:
        _write(state, _bytes(model))
    if out:
        _write(out, orjson.dumps(_told(model, rows, assigned, counted)))


def _rows(file: Path, fields: Fields) -> list[Feedback]:
    found = list(read(str(file), fields))
    rows = [one for one in found if isinstance(one, Feedback) and isinstance(one.text, str)]
    if len(rows) < len(found):
        show.err.print(f"{len(found) - len(rows)} 条读不出 cannot be read", markup=False)
    return rows


def _grouped(
    rows: Sequence[Feedback], state: Path | None, options: Any, using: With, *, refit: bool
) -> tuple["TopicModel", list[int]]:
    from triage.trends.topics import TopicModel

    columns = ([r.text for r in rows], [r.id for r in rows], [_seconds(r) for r in rows])
    clusterer = _clusterer(using, options)
    if state is None or not state.exists():
        model, assigned = TopicModel.fit(*columns, options=options, clusterer=clusterer)
        return model, assigned.tolist()
    model = _read(state)
    if refit:
        return model, model.refit(*columns, clusterer=clusterer).assigned.tolist()
    return model, model.update(*columns).assigned.tolist()


def _clusterer(using: With, options: Any) -> "Clusterer | None":
    from triage.trends.topics import BerTopics

    return BerTopics(options) if using is With.BERTOPIC else None


def _seconds(row: Feedback) -> float | None:
    at = row.received_at
    return None if at is None else at.replace(tzinfo=at.tzinfo or UTC).timestamp()


def _counted(
    rows: Sequence[Feedback], assigned: Sequence[int], by: By
) -> dict[int, dict[str, int]]:
    from triage.trends.topics import counts_by

    column = usual({key for row in rows for key in row.meta}, _NAMES[by])
    if column is None:
        listed = ", ".join(_NAMES[by])
        raise InputError(f"No column tells the {by}.", remedy=f"Call it one of {listed}.")
    values = [_values(row.meta.get(column)) for row in rows]
    return {topic: dict(counts) for topic, counts in counts_by(assigned, values).items()}


def _values(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [part for part in str(value or "").replace("；", ";").split(";") if part]


def _read(state: Path) -> "TopicModel":
    from triage.trends.topics import from_bytes

    try:
        return from_bytes(state.read_bytes())
    except OSError as error:
        raise InputError(f"Cannot read {state}: {error}.", remedy="Give a file.") from error


def _bytes(model: "TopicModel") -> bytes:
    from triage.trends.topics import to_bytes

    return to_bytes(model)


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise OutputError(
            f"Cannot write {path}: {error}.", remedy="Choose another place."
        ) from error


def _sizes(assigned: Sequence[int]) -> dict[int, int]:
    from collections import Counter

    counts = Counter(topic for topic in assigned if topic >= 0)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _print(
    model: "TopicModel", assigned: Sequence[int], counted: dict[int, dict[str, int]]
) -> None:
    sizes = _sizes(assigned)
    for topic, n in list(sizes.items())[:_SHOWN]:
        told = model.topics[topic]
        phrases = "，".join(phrase for phrase, _ in told.phrases[:_PHRASES])
        show.out.print(
            f"{topic:>4} {n:>6}  {told.name}  （{phrases}）", markup=False, soft_wrap=True
        )
        if parts := counted.get(topic):
            listed = "  ".join(f"{key} {count}" for key, count in list(parts.items())[:_PHRASES])
            show.out.print(f"{'':12} {listed}", markup=False, soft_wrap=True)
    left = sum(topic < 0 for topic in assigned)
    show.out.print(
        f"{len(assigned)} 条，{len(sizes)} 个话题 topics；{left} 条不归任何话题 of no topic",
        markup=False,
    )


def _told(
    model: "TopicModel",
    rows: Sequence[Feedback],
    assigned: Sequence[int],
    counted: dict[int, dict[str, int]],
) -> dict[str, Any]:
    sizes = _sizes(assigned)
    return {
        "made_at": datetime.now(UTC).isoformat(),
        "topics": [
            model.topics[topic].to_dict() | {"n": n, "by": counted.get(topic, {})}
            for topic, n in sizes.items()
        ],
        "texts": [
            {"id": row.id, "topic": topic if topic >= 0 else None}
            for row, topic in zip(rows, assigned, strict=True)
        ],
        "without": sum(topic < 0 for topic in assigned),
    }
