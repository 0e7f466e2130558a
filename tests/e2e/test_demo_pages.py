"""The demo in the browser: what a newcomer sees, and the screenshots of docs/img.

`FENZHEN_SCREENSHOTS=1 pytest tests/e2e/test_demo_pages.py` writes the pictures.
"""

import contextlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e import trend_desk
from tests.e2e.conftest import own_settings, serving, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SINCE = (datetime.now(UTC) - timedelta(days=trend_desk.DAYS + 2)).date().isoformat()
# Read before the tests: they see no environment of the operator.
SCREENSHOTS = os.environ.get("FENZHEN_SCREENSHOTS") == "1"


class Demo:
    """A running service with the demo's 60 days on its desk, and ids by name of thread."""

    def __init__(self, app, address):
        from service.desk.demo import load_demo

        self.desk = app.state.fenzhen.runtime.desk
        load_demo(self.desk)
        self.address = address

    def ticket(self, name):
        from sqlalchemy import select

        from service.db.tables import tickets

        query = select(tickets.c.id, tickets.c.customer_id).where(tickets.c.external_id == name)
        with self.desk.database.connect() as connection:
            return connection.execute(query).one()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    from service.app import create_app
    from triage import Triage

    app = create_app(Triage.load(), own_settings(tmp_path_factory.mktemp("demo")))
    with serving(app) as address:
        yield Demo(app, address)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """The address of the demo with sixty days of shorter tickets besides: enough to count."""
    from service.app import create_app
    from service.desk.demo import load_demo
    from triage import Triage

    app = create_app(Triage.load(), own_settings(tmp_path_factory.mktemp("busy")))
    with serving(app) as address:
        load_demo(app.state.fenzhen.runtime.desk)
        trend_desk.fill(app.state.fenzhen.runtime)
        yield address


@pytest.fixture
def look(browser, demo, root):
    """Open a page of the demo, check it, and keep a picture of it where one is wanted."""
    with contextlib.ExitStack() as stack:

        def open_page(path, name, address=demo.address, **options):
            page = watched(browser, stack, **options)
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            assert page.seen.console == []
            assert page.seen.crashes == []
            if SCREENSHOTS:
                picture = root / "docs" / "img" / f"{name}.png"
                page.screenshot(path=picture)
                assert picture.stat().st_size < 300_000
            return page

        yield open_page


def test_the_inbox_is_alive(look):
    page = look("/inbox", "inbox", **DESKTOP)
    assert page.locator(".ticket").count() > 20
    look("/inbox", "inbox-phone", **PHONE)


def test_a_conversation_shows_its_evidence_and_its_promises(look, demo):
    ticket, customer = demo.ticket("demo-030")
    page = look(f"/tickets/{ticket}", "ticket", **DESKTOP)
    assert page.locator(".message").count() > 2
    assert page.locator(".message mark").count() > 0
    look(f"/tickets/{ticket}", "ticket-phone", **PHONE)
    look(f"/customers/{customer}", "customer", **DESKTOP)


@pytest.mark.parametrize("name", ["review", "tasks", "rules"])
def test_the_other_pages_have_something_to_show(look, name):
    page = look(f"/{name}", name, **DESKTOP)
    assert len(page.inner_text("main")) > 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/overview", "overview"),
        ("/trends?key=product_quality", "trends"),
        ("/topics", "topics"),
        (f"/drivers?from={SINCE}", "drivers"),
        (f"/quality?from={SINCE}", "quality"),
    ],
)
def test_the_pages_of_trends_have_something_to_show(look, busy, path, name):
    page = look(path, name, busy, **DESKTOP)
    assert page.locator("main tbody tr").count() > 2


def test_the_chart_fits_a_phone(look, busy):
    page = look("/trends", "trends-phone", busy, **PHONE)
    assert page.locator("#plot canvas").is_visible()
