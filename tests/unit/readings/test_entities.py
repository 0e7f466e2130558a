"""Names, numbers, sums and days in a text."""

import itertools
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.readings import Entity, find_entities


def found(text, received_at=None):
    return [(e.kind, text[e.start : e.end], e.value) for e in find_entities(text, received_at)]


def values(text, kind, received_at=None):
    return [e.value for e in find_entities(text, received_at) if e.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("订单号 TM2309-88174 的咖啡机", "order_number", "TM2309-88174"),
        ("订单编号：20240305001", "order_number", "20240305001"),
        ("单号TC-0712-55", "order_number", "TC-0712-55"),
        ("运单号SD880412-3367没动", "parcel_number", "SD880412-3367"),
        ("快递单号是773012345678901", "parcel_number", "773012345678901"),
        ("单号773012345678901查不到", "parcel_number", "773012345678901"),
        ("SF1234567890123一直没更新", "parcel_number", "SF1234567890123"),
        ("YT1234567890123没到", "parcel_number", "YT1234567890123"),
        ("JD0123456789012还在路上", "parcel_number", "JD0123456789012"),
        ("请打13812345678", "phone", "13812345678"),
        ("我的手机138 1234 5678", "phone", "13812345678"),
        ("+86 138-1234-5678", "phone", "13812345678"),
        ("座机021-62345678", "phone", "02162345678"),
        ("打400-820-8820没人接", "phone", "4008208820"),
        ("致電2345 6789", "phone", "23456789"),
        ("台灣0912-345-678", "phone", "0912345678"),
        ("工号1234的客服", "staff_number", "1234"),
        ("工号：A0871", "staff_number", "A0871"),
        ("工号幺八三三", "staff_number", "1833"),
        ("客服003号不理人", "staff_number", "003"),
        ("07号技师", "staff_number", "07"),
        ("坐席0437", "staff_number", "0437"),
        ("客服编号20881", "staff_number", "20881"),
    ],
)
def test_numbers_are_told_apart_by_their_shape_and_their_label(read, text, kind, value):
    assert [(k, v) for k, _, v in found(read(text))] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "订单2024年的",
        "2345678个",
        "工单编号6630182已办结",
        "3号线5号楼",
        "iPhone15 Pro Max",
        "买了12345678件",
        "客服11号降价",  # the eleventh, or number eleven
    ],
)
def test_other_numbers_are_left_alone(text):
    kinds = {kind for kind, _, _ in found(text)}
    assert kinds & {"order_number", "parcel_number", "phone", "staff_number"} == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("实付1699元", "1699"),
        ("共1,699元", "1699"),
        ("￥１９．９", "19.9"),  # full width
        ("HK$1,200的票", "1200"),
        ("NT$3000", "3000"),
        ("RMB 88", "88"),
        ("花了三百块", "300"),
        ("八千六的手机", "8600"),
        ("一万二买的", "12000"),
        ("2.5万元", "25000"),
        ("三百多块", "300"),
        ("收費五百港幣", "500"),
        ("十二块八", "12.8"),
        ("3块5", "3.5"),
        ("两块钱", "2"),
        ("扣了我五百", "500"),
        ("花了5000", "5000"),
        ("汇了四十三万", "430000"),
        ("只收我一块二", "1.2"),
    ],
)
def test_a_sum_has_its_value_in_figures(read, text, value):
    assert values(read(text), "amount") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "一块蛋糕",
        "十二块瓷砖",
        "一块去吃",
        "他是个二百五",
        "花了3天",
        "等了三百米",
        "二单元",
        "三万五公里",
        "跑了八千六百步",
        "一元素",
    ],
)
def test_pieces_lengths_and_names_are_no_sums(text):
    assert values(text, "amount") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024年3月5日下单", "2024-03-05"),
        ("2024-03-05下单", "2024-03-05"),
        ("2024/3/5下单", "2024-03-05"),
        ("民国113年3月5日", "2024-03-05"),
        ("3月5日买的", "2024-03-05"),
        ("三月五号买的", "2024-03-05"),
        ("3/5下单", "2024-03-05"),
        ("12月28日买的", "2023-12-28"),
        ("9/3買的", "2023-09-03"),
        ("上周三来的", "2024-03-06"),
        ("上禮拜三來的", "2024-03-06"),
        ("本周五前送到", "2024-03-15"),
        ("下周一来取", "2024-03-18"),
        ("昨天到的", "2024-03-12"),
        ("大前天报修", "2024-03-10"),
        ("后天要用", "2024-03-15"),
        ("18号前发货", "2024-03-18"),
        ("下个月3号来", "2024-04-03"),
        ("2024年2月30日", None),  # no such day
        ("周二买的", "2024-03-12"),
        ("每年7月30日", None),
    ],
)
def test_a_day_has_its_date(read, received, text, value):
    assert values(read(text), "date", received) == [value]


def test_without_the_receiving_day_only_a_written_year_gives_a_date():
    assert values("2024年3月5日,3月6日,昨天", "date") == ["2024-03-05", None, None]


@pytest.mark.parametrize(
    "text",
    [
        "1/3的人",
        "8/10分",
        "24/7",
        "3.5分",
        "3号线",
        "然后天黑了",
        "上周一直没人",
        "今天气很好",
        "第三周",
        "之前天天",
    ],
)
def test_fractions_lines_and_look_alikes_are_no_days(text):
    assert values(text, "date") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("那位姓冯的姑娘", "姓冯的姑娘"),
        ("刘师傅很准时", "刘师傅"),
        ("找了王经理", "王经理"),
        ("客服小李说的", "客服小李"),
        ("李小姐来电", "李小姐"),
        ("快递员许某摔箱子", "快递员许某"),
        ("欧阳老师", "欧阳老师"),
        ("店长老周", "店长老周"),
        ("陳師傅沒來", "陈师傅"),
    ],
)
def test_persons_are_named_by_surname_title_or_role(read, text, name):
    assert values(read(text), "person") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "上周师傅来了",
        "由于老师请假",
        "对方经理",
        "谢谢师傅",
        "客服小程序",
        "服务员小姐姐",
        "保安师傅",
        "姓名不详",
        "老师傅手艺好",
    ],
)
def test_words_that_only_end_in_a_surname_name_nobody(text):
    assert values(text, "person") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("买的洗衣机坏了", "洗衣机"),
        ("买了一台半自动咖啡机", "半自动咖啡机"),
        ("下单的蓝牙耳机", "蓝牙耳机"),
        ("訂購的羽絨服", "羽绒服"),
        ("购买两双运动鞋", "运动鞋"),
        ("刚买的车", "车"),
    ],
)
def test_what_was_bought_is_named(read, text, name):
    assert values(read(text), "product") == [name]


@pytest.mark.parametrize(
    "text", ["买单的时候", "买一送一", "买来就坏", "不会再买了", "买的人多", "买家秀", "下单之后"]
)
def test_buying_without_a_thing_names_none(text):
    assert values(text, "product") == []


def test_of_overlapping_readings_the_longest_stays():
    assert found("订单号13812345678") == [("order_number", "13812345678", "13812345678")]


def test_all_of_a_message_in_order(received):
    text = "订单号TM2309-88174,9月3日买的咖啡机,实付1699元,刘师傅说不修"
    assert [kind for kind, _, _ in found(text, received)] == [
        "order_number",
        "date",
        "product",
        "amount",
        "person",
    ]


def test_a_text_of_praise_names_nothing():
    assert find_entities("味道很好,送得也快,会再来") == []


def test_an_entity_is_a_frozen_record():
    assert find_entities("三百块") == [Entity("amount", 0, 3, "300")]


_PIECES = "订单号SF客服工王李师傅姓某买的手机三百块八千六元¥$0123456789-/.,月日号上周三昨天年前 \n"


@given(st.text(st.one_of(st.characters(), st.sampled_from(_PIECES)), max_size=60))
def test_spans_lie_within_the_text_apart_and_nothing_raises(text):
    for received_at in (None, datetime(2024, 2, 29), datetime.min, datetime.max):
        spans = [(e.start, e.end) for e in find_entities(text, received_at)]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
