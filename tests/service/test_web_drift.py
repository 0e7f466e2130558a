"""`/drift`: bars drawn on the server, red only where there is an alert."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.desk.commands import OpenTicket
from tests.service.web_desk import Pages

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
LATE, GLAD = "快递还没收到", "很满意，谢谢"


@pytest.fixture
def pages(client):
    return Pages(client)


def fill(pages, last=24, weeks=5, channel="web"):
    """Fill weeks of 30 tickets; in the last one so many are late."""
    pages.desk.now = lambda: NOW
    commands = [
        OpenTicket(
            "person:x",
            NOW - timedelta(weeks=week),
            text=LATE if number < (last if week == 1 else 3) else GLAD,
            external_id=f"{channel}-{week}-{number}",
            channel=channel,
        )
        for week in range(weeks, 0, -1)
        for number in range(30)
    ]
    assert not [one for one in pages.desk.run(commands) if isinstance(one, Exception)]


def test_an_empty_desk_says_that_it_is_empty(pages):
    assert "还没有工单" in pages.words("/drift")


def test_a_changed_label_is_named_with_its_shares_the_budget_beside_it(pages):
    fill(pages)
    told = pages.words("/drift")
    assert "问题：物流配送" in told
    assert "10.0% → 80.0%" in told
    assert "一年误报 4 次" in told


def test_bars_are_red_only_where_there_is_an_alert(pages):
    fill(pages)
    text = pages.get("/drift")
    block = re.search(r'id="m-issue:delivery".*?</svg>', text, re.S)[0]
    assert re.findall(r'<rect class="(\w+)"', block) == ["reference"] * 4 + ["alert"]
    calm = re.search(r'id="m-script".*?</summary>', text, re.S)[0]
    assert "alert" not in calm
    assert "alarm" not in calm


def test_a_click_shows_the_cells_then_and_now(pages):
    fill(pages)
    block = re.search(r'id="m-issue:delivery".*?</details>', pages.get("/drift"), re.S)[0]
    assert block.index("<summary>") < block.index("<table")
    assert "10.0%" in block
    assert "80.0%" in block
    assert "2026-W05–2026-W08" in block


def test_a_calm_desk_shows_no_red(pages):
    fill(pages, last=3)
    text = pages.get("/drift")
    assert 'class="alert"' not in text
    assert "tag alarm" not in text


def test_a_channel_is_chosen_by_a_link(pages):
    fill(pages)
    fill(pages, last=3, channel="app")
    text = pages.get("/drift?channel=web")
    assert 'href="/drift?channel=app"' in text
    assert 'href="/drift?channel=web" aria-current="page"' in text
    block = re.search(r'id="m-issue:delivery".*?</details>', text, re.S)[0]
    assert "n=30" in block


def test_a_channel_too_small_to_say_anything_says_so(pages):
    fill(pages)
    assert "说不了什么" in pages.words("/drift?channel=fax")


def test_the_name_of_a_channel_is_text_and_not_markup(pages):
    channel = '"><script>x()</script>'
    fill(pages, channel=channel)
    fill(pages, channel="web")
    for path in ("/drift", "/drift?channel=%22%3E%3Cscript%3Ex()%3C/script%3E"):
        assert "<script>x()" not in pages.get(path)


def test_weeks_without_enough_texts_are_not_drawn_as_calm(pages):
    fill(pages, weeks=2)
    block = re.search(r'id="m-issue:delivery".*?</svg>', pages.get("/drift"), re.S)[0]
    assert re.findall(r'<rect class="(\w+)"', block) == ["reference"] * 2


def test_a_change_of_the_model_is_a_line_and_a_sentence(pages, keyword_engine):
    from triage import ModelName, Triage

    fill(pages, weeks=3)
    pages.desk.engine = Triage(
        keyword_engine.scorer, keyword_engine.policy, ModelName("other", "1", "f" * 12)
    )
    pages.desk.run([OpenTicket("person:x", NOW, text=LATE, external_id="new")])
    text = pages.get("/drift")
    assert "换了模型" in text
    assert re.search(r'id="m-issue:delivery".*?<line class="break".*?</svg>', text, re.S)
    assert not re.search(r'id="m-length"(?:(?!</svg>).)*<line', text, re.S)


def test_many_alerts_are_behind_a_click(pages):
    fill(pages)
    fill(pages, channel="app")
    text = pages.get("/drift")
    shown, hidden = text.split('<details id="more">')
    assert shown.count('class="tag alarm"') == 6
    assert "还有" in hidden


def test_the_state_is_that_of_the_newest_week_that_is_over(pages):
    fill(pages)
    pages.desk.run([OpenTicket("person:x", NOW, text=GLAD, external_id="now", channel="web")])
    summary = re.search(r'id="m-issue:delivery".*?</summary>', pages.get("/drift"), re.S)[0]
    assert '<rect class="open"' in summary
    assert "tag alarm" in summary
    assert "未结束 <small" not in summary
