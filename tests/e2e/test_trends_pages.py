"""The pages of trends in a browser: filters, zoom, click-through, export, languages, print."""

import contextlib
import csv
import functools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e import trend_desk
from tests.e2e.conftest import own_settings, serving, watched

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
SINCE = (datetime.now(UTC) - timedelta(days=trend_desk.DAYS + 2)).date().isoformat()
PAGES = ("/overview", "/trends", "/topics", f"/drivers?from={SINCE}", "/quality")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CHART = "echarts.getInstanceByDom(document.getElementById('plot'))"
DRAWN = "() => window.echarts && document.querySelector('#plot canvas') && !!" + CHART
PIXEL = f"([at, value]) => {CHART}.convertToPixel({{gridIndex: 0}}, [at, value])"
OPEN = "all => all.forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def desk(keyword_engine, tmp_path_factory):
    """The address of a service whose desk has sixty days of tickets."""
    from service.app import create_app

    app = create_app(keyword_engine, own_settings(tmp_path_factory.mktemp("trends")))
    with serving(app) as address:
        trend_desk.fill(app.state.fenzhen.runtime)
        yield address


@pytest.fixture
def go(browser, desk):
    """Open a page in a browser of its own."""
    with contextlib.ExitStack() as stack:

        def open_page(path, **options):
            page = watched(browser, stack, **{"viewport": DESKTOP, **options})
            page.goto(desk + path)
            return page

        yield open_page


@pytest.fixture
def chart(go):
    """Open /trends and wait until its chart is drawn."""

    def open_chart(path="/trends", **options):
        page = go(path, **options)
        page.wait_for_function(DRAWN)
        return page

    return open_chart


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def pixel(page, at, value):
    """Where a point of the chart lies in the window."""
    page.locator("#plot").scroll_into_view_if_needed()
    box = page.locator("#plot").bounding_box()
    x, y = page.evaluate(PIXEL, [at, value])
    return box["x"] + x, box["y"] + y


def faults(page):
    return [*page.seen.console, *page.seen.crashes]


def total(page):
    return int(re.search(r"\d+", page.inner_text("#total"))[0])


# Every page


@pytest.fixture(scope="module")
def opened(browser, desk):
    """Open each page once, for the tests that only look at it."""
    with contextlib.ExitStack() as stack:

        def open_once(path):
            page = watched(browser, stack, viewport=DESKTOP)
            page.goto(desk + path)
            page.wait_for_load_state("networkidle")
            page.locator("main details").evaluate_all(OPEN)
            return page

        yield functools.cache(open_once)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_an_error_and_asks_no_other_host(opened, desk, path):
    page = opened(path)
    assert faults(page) == []
    assert all(url.startswith(f"{desk}/") for url in page.seen.asked)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_scrolling_sideways(opened, path):
    page = opened(path)
    for width in (360, 390, 768):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) <= 0, width
    page.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_words_stand_out_and_the_auditor_finds_nothing_serious(opened, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(path)
    page.emulate_media(color_scheme=scheme)
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    assert page.evaluate(script) == []
    # The policy of the page lets no script in but our own; the auditor comes by the debugger.
    found = axe.run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


@pytest.mark.parametrize("path", PAGES)
def test_the_print_has_the_figures_and_no_navigation(opened, path):
    page = opened(path)
    page.emulate_media(media="print", color_scheme="dark")
    hidden = page.locator(".top, .parts, .filters, .deeds, .foot")
    assert [one.get_attribute("class") for one in hidden.all() if one.is_visible()] == []
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert re.search(r"\d", page.inner_text("main"))
    page.emulate_media(media="screen")


def test_english_is_chosen_once_and_stays(go):
    page = go("/overview")
    page.click(".switch")
    assert page.get_attribute("html", "lang") == "en"
    for path in ("/trends", "/drivers", "/quality"):
        page.click(f".parts a[href^='{path}']")
        assert page.get_attribute("html", "lang") == "en"
        chinese = re.findall(r"[一-鿿]+", page.inner_text("main") + page.inner_text("nav >> nth=0"))
        assert chinese == [], path
    page.click(".switch")
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert "走势" in go("/trends").inner_text("main")


# The chart and its address


def test_a_filter_stands_in_the_address_and_back_takes_it_off(chart):
    page = chart()
    before = page.inner_text("#whole")
    page.click("#filters summary")
    page.select_option("select[name=channel]", "phone")
    page.wait_for_url("**/trends?**channel=phone")
    page.wait_for_function(DRAWN)
    assert page.inner_text("#whole") != before
    assert page.locator(".chips a").inner_text().startswith("渠道：电话")
    page.select_option("select[name=issue]", "delivery")
    page.wait_for_url("**issue=delivery**")
    assert asked(page)["channel"] == ["phone"]
    page.go_back()
    page.wait_for_url(re.compile("(?<!delivery)$"))
    page.wait_for_function("() => document.querySelectorAll('.chips a').length === 1")
    page.go_forward()
    page.wait_for_function("() => document.querySelectorAll('.chips a').length === 2")
    page.click(".chips a >> nth=0")
    page.wait_for_function("() => document.querySelectorAll('.chips a').length === 1")
    assert faults(page) == []


def test_a_drag_zooms_into_the_days_it_covers(chart):
    page = chart()
    y = pixel(page, 5, 0)[1] - 60
    page.mouse.move(pixel(page, 5, 0)[0], y)
    page.mouse.down()
    page.mouse.move(pixel(page, 12, 0)[0], y, steps=4)
    assert page.locator(".selection").is_visible()
    page.mouse.up()
    page.wait_for_url("**/trends?**from=**")
    page.wait_for_function("() => document.querySelectorAll('#buckets tbody tr').length === 8")
    page.wait_for_function(DRAWN)
    days = page.locator("#buckets tbody th").all_inner_texts()
    assert asked(page)["from"][0] == days[-1][:10]
    page.go_back()
    page.wait_for_function("() => document.querySelectorAll('#buckets tbody tr').length > 20")
    assert faults(page) == []


def test_one_day_is_shown_hour_by_hour(chart):
    page = chart()
    page.focus("#plot")
    page.keyboard.press("End")
    page.keyboard.press("Shift+End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trends?**period=hour**")
    page.wait_for_function("() => document.querySelector('#plot').dataset.period === 'hour'")
    assert re.search(r"\d\d:00", page.locator("#buckets tbody th >> nth=0").inner_text())


def test_a_click_on_a_point_opens_as_many_tickets_as_it_says(chart):
    page = chart()
    groups = page.evaluate(f"() => {CHART}.getOption().series.map(({{id, data}}) => [id, data])")
    data = dict(groups)["product_quality"]
    at = len(data) - 2
    assert data[at] > 5
    page.mouse.click(*pixel(page, at, data[at]))
    page.wait_for_url("**/inbox?**")
    assert total(page) == data[at]
    assert asked(page)["also_issue"] == ["product_quality"]


def test_a_cell_of_the_table_opens_as_many_tickets_as_it_says(chart):
    page = chart(f"/trends?by=product&period=week&channel=web&from={SINCE}")
    cell = page.locator("#buckets tbody tr >> nth=1 >> td a").nth(1)
    said = int(cell.inner_text())
    cell.click()
    page.wait_for_url("**/inbox?**")
    assert total(page) == said


def test_the_keyboard_walks_the_chart_and_says_where_it_is(chart):
    page = chart()
    page.focus("#plot")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    first = page.inner_text("#readout")
    assert re.match(r"\d\d-\d\d · 产品质量 \d+ · [\d.]+% \[", first)
    page.keyboard.press("ArrowDown")
    assert page.inner_text("#readout") != first
    page.keyboard.press("ArrowUp")
    said = int(re.search(r"产品质量 (\d+)", page.inner_text("#readout"))[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox?**")
    assert total(page) == said


def test_shares_have_an_interval_and_lines_can_be_taken_off(chart):
    page = chart("/trends?show=shares")
    series = f"() => {CHART}.getOption().series.length"
    before = page.evaluate(series)
    page.click("#legend button >> nth=1")
    assert page.get_attribute("#legend button >> nth=1", "aria-pressed") == "false"
    assert page.evaluate(series) == before - 1
    bands = f"() => {CHART}.getOption().series.filter(one => one.stack).length"
    assert page.evaluate(bands) == 2


def test_what_was_expected_is_drawn_and_listed(chart):
    page = chart("/trends?key=product_quality")
    assert page.locator("#buckets td.alarm").count() >= 1
    bands = f"() => {CHART}.getOption().series.filter(one => one.stack === 'expected').length"
    assert page.evaluate(bands) == 2


def test_a_change_of_the_model_is_a_line_with_names_and_a_ratio(go):
    page = go("/overview")

    def with_break(route):
        reply = route.fetch()
        view = reply.json()
        told = {"before": "a" * 12, "after": "b" * 12, "name_before": "甲 1", "name_after": "乙 2"}
        overlap = {"since": view["buckets"][6], "n": 40, "done": 40, "finished": True}
        ratio = {"product_quality": {"ratio": 1.25, "low": 1.1, "high": 1.4}}
        mark = {"at": view["buckets"][10], **told, "overlap": overlap, "ratios": ratio}
        route.fulfill(response=reply, json={**view, "breaks": [mark]})

    page.route("**/v1/trends/counts**", with_break)
    page.click(".parts a[href^='/trends']")
    page.wait_for_function(DRAWN)
    marks = page.evaluate(f"() => {CHART}.getOption().series[0].markLine.data")
    assert [(one["xAxis"], one["name"]) for one in marks] == [(9.5, "甲 1 → 乙 2")]
    page.focus("#plot")
    page.keyboard.press("Home")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert "产品质量 ×1.25" in page.inner_text(".tip")
    assert faults(page) == []


def test_the_silent_majority_is_off_until_somebody_names_a_figure(go):
    page = go("/trends")
    assert page.locator("#silent .big").count() == 0
    page.click("#silent a[href*='assume=range']")
    page.wait_for_url("**assume=range**")
    assert re.search(r"[\d,]+ – [\d,]+", page.inner_text("#silent .big"))


# Files


def test_the_csv_holds_what_the_page_shows(chart):
    page = chart()
    with page.expect_download() as download:
        page.click("text=CSV")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    shown = page.locator("#groups tbody tr >> nth=0 >> td >> nth=0").inner_text()
    counted = sum(int(row["n"]) for row in rows if row["issue"] == "product_quality")
    assert counted == int(shown)


def test_the_picture_is_a_picture(chart):
    page = chart()
    with page.expect_download() as download:
        page.click("#png")
    held = Path(download.value.path()).read_bytes()
    assert held.startswith(b"\x89PNG")
    assert len(held) > 5000


# Without scripts, and on a phone


def test_without_scripts_there_are_the_tables_and_the_form_works(go):
    page = go("/trends", java_script_enabled=False)
    assert not page.locator("#plot").is_visible()
    assert page.locator("#buckets tbody tr").count() > 20
    page.select_option("select[name=by]", "region")
    page.click("#filters button")
    page.wait_for_url("**/trends?by=region&period=day&show=counts")
    assert "北京" in page.inner_text("#groups")


def test_a_tap_on_a_phone_says_what_is_there_and_links_to_the_tickets(chart):
    page = chart("/trends", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    x, y = pixel(page, 20, 1)
    page.touchscreen.tap(x, y)
    page.wait_for_selector("#readout a")
    assert "/trends" in page.url
    page.click("#readout a")
    page.wait_for_url("**/inbox?**")


# Overview


def test_today_is_unusual_where_it_is_and_leads_to_its_tickets(go):
    page = go("/overview")
    said = int(page.inner_text("#today .big strong"))
    page.click("#today .big a")
    page.wait_for_url("**/inbox?**")
    assert total(page) == said


def test_the_overview_leads_to_the_course_of_an_issue(go):
    page = go("/overview")
    page.click("#today tbody tr >> nth=0 >> text=走势")
    page.wait_for_url("**/trends?**key=product_quality")
    assert "预期" in page.inner_text("#buckets thead")


def test_what_emerges_has_terms_examples_and_is_judged_by_a_click(go):
    page = go("/overview")
    card = page.locator("#emerging li.card").first
    assert "充电宝" in card.locator(".term").first.inner_text()
    assert card.locator(".examples li").count() == 3
    assert card.locator("a[href^='/tickets/']").first.is_visible()
    before = page.locator("#emerging li.card").count()
    card.locator("button[value=useful]").click()
    page.wait_for_function(
        f"() => document.querySelectorAll('#emerging li.card').length === {before - 1}"
    )


# Topics


def test_a_topic_is_renamed_and_counts_its_tickets(go):
    page = go("/topics")
    said = int(page.locator("#topics tbody tr >> nth=0 >> td.number a").inner_text())
    page.click("#topics tbody tr >> nth=0 >> th a")
    page.wait_for_url("**/topics/*")
    page.fill("#deeds input[name=name]", "大家都满意")
    page.click("#deeds button >> nth=0")
    page.wait_for_function("() => document.querySelector('h1').textContent.includes('大家都满意')")
    assert "改名" in page.inner_text("#history")
    page.click("a[href^='/inbox'] >> nth=1")
    page.wait_for_url("**/inbox?**")
    assert total(page) == said
    assert faults(page) == []


def test_topics_are_merged_hidden_and_shown_without_scripts(go):
    page = go("/topics", java_script_enabled=False)
    before = page.locator("#topics tbody tr").count()
    page.click("#topics tbody tr >> nth=1 >> th a")
    moved = page.url.rpartition("/")[2]
    page.click("#deeds form[action$=merge] button")
    page.wait_for_url("**/topics/*")
    page.click(f"form[action='/topics/{moved}/split'] button")
    page.wait_for_url(f"**/topics/{moved}")
    page.click("#deeds form[action$=hidden] button")
    page.click(".parts a[href^='/topics']")
    assert page.locator("#topics tbody tr").count() == before - 1
    page.click("text=也看隐藏的")
    page.click("tr.hidden-topic th a")
    page.click("#deeds form[action$=hidden] button")
    page.click(".parts a[href^='/topics']")
    assert page.locator("#topics tbody tr").count() == before
