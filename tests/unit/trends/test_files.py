"""Facts of the verdicts that the command wrote."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.trends.desks import SHANGHAI, at
from triage import FileFormatError
from triage.files.verdicts import Fields
from triage.trends.files import facts_of_file


def line(number=0, when="2026-01-05 08:00", issues=("delivery",), **more):
    given = {
        "内容": "快递没到",
        "时间": when,
        "渠道": "app",
        "商品": "耳机",
        "地区": "上海",
        **more,
    }
    return {
        "id": str(number),
        "issues": list(issues),
        "scores": {"delivery": 0.9, "battery": 0.1},
        "sentiment": 2,
        "urgency": 1,
        "review": False,
        "model": {"name": "m", "version": "1", "hash": "a" * 12},
        "input": given,
    }


@pytest.fixture
def loaded(tmp_path):
    def load(*lines, **options):
        path = Path(tmp_path, "verdicts.jsonl")
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return facts_of_file(path, zone=SHANGHAI, **options)

    return load


def test_a_verdict_is_a_row_of_facts(loaded):
    facts = loaded(line(), line(1, "2026-01-05T00:00:00+00:00", [])).facts
    assert facts.at.tolist() == [int(at("2026-01-05T08:00").timestamp())] * 2
    assert facts.labels == ("delivery", "battery")
    assert facts.issues.tolist() == [[True, False], [False, False]]
    assert facts.sentiment.tolist() == [2, 2]
    assert facts.urgency.tolist() == [1, 1]
    names = ("channel", "product", "region", "model")
    assert [facts.column(name).values for name in names] == [
        ("app",), ("耳机",), ("上海",), ("a" * 12,)
    ]  # fmt: skip
    assert facts.column("tier").codes.tolist() == [-1, -1]


def test_columns_can_be_named(loaded):
    fields = Fields("when", "way", "what")
    facts = loaded(line(when="?", way="fax") | {"input": {"when": "2026-01-05", "way": "fax"}},
                   fields=fields).facts  # fmt: skip
    assert facts.column("channel").values == ("fax",)
    assert facts.column("product").codes.tolist() == [-1]


def test_what_has_no_time_or_was_not_judged_is_left_out_and_counted(loaded):
    broken = {"id": "9", "error": {"code": "empty_text", "message": "It is empty."}}
    found = loaded(line(), line(1, "soon"), broken, broken)
    assert len(found.facts) == 1
    assert [(one.column, one.n) for one in found.left_out] == [("time", 1), ("error", 2)]
    assert found.left_out[1].example == "It is empty."


def test_a_label_without_a_score_is_a_label_too(loaded):
    facts = loaded(line(issues=["delivery", "own"])).facts
    assert facts.labels == ("delivery", "battery", "own")


def test_a_file_without_any_verdict_is_refused(loaded):
    with pytest.raises(FileFormatError, match="no verdict with a time"):
        loaded(line(when="soon"))


def test_times_are_kept_to_the_second(loaded):
    facts = loaded(line(when="2026-01-05T08:00:00.900000")).facts
    assert datetime.fromtimestamp(int(facts.at[0]), UTC) == datetime(2026, 1, 5, tzinfo=UTC)
