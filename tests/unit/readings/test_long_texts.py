"""The longest text that the default policy lets in is read in good time."""

import pytest

from tests.pace import taken
from triage.readings import find_entities, find_promises, find_remedies, split, stage_of
from triage.signals import find

UNITS = [
    "三百块",
    "王师傅",
    "上周三",
    "9月3日",
    "说好三天内退款",
    "没退",
    "要求退款",
    "1a",
    "除了",
    "但是不过",
    "“说",
    "都已",
]


@pytest.mark.parametrize("unit", UNITS)
def test_twenty_thousand_characters_take_less_than_a_second(unit, received):
    text = (unit * 20_000)[:20_000]

    def readings():
        find_entities(text, received)
        find_promises(text, received)
        find_remedies(text)
        stage_of(text)
        split(text)
        find(text, received)

    assert taken(readings) < 1
