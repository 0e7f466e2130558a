"""The pages of the models: `/models` and `/models/shadow`."""

import re

import pytest
from structlog.testing import capture_logs

from service.models.follower import Follower
from service.models.watch import Watch
from service.people.roles import Role
from tests.service.models.deaf import deaf
from tests.service.models.registry import Models
from tests.service.web_desk import Pages
from triage import Policy
from triage.registry.history import Entry, Override, change
from triage.registry.pointers import read_registry
from triage.registry.shadowing import start_shadow, stop_shadow

LATE = "等了三天快递还没收到，电话13800001234"
HOSTILE = "快递没收到<script>hack()</script>{{7*7}}"


@pytest.fixture
def models(tiny_model, tmp_path):
    made = Models(tmp_path / "models", tiny_model)
    for name in ("one", "two"):
        made.add(name)
    return made


@pytest.fixture
def pages(serve, models):
    return Pages(serve(models=models.root))


def promote(models, name, override=None):
    before, to = read_registry(models.root).champion, models.pointer(name)
    change(models.root, Entry(to.at, "林晓", "promotion", before, to, None, override))


@pytest.fixture
def judged(pages, models, monkeypatch):
    """A candidate that is deaf to late deliveries has judged three tickets."""
    start_shadow(models.root, "two", by="林晓")
    engine = deaf(models.hash("two"))
    monkeypatch.setattr("service.models.shadow.load_warm", lambda *_: engine)
    for text in (LATE, "打开一看质量太差", HOSTILE):
        pages.open(text, text)
    pages.runtime.shadow()
    return pages


# Models


def test_the_model_in_use_stands_first_and_every_model_has_its_mark(pages, models):
    promote(models, "one")
    text = pages.words("/models")
    assert "keyword 0" in text.partition("全部模型")[0]
    assert "固定用这个模型" in text
    assert text.index("在用 one") < text.index("候选 two")
    assert "启用 promoted 自带的 the one in the box → one" in text


def test_the_page_is_in_the_navigation_and_asks_nothing_of_elsewhere(pages):
    assert 'href="/models" aria-current="page"' in pages.get("/models")
    assert 'href="/models"' in pages.get("/rules")


def test_a_spoilt_model_and_a_refusal_set_aside_are_seen(pages, models):
    models.spoil("two")
    promote(models, "one", Override("林晓", "旧的更差"))
    text = pages.words("/models")
    assert "不可用 tampered" in text
    assert "放行 overridden 林晓：旧的更差" in text


def test_a_champion_that_cannot_be_served_is_told_above_all(pages, models):
    assert 'id="loading"' not in pages.get("/models")
    models.spoil("two")
    promote(models, "two")
    runtime = pages.runtime
    with capture_logs():
        Follower(runtime.desk, models.root, Policy(), runtime.serving, Watch(models.root))()
    text = pages.words("/models")
    assert "选中的模型没能载入" in text
    assert "model_tampered" in text


def test_an_admin_goes_back_from_the_page_and_says_why(pages, models):
    promote(models, "one")
    promote(models, "two")
    reply = pages.client.post(
        "/models/rollback", data={"reason": "漏判太多"}, follow_redirects=False
    )
    assert (reply.status_code, reply.headers["location"]) == (303, "/models?done=1")
    assert read_registry(models.root).champion.folder == "one"
    text = pages.words("/models?done=1")
    assert "已回退" in text
    assert "回退 rolled back two" in text


@pytest.mark.parametrize(("fields", "status"), [({}, 422), ({"reason": "x"}, 409)])
def test_a_way_back_that_cannot_be_gone_is_a_page_that_says_so(pages, fields, status):
    reply = pages.client.post("/models/rollback", data=fields)
    assert reply.status_code == status
    assert "没有办成" in reply.text


def test_nobody_but_an_admin_sees_or_may_send_the_form(pages, models):
    promote(models, "one")
    promote(models, "two")
    pages.log_in(Role.ANALYST)
    assert "/models/rollback" not in pages.get("/models")
    reply = pages.client.post("/models/rollback", data={"reason": "x"})
    assert reply.status_code == 403
    assert read_registry(models.root).champion.folder == "two"


# Shadow


def test_without_a_shadow_the_page_says_how_to_begin(pages):
    assert "triage shadow NAME" in pages.words("/models/shadow")


def test_agreement_and_labels_are_told_with_their_intervals(judged):
    text = judged.words("/models/shadow")
    assert re.search(r"全部都一致 all of it 33\.3% 6\.2%–79\.2% 1 / 3", text)
    assert re.search(r"物流配送 0 0 2 0\.0% 0\.0%–65\.8% 0 / 2", text)
    assert re.search(r"产品质量 1 0 0 100\.0% 20\.6%–100\.0% 1 / 1", text)


def test_disagreements_lead_to_their_tickets_and_say_what_is_lost(judged):
    text = judged.get("/models/shadow")
    part = text.partition('id="disagreements"')[2]
    assert f'href="/tickets/{judged.ids[LATE]}"' in part
    assert part.count('href="/tickets/') == 2
    assert "少 lost 物流配送" in judged.words("/models/shadow")


def test_a_filter_stands_in_the_address(judged):
    assert "哪里不同 Disagreements （2）" in judged.words("/models/shadow?label=delivery")
    assert 'value="delivery" selected' in judged.get("/models/shadow?label=delivery&field=")
    assert "没有不同" in judged.words("/models/shadow?label=other&field=issues")
    assert "没有办成" in judged.get("/models/shadow?field=mood", 422)


def test_a_long_list_is_turned_over_page_by_page(judged, monkeypatch):
    monkeypatch.setattr("service.web.models._SIZE", 1)
    first = judged.get("/models/shadow?label=delivery")
    assert 'rel="next" href="/models/shadow?label=delivery&amp;page=2"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev"' in judged.get("/models/shadow?label=delivery&page=2")


def test_what_customers_wrote_is_text_and_masked_for_a_reader(judged):
    text = judged.get("/models/shadow")
    assert "<script>hack()" not in text
    assert "{{7*7}}" in text
    judged.log_in(Role.READER)
    text = judged.get("/models/shadow")
    assert "13800001234" not in text
    assert "138******34" in text


def test_a_stopped_shadow_and_a_broken_one_say_so(judged, models):
    stop_shadow(models.root, by="林晓")
    assert "已停止" in judged.words("/models/shadow")
    models.add("three")
    start_shadow(models.root, "three", by="林晓")
    models.spoil("three")
    judged.runtime.shadow._watch = Watch(models.root)
    with pytest.MonkeyPatch.context() as patch, capture_logs():
        from service.models.loading import load_warm

        patch.setattr("service.models.shadow.load_warm", load_warm)
        judged.runtime.shadow()
    assert "候选模型没能载入" in judged.words("/models/shadow")
