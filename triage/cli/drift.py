"""`triage drift`."""

import sys
from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from triage.cli import show
from triage.cli.judge import ModelOption
from triage.cli.server import _service
from triage.engine import Triage
from triage.errors import InputError

if TYPE_CHECKING:
    from triage.drift.files import Fields
    from triage.drift.records import Report
    from triage.drift.settings import Settings
    from triage.drift.watch import Chosen


ReferenceOption = Annotated[
    str | None,
    typer.Option(help="参照：文件，或 2026-W01..2026-W04 a file, or weeks (default: the first)"),
]
ReferenceWeeksOption = Annotated[
    int, typer.Option(min=1, help="前几个整周作参照 so many first full weeks")
]
BudgetOption = Annotated[
    float, typer.Option(min=0.01, max=520, help="一年容忍几次误报 false alarms a year")
]
ChannelFieldOption = Annotated[str | None, typer.Option(help="渠道所在的列 column of the channel")]


class Step(StrEnum):
    """How long a stretch of time is compared: the budget is reckoned in weeks."""

    WEEK = "week"


def drift(
    verdicts: Annotated[
        Path | None,
        typer.Argument(metavar="VERDICTS", help="`triage run --keep-input` 的结果 its .jsonl"),
    ] = None,
    inbox: Annotated[
        bool, typer.Option("--inbox", help="看收件箱的数据库 look at the database of the inbox")
    ] = False,
    reference: ReferenceOption = None,
    reference_weeks: ReferenceWeeksOption = 4,
    by: Annotated[Step, typer.Option(help="按周 week by week")] = Step.WEEK,
    budget: BudgetOption = 4.0,
    date_field: Annotated[str | None, typer.Option(help="时间所在的列 column of the time")] = None,
    channel_field: ChannelFieldOption = None,
    zone: Annotated[str, typer.Option(help="时区 time zone of the desk")] = "Asia/Shanghai",
    model: ModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """每周、每个渠道有没有变：数量够不够、超没超出误报预算。What changed, week by week and by channel.

    Unknown words are counted by the model of --model, whichever model gave the verdicts.
    """
    from triage.drift.files import Fields
    from triage.drift.settings import Settings
    from triage.trends.periods import zone_of

    del by  # there is one step; the option says which
    if (verdicts is None) is not inbox:
        raise InputError("Give one file of verdicts, or --inbox.", remedy="triage drift FILE.jsonl")
    settings = Settings(budget=budget, reference_weeks=reference_weeks)
    if verdicts is None:
        report, engine = _service("cli.drift").drift(settings, _weeks(reference), model)
    else:
        engine = Triage.load(model)
        fields = Fields(date_field, channel_field)
        report = _of_file(verdicts, settings, reference, fields, zone_of(zone), engine)
    if as_json:
        line = orjson.dumps(report.to_dict(), option=orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(line)
    else:
        from triage.cli.drift_table import print_report

        print_report(show.out, report, engine.taxonomy)


def _weeks(reference: str | None) -> "Chosen":
    from triage.drift.weeks import parse_range

    return parse_range(reference) if reference else None


def _of_file(
    path: Path,
    settings: "Settings",
    reference: str | None,
    fields: "Fields",
    zone: tzinfo,
    engine: Triage,
) -> "Report":
    from triage.drift.files import Counted, count_file
    from triage.drift.watch import watch
    from triage.drift.weeks import is_range, monday
    from triage.scorers.unknown import unknown_of

    unknown = unknown_of(engine.scorer)

    def counted(file: Path) -> Counted:
        found = count_file(file, zone=zone, fields=fields)
        if unknown:
            found.add_unknown(unknown)
        return found

    found = counted(path)
    chosen: Chosen = None
    if reference:
        weeks = is_range(reference)
        chosen = _weeks(reference) if weeks else counted(Path(reference)).tally.counts
    until = monday(datetime.now(zone).date())
    return watch(
        found.tally.counts,
        until=until,
        settings=settings,
        reference=chosen,
        undated=found.undated,
    )
