"""Times, worked out by hand. 2024-03-13 is a Wednesday."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text.times import find_deadlines, find_repeats, find_waits, number

WEDNESDAY = datetime(2024, 3, 13, 10, 0)
SUNDAY = datetime(2024, 3, 17, 10, 0)
NEW_YEAR = datetime(2024, 1, 1, 10, 0)  # a Monday
DECEMBER = datetime(2024, 12, 20, 10, 0)


def waits(text, received_at=None):
    return [(text[m.start : m.end], m.days) for m in find_waits(text, received_at)]


def days(text, received_at=None):
    return [round(m.days, 3) for m in find_waits(text, received_at)]


def dues(text, received_at=WEDNESDAY):
    return [m.at for m in find_deadlines(text, received_at)]


def counts(text):
    return [count for _, _, count in find_repeats(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("1,699", 1699),
        ("3.5万", 35000),
        ("3万5", 35000),
        ("3万5千", 35000),
        ("十", 10),
        ("十二", 12),
        ("二十三", 23),
        ("一百二十", 120),
        ("一百二", 120),  # as it is said
        ("一百零二", 102),
        ("一百十五", 115),
        ("八千六", 8600),
        ("一万二", 12000),
        ("一万零五百", 10500),
        ("十二万八", 128000),
        ("一亿三千万", 130000000),
        ("两千零三", 2003),
        ("二零二四", 2024),
        ("幺八三三", 1833),
        ("半", 0.5),
        ("两三", 3),  # approximate: the larger
        ("三五", 5),
    ],
)
def test_numbers_are_read_in_digits_and_in_chinese(text, value):
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "第三", "12三", "1,2", "三个", "五分", "٣", "abc"])
def test_what_is_no_number_has_none(text):
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("等了三天了", 3),
        ("都第三天了,包裹没动静", 3),
        ("等了两个半小时", 2.5 / 24),
        ("半小时了还没人来", 0.5 / 24),
        ("拖了一年半", 547.5),
        ("等了半个月", 15),
        ("已经二十三天了", 23),
        ("足足等了四十分钟", 40 / 1440),
        ("超时20分钟", 20 / 1440),
        ("报修三天了", 3),
        ("一周过去了", 7),
        ("等了好几天", 3),  # several: three at the least
        ("买了三天还没发货", 3),
        ("两天才送到", 2),
    ],
)
def test_a_wait_is_measured_in_days(text, length):
    assert days(text) == [round(length, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "用了三年了,很好",
        "住了三天了",
        "买了两年了没坏过",
        "合作十年了",
        "孩子三个月了",
        "都2024年了",
        "已经2024年了",
        "3月了",
        "不用等半小时",
        "昨天下单今天就到了",
        "上周买的很好吃",
        "昨天就到了",
        "上周一直在用",
    ],
)
def test_time_of_use_and_a_quick_arrival_are_no_wait(text):
    assert waits(text, WEDNESDAY) == []


@pytest.mark.parametrize(
    ("text", "received_at", "length"),
    [
        ("大前天报修的,到现在没人来", WEDNESDAY, 3),
        ("昨天下单,还没发货", WEDNESDAY, 1),
        ("上周三下单,至今没发货", WEDNESDAY, 7),  # 6 March
        ("上周日下单,至今没发货", WEDNESDAY, 3),  # 10 March
        ("上周天下单,至今没发货", WEDNESDAY, 3),
        ("上个星期三下单,至今没发货", WEDNESDAY, 7),
        ("上周三下单,至今没发货", SUNDAY, 11),
        ("上周三下单,至今没发货", NEW_YEAR, 5),  # 27 December 2023
        ("昨天下单,还没发货", NEW_YEAR, 1),
        ("12月28日下单,未发货", NEW_YEAR, 4),
        ("12/28下单,未发货", NEW_YEAR, 4),
        ("十二月二十八号下单,未发货", NEW_YEAR, 4),
        ("3月13日买的,还没发货", datetime(2024, 3, 20), 7),
        ("2022年3月13日买的,还没到", WEDNESDAY, 731),  # 2024 has a 29 February
        ("8号下单,还没发货", WEDNESDAY, 5),
        ("20号下单,还没发货", WEDNESDAY, 22),  # 20 February
        ("上个月提的报修单,还写着受理中", None, 30),
        ("大前天报修的,到现在没人来", None, 3),
    ],
)
def test_a_wait_counts_from_the_day_it_began(text, received_at, length):
    assert days(text, received_at) == [length]


def test_a_day_of_the_calendar_says_nothing_without_the_receiving_day():
    assert waits("3月5日下单,还没发货") == []
    assert waits("上周三下单,还没发货") == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("请两小时内答复", datetime(2024, 3, 13, 12, 0)),
        ("请于两个半小时内答复", datetime(2024, 3, 13, 12, 30)),
        ("限三日内退款", datetime(2024, 3, 16, 10, 0)),
        ("要求24小时内处理", datetime(2024, 3, 14, 10, 0)),
        ("请18号前发货", datetime(2024, 3, 18)),
        ("请3月18日之前发货", datetime(2024, 3, 18)),
        ("请三月十八号前发货", datetime(2024, 3, 18)),
        ("请于25日前答复", datetime(2024, 3, 25)),
        ("5号前给我退款", datetime(2024, 4, 5)),  # the fifth of March is over
        ("请本周五前换新", datetime(2024, 3, 15)),
        ("周一前要送到", datetime(2024, 3, 18)),
        ("下周一之前退我", datetime(2024, 3, 18)),
        ("请今天内退还", datetime(2024, 3, 14)),  # the end of today
        ("今晚之前必须解决", datetime(2024, 3, 14)),
        ("本周内给个准信", datetime(2024, 3, 18)),
        ("月底前给个说法", datetime(2024, 4, 1)),
        ("明天就要用", datetime(2024, 3, 14)),
        ("后天必须送到", datetime(2024, 3, 15)),
        ("大后天要用", datetime(2024, 3, 16)),
        ("请2024年4月1日前答复", datetime(2024, 4, 1)),
    ],
)
def test_a_deadline_is_worked_out(text, due):
    assert dues(text) == [due]


@pytest.mark.parametrize(
    ("text", "received_at", "due"),
    [
        ("请1月5日前退款", DECEMBER, datetime(2025, 1, 5)),
        ("请18号前发货", DECEMBER, datetime(2025, 1, 18)),
        ("请年底前处理", DECEMBER, datetime(2025, 1, 1)),
        ("请今天内处理", datetime(2024, 12, 31, 9, 0), datetime(2025, 1, 1)),
        ("请下周一前处理", SUNDAY, datetime(2024, 3, 18)),
        ("请3月12日前处理", WEDNESDAY, datetime(2024, 3, 12)),  # passed, not in a year
        ("请30号前处理", datetime(2024, 1, 31, 9, 0), None),  # no 30 February
        ("请2月30日前处理", WEDNESDAY, None),
        ("请三个工作日内处理", WEDNESDAY, None),  # needs a calendar
    ],
)
def test_deadlines_at_the_edges_of_months_and_years(text, received_at, due):
    assert dues(text, received_at) == [due]


def test_a_deadline_keeps_the_time_zone():
    [due] = dues("请18号前发货", WEDNESDAY.replace(tzinfo=UTC))
    assert due == datetime(2024, 3, 18, tzinfo=UTC)


def test_the_end_of_the_calendar_raises_nothing():
    assert dues("请三天内处理,今天内答复,年底前退款", datetime.max) == [None, None, None]


def test_without_a_receiving_time_a_deadline_has_no_date():
    assert dues("请18号前发货,两小时内答复", None) == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "半小时内就送到了",
        "说好24小时内回电",
        "页面写三天内发货",
        "七天内无理由退货",
        "5号前台态度差",
        "3日前下单",
        "18号前买的",
        "保修一年内免费",
        "质量三年内没问题",
        "有限公司三天内到",
    ],
)
def test_promises_reports_and_rules_are_no_deadlines_of_the_customer(text):
    assert dues(text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("第三次打电话", 3),
        ("第三次报修了", 3),
        ("这是第二封信", 2),
        ("打了五个电话", 5),
        ("打了5次电话", 5),
        ("催了十二次", 12),
        ("联系客服两次", 2),
        ("报修三次没人来", 3),
        ("两次追问都没下文", 2),
        ("催了好几次", 3),
        ("打了无数次", 3),
        ("多次联系客服", 3),
        ("跑了三趟", 3),
    ],
)
def test_repeated_contact_is_counted(text, count):
    assert counts(text) == [count]


@pytest.mark.parametrize(
    "text",
    [
        "第三次回购了",
        "第二次买,很好",
        "第三次来吃",
        "打了一个电话",
        "一次联系",
        "第一次打电话",
        "买了三次",
        "第二次住了",
    ],
)
def test_coming_again_and_calling_once_are_no_repeated_contact(text):
    assert counts(text) == []


_PIECES = "第三次打电话等了两天半小时内18号前月底上周一昨天还没发货请0123456789年月日/.,。 \n"


@given(st.text(st.one_of(st.characters(), st.sampled_from(_PIECES)), max_size=60))
def test_spans_lie_within_the_text_and_nothing_raises(text):
    for received_at in (None, WEDNESDAY, datetime.min, datetime.max):
        found = [*find_waits(text, received_at), *find_deadlines(text, received_at)]
        spans = [(m.start, m.end) for m in found] + [(s, e) for s, e, _ in find_repeats(text)]
        assert all(0 <= start < end <= len(text) for start, end in spans)
