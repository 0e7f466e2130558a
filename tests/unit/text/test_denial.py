import pytest

from triage.text.denial import MARK, mark_denied


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("没有任何破损", MARK * 6),
        ("快递一点也不慢", "快递" + MARK * 5),
        ("价格不算贵", "价格" + MARK * 3),
        ("店员从不骂人", "店员" + MARK * 4),
        ("包裹里一件不少", "包裹里" + MARK * 4),
    ],
)
def test_a_denied_fault_becomes_marks_of_the_same_length(text, marked):
    assert mark_denied(text) == marked


@pytest.mark.parametrize(
    "text",
    [
        "没有回复",
        "到现在没发货",
        "没有人管",
        "太慢了",
        "味道不错",
        "能不破吗",
        "是不是坏了",
        "不坏吗?",
    ],
)
def test_what_is_missing_or_asked_is_no_fault_denied(text):
    assert mark_denied(text) == text


def test_only_the_denied_fault_is_marked():
    assert mark_denied("没摔坏，但杯子有怪味") == MARK * 3 + "，但杯子有怪味"


def test_the_box_reads_a_denied_fault_as_no_complaint(default_engine):
    from triage import Feedback

    assert default_engine(Feedback("1", "快递一点也不慢，昨天下单今天就到了。")).issues == ()
    assert default_engine(Feedback("2", "快递太慢了，上周下单今天才到。")).issues == ("delivery",)
