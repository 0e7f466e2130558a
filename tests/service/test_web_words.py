from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.routing.clocks import State
from service.routing.log import Kind
from service.routing.policies import ClockName
from service.routing.vocabulary import NEGLECT, STAGES
from service.tickets.records import Author, Outcome, Reason, Status
from service.web.reasons import why_said
from service.web.times import left, pressing, span, wall
from service.web.words import label_said, options, said
from triage import Policy
from triage.decide import decide
from triage.labels import ISSUES
from triage.records import Scores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("status", Status),
        ("author", Author),
        ("reason", Reason),
        ("outcome", Outcome),
        ("clock", ClockName),
        ("clock_state", State),
        ("neglect", NEGLECT),
        ("stage", STAGES),
        ("issue", ISSUES),
        ("sentiment", range(1, 6)),
        ("urgency", range(4)),
        ("priority", range(4)),
    ],
)
def test_every_value_of_a_closed_set_has_a_chinese_and_an_english_name(kind, values):
    for value in values:
        zh, en = said(kind, value)
        assert any("\u4e00" <= char <= "\u9fff" for char in zh), value
        assert en.isascii(), value
        assert en


def test_every_event_of_a_ticket_has_a_name():
    of_the_desk = ("key.", "endpoint.", "rules.", "topic.", "model.", "drift.", "customer.")
    for kind in Kind:
        if not kind.startswith(of_the_desk):
            assert said("event", kind.value).en, kind


def test_what_has_no_name_is_called_by_its_own_spelling():
    assert said("channel", "fax") == ("fax", "")
    assert said("channel", None) == ("—", "")


def test_options_are_the_values_with_their_names():
    assert [value for value, _ in options("urgency")] == [0, 1, 2, 3]
    assert ("vip", ("贵宾", "VIP")) in options("tier")


@pytest.mark.parametrize(
    ("label", "zh"),
    [
        ("delivery", "物流配送"),
        ("urgency", "紧急"),
        ("signal:waiting", "信号·久等"),
        ("remedy:refund", "诉求·退货退款"),
        ("promise:call_back", "承诺·回电答复"),
    ],
)
def test_a_mark_says_in_words_what_it_speaks_for(label, zh):
    assert label_said(label).zh == zh


# Why a person is asked


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (Scores((0.4, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 1, 0, 0)), "像是产品质量"),
        (Scores((0.52, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 1, 0, 0)), "判为产品质量"),
        (Scores((0, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0.8, 0, 0.2)), "危险"),
        (Scores((0, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 1, 0, 0), 0.9), "不是客户反馈"),
    ],
)
def test_every_reason_the_machine_writes_is_said_in_chinese(scores, words):
    reasons = decide(scores, ISSUES, Policy()).review_reasons
    told = [why_said(reason) for reason in reasons]
    assert reasons
    assert all(one.zh != one.en and one.en for one in told)
    assert any(words in one.zh for one in told)


def test_an_unknown_reason_is_shown_as_it_is():
    assert why_said("empty: nothing in it") == ("empty: nothing in it", "")


# Times


@pytest.mark.parametrize(
    ("seconds", "zh"),
    [
        (0, "0 秒"),
        (59, "59 秒"),
        (60, "1 分"),
        (720, "12 分"),
        (3600, "1 小时"),
        (5400, "1 小时 30 分"),
        (36_060, "10 小时"),
        (86_400, "1 天"),
        (100_000, "1 天 3 小时"),
        (-10_800, "3 小时"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_units(seconds, zh):
    assert span(seconds).zh == zh


def test_a_clock_says_how_long_it_has_or_how_late_it_is():
    assert left(NOW + timedelta(minutes=12), NOW) == ("还剩 12 分", "12 min left")
    assert left(NOW - timedelta(hours=3), NOW) == ("超时 3 小时", "3 h late")
    assert left(None, NOW).zh == "不计时"
    assert left((NOW + timedelta(minutes=2)).isoformat(), NOW).zh == "还剩 2 分"


def test_a_clock_looks_as_pressing_as_it_is():
    moments = (NOW, NOW + timedelta(minutes=29), NOW + timedelta(minutes=31), None)
    assert [pressing(at, NOW) for at in moments] == ["late", "soon", "calm", "none"]


def test_a_time_is_told_by_the_wall_clock_of_the_desk():
    assert wall(NOW, SHANGHAI, NOW).zh == "今天 09:00"
    assert wall(NOW - timedelta(hours=10), SHANGHAI, NOW).zh == "3月1日 23:00"
    assert wall("2025-12-31T16:30:00+00:00", SHANGHAI, NOW).zh == "1月1日 00:30"
    assert wall("2025-12-31T15:30:00+00:00", SHANGHAI, NOW).zh == "2025-12-31 23:30"
    assert wall(None, SHANGHAI, NOW).zh == "—"
    assert wall(NOW, SHANGHAI, NOW).en == "today 09:00"
    assert wall(NOW - timedelta(hours=10), SHANGHAI, NOW).en == "1 Mar 23:00"
