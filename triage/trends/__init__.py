"""What customers complain of, over time, and what is new: pure functions over frames."""

from triage.trends.building import LeftOut, Loaded
from triage.trends.counts import Counts, Group, Model, count, models
from triage.trends.facts import Column, Facts, Filter
from triage.trends.frames import count_frame, facts_of, to_frame
from triage.trends.periods import Period
from triage.trends.shares import Shares, wilson
from triage.trends.silent import Assumption, Silent, silent
from triage.trends.tables import csv_bytes, parquet_bytes, rows_of

__all__ = [
    "Assumption",
    "Column",
    "Counts",
    "Facts",
    "Filter",
    "Group",
    "LeftOut",
    "Loaded",
    "Model",
    "Period",
    "Shares",
    "Silent",
    "count",
    "count_frame",
    "csv_bytes",
    "facts_of",
    "models",
    "parquet_bytes",
    "rows_of",
    "silent",
    "to_frame",
    "wilson",
]
