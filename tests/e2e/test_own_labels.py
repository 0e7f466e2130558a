"""Pages of a desk whose model has more labels than the box, two levels of them."""

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import update

from service.db.tables import tickets
from service.desk.commands import OpenTicket
from tests.e2e.conftest import own_settings, serving, watched
from tests.own_labels import CHILD, engine_of, example
from triage.taxonomy import Label, Taxonomy

pytestmark = pytest.mark.browser

MORE = tuple(Label(f"more_{k}", f"其他问题{k}", f"More {k}", phrases=(f"词{k}",)) for k in range(9))
LABELS = Taxonomy((*example().labels, *MORE))
TEXT = "充电宝充一会儿就发烫，太贵，快递没到，没人理，不耐烦，发票没给，" + "，".join(
    label.phrases[0] for label in MORE
)
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The address of a desk with one ticket that has every label, and the ticket's id."""
    from service.app import create_app

    app = create_app(engine_of(LABELS), own_settings(tmp_path_factory.mktemp("own")))
    with serving(app) as address:
        runtime = app.state.fenzhen.runtime
        ticket = runtime.desk.do(OpenTicket("system", text=TEXT)).ticket_id
        with runtime.database.begin() as connection:
            connection.execute(update(tickets).values(review=True))
        yield address, ticket


@pytest.fixture
def go(browser, place):
    """Open a page of the desk."""
    address, ticket = place
    with contextlib.ExitStack() as stack:

        def open_page(path, **options):
            page = watched(browser, stack, **options)
            page.goto(address + path.format(ticket=ticket))
            return page

        yield open_page


def judge(page):
    page.fill("#text", TEXT)
    page.click("button.primary")
    page.wait_for_selector("#result:visible")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/inbox", "/tickets/{ticket}", "/review", "/rules", "/try"])
def test_every_label_stands_out_from_its_ground(go, path, scheme):
    page = go(path, color_scheme=scheme)
    if path == "/try":
        judge(page)
    assert page.evaluate(CONTRAST) == []
    assert page.seen.crashes == page.seen.console == []


def test_each_label_has_a_colour_and_a_child_has_that_of_its_parent(go):
    page = go("/tickets/{ticket}")
    tint = (
        "(nodes) => Object.fromEntries(nodes.map(n => [n.textContent, getComputedStyle(n).color]))"
    )
    colours = page.eval_on_selector_all(".labels .tag[class*='l-']", tint)
    assert colours["过热"] == colours["产品质量"]
    assert len(set(colours.values())) >= 5 + 8


def test_the_start_page_has_the_colours_of_the_desk(go):
    mark = "(node) => getComputedStyle(node).color"
    started = judge(go("/try"))
    assert started.locator("#issues tr").count() == len(LABELS.codes)
    for name in ("发票开具", "其他问题3"):
        own = started.locator("#marked sup", has_text=name).first.evaluate(mark)
        desk = go("/tickets/{ticket}").locator(".tag", has_text=name).first.evaluate(mark)
        assert own == desk


def test_on_the_start_page_a_child_stands_below_its_parent(go):
    rows = judge(go("/try")).locator("#issues td.name").all_inner_texts()
    assert rows[:2] == ["产品质量", "过热"]


def test_a_child_is_ticked_by_its_key_and_brings_its_parent(go, place):
    page = go("/review")
    box = page.locator(f'input[value="{CHILD}"]')
    key = box.get_attribute("data-key")
    assert box.is_checked()
    page.keyboard.press(key)
    assert not box.is_checked()
    page.keyboard.press(key)
    assert box.is_checked()
    assert (
        page.locator("label.within").bounding_box()["x"]
        > (page.locator("label.check.wide").first.bounding_box()["x"])
    )


def test_nothing_runs_over_the_edge_of_a_phone(go):
    for path in ("/inbox", "/tickets/{ticket}", "/review"):
        page = go(path, viewport={"width": 360, "height": 740}, is_mobile=True)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
