"""What asks something, and what only says something."""

import pytest

from triage.readings.questions import asks


@pytest.mark.parametrize(
    "text",
    [
        "明天几点来",
        "什么时候能到啊",
        "能退吗",
        "能退吗，我急用",
        "？？",
        "这是怎么回事?",
        "麻烦帮我查一下物流",
        "咋整嘛",
        "請問幾時到貨",
        "可不可以换一个",
        "尽快处理",
    ],
)
def test_questions_and_requests_ask(text):
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "好的",
        "谢谢",
        "收到了，没什么问题",
        "那我等消息",
        "随便什么时候都行",
        "巴适",
        "钱到账了",
    ],
)
def test_thanks_and_answers_ask_nothing(text):
    assert not asks(text)
