import contextlib
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import own_settings, serving, watched
from tests.e2e.desk import HOSTILE, fill
from tests.service.models.deaf import deaf
from tests.service.models.registry import Models
from triage.registry.shadowing import start_shadow
from triage.resources import default_model

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TEXTS = """() => [...document.querySelectorAll('.message .text')].map(text => {
    const copy = text.cloneNode(true);
    copy.querySelectorAll('sup').forEach(label => label.remove());
    return copy.textContent;
})"""
SHADOW = "/models/shadow"
MODELS = ("/models", SHADOW)
PAGES = ("/inbox", "/tickets/{fridge}", "/review", "/rules", "/tasks", "/customers/c-1", "/try")
EVERY = (*PAGES, *MODELS)


class Desk:
    """A running service with tickets on its desk."""

    def __init__(self, app, address):
        self.app, self.address = app, address
        self.models = Models(app.state.fenzhen.settings.models, default_model())
        with pytest.MonkeyPatch.context() as patch:
            self.ids = self._watched(patch)

    def _watched(self, patch):
        """Fill the desk while a candidate judges that knows no late deliveries."""
        for name in ("before", "candidate"):
            self.models.add(name)
        self.models.champion("before")
        start_shadow(self.models.root, "candidate", by="林晓")
        engine = deaf(self.models.hash("candidate"))
        patch.setattr("service.models.shadow.load_warm", lambda *_: engine)
        ids = fill(self.desk)
        self.app.state.fenzhen.runtime.shadow()
        return ids

    @property
    def desk(self):
        return self.app.state.fenzhen.runtime.desk

    def case(self, name):
        return self.desk.load(self.ids[name])


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    from service.app import create_app
    from triage import Triage

    app = create_app(Triage.load(), own_settings(tmp_path_factory.mktemp("desk")))
    with serving(app) as address:
        yield Desk(app, address)


@pytest.fixture
def go(browser, desk):
    """Open a page of the desk in a browser of its own."""
    with contextlib.ExitStack() as stack:

        def open_page(path, viewport=DESKTOP, **options):
            page = watched(browser, stack, viewport=viewport, **options)
            page.goto(desk.address + path.format(**desk.ids))
            return page

        yield open_page


def fault_free(page):
    return page.seen.console == [] and page.seen.crashes == []


# Every page


@pytest.mark.parametrize("path", EVERY)
def test_a_page_opens_without_an_error_and_asks_no_other_host(go, desk, path):
    page = go(path)
    page.wait_for_load_state("networkidle")
    assert fault_free(page)
    assert len(page.seen.asked) >= 3
    assert all(url.startswith(f"{desk.address}/") for url in page.seen.asked)


@pytest.mark.parametrize("width", [360, 390, 768])
@pytest.mark.parametrize("path", [*EVERY, "/tickets/{hostile}", "/login"])
def test_no_page_needs_scrolling_sideways(go, path, width):
    page = go(path, viewport={"width": width, "height": 780})
    for details in page.query_selector_all("main details:not(.chip)"):
        details.evaluate("node => node.open = true")
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("path", ["/inbox", "/tickets/{fridge}", "/review", *MODELS])
def test_every_field_and_button_has_a_name(go, path):
    page = go(path)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('main input:not([type=hidden]), main select,'
            + ' main textarea, main button, main a')].filter(node =>
            !(node.labels && node.labels.length) && !node.getAttribute('aria-label')
            && !node.textContent.trim()).map(node => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/inbox", "/tickets/{fridge}", *MODELS])
def test_words_stand_out_from_their_ground(go, path, scheme):
    page = go(path, color_scheme=scheme)
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    assert page.evaluate(script) == []


def test_focus_can_be_seen(go):
    page = go("/inbox")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    style = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(style) == "solid"


# Inbox


def test_the_inbox_on_a_desktop_and_on_a_phone(go):
    page = go("/inbox")
    assert page.locator(".ticket").count() == 8
    phone = go("/inbox", viewport=PHONE, is_mobile=True, has_touch=True)
    assert phone.locator(".ticket").first.is_visible()


def test_clocks_run_by_themselves(go):
    page = go("/inbox")
    clock = page.locator("time[data-due]").first
    assert re.match("(还剩|超时) ", clock.inner_text())
    clock.evaluate("node => node.dataset.due = new Date(Date.now() + 3000).toISOString()")
    page.wait_for_function(
        "() => document.querySelector('time[data-due]').textContent == '还剩 2 秒'"
    )
    page.wait_for_function(
        "() => document.querySelector('time[data-due]').textContent.startsWith('超时')"
    )
    assert "late" in clock.get_attribute("class")


def test_the_browser_says_times_as_the_server_does(go):
    page = go("/inbox")
    before = page.evaluate(
        "() => [...document.querySelectorAll('time[data-due]')].map(t => t.textContent)"
    )
    raw = page.request.get(page.url).text()
    served = re.findall(r"<time class=\"clock[^>]*>([^<]*)<", raw)
    coarse = [re.sub(r"\d+ (分|秒)", "", text) for text in before]
    assert coarse == [re.sub(r"\d+ (分|秒)", "", text) for text in served]


def test_a_choice_filters_at_once_and_stands_in_the_address(go, desk):
    page = go("/inbox")
    page.click("#filters summary")
    with page.expect_response("**/inbox?**"):
        page.select_option("select[name=issue]", "product_quality")
    page.wait_for_url("**/inbox?issue=product_quality")
    page.wait_for_function("() => document.querySelectorAll('.ticket').length < 8")
    assert page.locator(f"#open-{desk.ids['glass']}").is_visible()
    page.reload()
    assert page.locator("select[name=issue]").input_value() == "product_quality"


def test_the_refresh_brings_new_tickets_and_keeps_place_and_focus(go, desk):
    page = go("/inbox", viewport={"width": 1280, "height": 400})
    link = f"#open-{desk.ids['kettle']}"
    page.focus(link)
    page.evaluate("() => window.scrollTo(0, 300)")
    page.evaluate("() => document.querySelector('#list').dataset.old = '1'")
    # What the timer does every 15 seconds, without waiting for it.
    how = "{source: '#list', target: '#list', select: '#list', swap: 'outerHTML show:none'}"
    page.evaluate(f"() => htmx.ajax('GET', location.pathname, {how})")
    page.wait_for_function("() => !document.querySelector('#list').dataset.old")
    assert page.evaluate("() => window.scrollY") == 300
    assert page.evaluate("() => document.activeElement.id") == link[1:]
    assert page.get_attribute("#list", "hx-trigger") == "every 15s"
    assert fault_free(page)


# Models


def test_disagreements_are_reached_and_filtered_by_the_keyboard(go, desk):
    page = go("/models")
    page.focus("a[href='/models/shadow']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/shadow")
    assert page.locator("#disagreements a[href^='/tickets/']").count() > 2
    page.focus("select[name=label]")
    for key in (*["ArrowDown"] * 3, "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/models/shadow?label=delivery&field=")
    left = page.locator("#disagreements li", has_text="少 lost 物流配送")
    assert left.count() == page.locator("#disagreements li").count() > 0
    assert fault_free(page)


# Ticket


def test_a_ticket_on_a_desktop_and_on_a_phone(go):
    page = go("/tickets/{fridge}")
    assert page.locator(".message").count() == 3


@pytest.mark.parametrize("name", ["late", "hostile", "fridge", "rude"])
def test_the_conversation_reads_as_it_was_written(go, desk, name):
    page = go(f"/tickets/{{{name}}}")
    assert page.evaluate(TEXTS) == [message.text for message in desk.case(name).messages]
    assert page.locator("mark").count() > 0


def test_a_mark_is_the_stretch_that_the_verdict_quotes(go, desk):
    page = go("/tickets/{hostile}")
    quotes = {item["text"] for item in desk.case("hostile").verdict.body["evidence"]}
    marked = page.evaluate(
        """() => [...document.querySelectorAll('mark')].map(mark => {
            const copy = mark.cloneNode(true);
            copy.querySelectorAll('sup').forEach(label => label.remove());
            return copy.textContent;
        })"""
    )
    assert quotes
    assert all(quote in "".join(marked) for quote in quotes)


def test_hostile_text_is_never_run(go):
    for path in ("/inbox", "/tickets/{hostile}", "/customers/c-2", "/review", SHADOW):
        page = go(path)
        assert page.evaluate("() => window.hacked") is None
        assert page.locator("main img").count() == 0
        assert fault_free(page)
    assert HOSTILE[:10] in go("/inbox").content().replace("&gt;", ">").replace("&lt;", "<")


def test_a_label_is_corrected_in_two_clicks(go, desk):
    page = go("/tickets/{glass}")
    page.click("#chip-urgency summary")
    page.click("#chip-urgency button[value='urgency=2']")
    page.wait_for_function("() => document.querySelector('#done').textContent.includes('改判')")
    case = desk.case("glass")
    assert (case.ticket.urgency, case.events[-1].actor) != (3, "system")
    told = [event for event in case.events if event.kind == "label.corrected"]
    assert told[-1].data == {"changes": {"urgency": [3, 2]}, "reason": "wrong_urgency"}
    assert "人工改过" in page.inner_text(".right")
    assert page.url.endswith(desk.ids["glass"])
    assert fault_free(page)


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(go):
    page = go("/tickets/{late}")
    page.click("#chip-queue summary")
    page.keyboard.press("Escape")
    assert page.locator("details.chip[open]").count() == 0
    assert page.evaluate("() => document.activeElement.closest('details').id") == "chip-queue"
    page.click("#chip-sentiment summary")
    page.click("#h-talk")
    assert page.locator("details.chip[open]").count() == 0


def test_a_reply_stays_on_the_page_and_its_promise_is_marked(go, desk):
    page = go("/tickets/{unsure}")
    page.fill("#reply-text", "谢谢告知，明天给您回电。")
    page.click("#reply button")
    page.wait_for_selector("mark.l-promise")
    assert page.evaluate("() => document.activeElement.id") == "done"
    assert "明天给您回电" in page.inner_text(".right")
    assert desk.case("unsure").promises
    page.click(".log > summary")
    assert "作出承诺" in page.inner_text(".log")


def test_what_cannot_be_done_is_said_above_the_page(go, desk):
    page = go("/tickets/{late}")
    page.evaluate("() => document.querySelector('[name=verdict_id]').value = 'v_old'")
    page.click("#chip-issue-delivery summary")
    page.click("#chip-issue-delivery button >> nth=0")
    page.wait_for_selector("#problem.problem")
    assert "judged anew" in page.inner_text("#problem")
    assert page.locator("#ticket").is_visible()
    assert page.seen.crashes == []


def test_the_forms_work_without_scripts(go, desk):
    page = go("/tickets/{kettle}", java_script_enabled=False)
    page.click("#chip-sentiment summary")
    page.click("#chip-sentiment button[value='sentiment=1']")
    page.wait_for_url("**done=correct")
    assert "改判已保存" in page.inner_text("#done")
    assert desk.case("kettle").ticket.sentiment == 1
    assert re.match("还剩|超时|不计时", page.inner_text(".clock >> nth=0"))


def test_the_follow_up_call_is_noted_and_stands_in_the_customers_file(go, desk):
    page = go("/tasks")
    page.click("#calls a")
    page.check("#follow-up input[value=satisfied]")
    page.fill("#call-expected", "8")
    page.fill("#call-perceived", "6")
    page.click("#follow-up button")
    page.wait_for_function("() => document.querySelector('#done').textContent.includes('回访')")
    assert desk.case("rude").ticket.status == "closed"
    assert "75%" in go("/customers/c-3").inner_text(".right")


def test_the_print_of_a_ticket_has_no_forms(go):
    page = go("/tickets/{fridge}")
    page.emulate_media(media="print")
    assert not page.is_visible(".deeds") and not page.is_visible(".top")
    assert page.is_visible(".talk")


# Review


@pytest.fixture
def review(go, desk):
    page = go("/review")
    ids = [item for item in desk.ids if desk.case(item).ticket.review]
    assert len(ids) >= 2, ids
    return page


def shown_ticket(page):
    return page.get_attribute("#judge", "action").rpartition("/")[2]


def test_keys_choose_what_they_name_and_turn_the_pages(review):
    first = shown_ticket(review)
    box = review.locator("[data-key='3']")
    was = box.is_checked()
    review.keyboard.press("3")
    assert box.is_checked() != was
    for key in "rgq":
        review.keyboard.press(key)
        assert review.locator(f"[data-key='{key}']").is_checked()
    review.keyboard.press("j")
    review.wait_for_url("**/review?ticket=**")
    assert shown_ticket(review) != first
    review.keyboard.press("k")
    review.wait_for_function(f"() => document.querySelector('#judge').action.endsWith('{first}')")
    review.keyboard.press("?")
    assert review.locator("#help[open]").count() == 1


def test_enter_keeps_the_judgement_and_shows_the_next(review, desk):
    first = shown_ticket(review)
    review.keyboard.press("w")
    review.keyboard.press("Enter")
    review.wait_for_url("**/review?done=1**")
    assert review.locator(f"#judge[action$='{first}']").count() == 0
    case = desk.desk.load(first)
    assert (case.ticket.urgency, case.ticket.review) == (1, False)
    assert review.seen.crashes == []


# The other pages


@pytest.mark.parametrize("path", ["/rules", "/tasks"])
def test_the_other_pages_can_be_looked_at(go, path):
    page = go(path)
    assert page.is_visible("h1")


def test_the_file_of_a_customer_leads_to_the_tickets(go, desk):
    page = go("/customers/c-1")
    page.click(f"a[href='/tickets/{desk.ids['fridge']}'] >> nth=0")
    page.wait_for_url(f"**/tickets/{desk.ids['fridge']}")
