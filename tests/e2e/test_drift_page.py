"""`/drift` in a browser: bars, a click that opens the cells, small screens, contrast."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.desk.commands import OpenTicket
from tests.e2e.conftest import own_settings, serving, watched

pytestmark = pytest.mark.browser

LATE, GLAD = "快递还没收到", "很满意，谢谢"
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def fill(desk):
    """Fill twelve weeks in two channels; deliveries are late from the ninth on."""
    now = datetime.now(UTC)
    commands = [
        OpenTicket(
            "person:x",
            now - timedelta(weeks=week),
            text=LATE if number < (20 if week < 4 else 4) else GLAD,
            external_id=f"{channel}-{week}-{number}",
            channel=channel,
        )
        for week in range(12, -1, -1)
        for channel in ("web", "小程序")
        for number in range(40)
    ]
    assert not [one for one in desk.run(commands) if isinstance(one, Exception)]


@pytest.fixture(scope="module")
def drift(keyword_engine, tmp_path_factory):
    """The address of the page of a desk on which something changed."""
    from service.app import create_app

    app = create_app(keyword_engine, own_settings(tmp_path_factory.mktemp("drift")))
    with serving(app) as address:
        fill(app.state.fenzhen.runtime.desk)
        yield f"{address}/drift"


@pytest.fixture
def go(browser, drift):
    """Open the page in a browser of its own."""
    with contextlib.ExitStack() as stack:

        def open_page(size="desktop", **options):
            page = watched(browser, stack, viewport=SIZES[size], **options)
            page.goto(drift)
            return page

        yield open_page


def test_the_page_opens_without_an_error_and_asks_no_other_host(go, drift):
    page = go()
    page.wait_for_load_state("networkidle")
    assert page.seen.console == page.seen.crashes == []
    assert all(url.startswith(drift.removesuffix("/drift")) for url in page.seen.asked)


def test_an_alert_is_red_and_a_calm_week_is_not(go):
    page = go()
    red, calm = (
        page.evaluate(f"() => getComputedStyle(document.querySelector('.weeks .{state}')).fill")
        for state in ("alert", "steady")
    )
    assert red == "rgb(190, 18, 60)"
    assert calm != red


def test_the_keyboard_opens_the_cells_then_and_now(go):
    page = go()
    cells = page.locator("[id='m-issue:delivery'] table")
    assert not cells.is_visible()
    page.focus("[id='m-issue:delivery'] summary")
    page.keyboard.press("Enter")
    assert cells.is_visible()
    assert "50.0%" in cells.inner_text()


def test_a_channel_is_a_click_away(go):
    page = go()
    page.click("nav[aria-label='渠道 channels'] >> text=小程序")
    page.wait_for_url("**/drift?channel=*")
    assert page.locator("[id='m-issue:delivery']").count() == 1


@pytest.mark.parametrize("size", SIZES)
def test_the_page_needs_no_scrolling_sideways(go, size):
    page = go(size)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read(go, scheme):
    page = go(color_scheme=scheme)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    assert page.evaluate(script) == []
