"""Files of verdicts: the columns of their input, and what is wrong with them."""

import gzip
import json
from zoneinfo import ZoneInfo

import pytest

from tests.unit.drift.desks import OLD, monday, verdict
from triage import FileFormatError
from triage.drift import NO_CHANNEL
from triage.drift.files import Fields, count_file
from triage.drift.measures import FIXED, measure_of
from triage.drift.records import State
from triage.drift.wording import cell_named, channel_named, measure_named, state_named
from triage.scorers.unknown import unknown_of
from triage.taxonomy import BUILT_IN

ZONE = ZoneInfo("Asia/Shanghai")


def line(number=0, at="2026-01-05T10:00:00", channel="app", text="快递没到", **more):
    told = {"id": str(number), **verdict(), "model": {"name": "m", "version": "1", "hash": OLD}}
    return told | {"input": {"text": text, "received_at": at, "channel": channel}} | more


def broken(**more):
    return {"id": "9", "error": {"code": "empty_text", "message": "It is empty."}, **more}


@pytest.fixture
def counted(tmp_path):
    """Count a file of these lines."""

    def count(*lines, **options):
        path = tmp_path / "verdicts.jsonl"
        texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return count_file(path, zone=ZONE, **options)

    return count


def refused(counted, *lines, **options):
    with pytest.raises(FileFormatError) as caught:
        counted(*lines, **options)
    return caught.value


def test_a_verdict_is_counted_in_the_week_and_channel_of_its_input(counted):
    found = counted(line(), line(1, at="2026/01/12 09:00", channel="web"))
    counts = found.tally.counts
    assert counts["sentiment", "app", OLD][monday(0)].sum() == 1
    assert counts["length", "web", ""][monday(1)].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert found.undated == 0


def test_a_time_with_a_zone_is_one_of_the_desk(counted):
    found = counted(line(at="2026-01-11T17:00:00+00:00"))
    assert list(found.tally.counts["rejected", "app", ""]) == [monday(1)]


def test_usual_names_of_columns_are_found_and_others_can_be_named(counted):
    usual = line(input={"内容": "坏了", "创建时间": "2026-01-05", "渠道": "微信"})
    own = line(input={"text": "坏了", "when": "2026-01-05", "way": "fax"})
    assert ("length", "微信", "") in counted(usual).tally.counts
    named = counted(own, fields=Fields("when", "way"))
    assert ("length", "fax", "") in named.tally.counts


def test_a_text_of_no_channel_is_counted_as_such(counted):
    found = counted(line(channel=None), line(input={"text": "坏了", "time": "2026-01-05"}))
    assert found.tally.counts["rejected", NO_CHANNEL, ""][monday(0)].tolist() == [2, 0]


def test_a_rejection_is_counted_where_its_input_says_when(counted):
    given = {"text": "", "received_at": "2026-01-05", "channel": "app"}
    found = counted(line(), broken(input=given), broken(input={}), broken())
    assert found.tally.counts["rejected", "app", ""][monday(0)].tolist() == [1, 1]
    assert found.undated == 2


@pytest.mark.parametrize("at", ["", "soon", None, "1825-01-05"])
def test_a_record_whose_time_cannot_be_read_is_left_out_and_counted(counted, at):
    found = counted(line(), line(1, at=at))
    assert found.undated == 1
    assert found.tally.counts["rejected", "app", ""][monday(0)].sum() == 1


def test_blank_lines_and_gzip_are_read(counted, tmp_path):
    path = tmp_path / "v.jsonl.gz"
    path.write_bytes(gzip.compress(f"\n{json.dumps(line())}\n\n".encode()))
    assert count_file(path, zone=ZONE).tally.counts


def test_a_file_without_the_input_says_how_to_keep_it(counted):
    found = refused(counted, {k: v for k, v in line().items() if k != "input"})
    assert "--keep-input" in str(found)


def test_an_input_without_a_time_says_which_columns_there_are(counted):
    found = refused(counted, line(input={"text": "坏了", "店铺": "一店"}))
    assert "店铺" in found.message
    assert "--date-field" in found.remedy


def test_a_named_column_that_is_not_there_is_refused(counted):
    assert "'when'" in refused(counted, line(), fields=Fields("when")).message


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "1"}', "7"])
def test_a_line_that_is_no_verdict_is_named(counted, text):
    assert "line 2" in refused(counted, line(), text).message


def test_a_file_without_any_time_is_refused(counted):
    assert "no record with a time" in refused(counted, line(at="")).message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileFormatError):
        count_file(tmp_path / "none.jsonl", zone=ZONE)


def test_unknown_words_are_counted_in_a_sample_of_the_texts(counted, tiny_engine):
    found = counted(line(), line(1, text="饕餮魑魅魍魉"), line(2, text="。。。"))
    found.add_unknown(unknown_of(tiny_engine.scorer))
    cells = found.tally.counts["unknown", "app", ""][monday(0)]
    assert cells.sum() == 2
    assert cells[-1] == 1


# Names


@pytest.mark.parametrize("code", [*(one.code for one in FIXED), "issue:delivery", "score:other"])
def test_every_measure_and_every_cell_has_a_name(code):
    zh, en = measure_named(code, BUILT_IN)
    assert zh != en
    assert all(cell_named(measure_of(code), cell)[0] for cell in measure_of(code).cells)


def test_cells_are_called_as_people_call_them():
    names = {
        code: [cell_named(measure_of(code), cell)[0] for cell in measure_of(code).cells]
        for code in ("unknown", "length", "script", "review", "score:other")
    }
    assert names["unknown"] == ["没有", "0%–5%", "5%–10%", "10%–20%", "20%–40%", "超过 40%"]
    assert names["length"][0] == "1–10 字"
    assert names["length"][-1] == "321 字以上"
    assert names["script"][1] == "繁体"
    assert names["review"] == ["否", "是"]
    assert names["score:other"][9] == "0.9–1.0"


def test_states_and_channels_have_names():
    assert all(state_named(state.value)[0] for state in State)
    assert channel_named("*")[0] == "全部渠道"
    assert channel_named("小程序") == ("小程序", "")
