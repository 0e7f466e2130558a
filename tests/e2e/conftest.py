"""A real server on this machine and a real browser that looks at it."""

import contextlib
import shutil
import socket
import threading
import time
from dataclasses import dataclass, field

import pytest

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium():
    return shutil.which("chromium", path="/usr/bin") or shutil.which("chromium")


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    path = chromium()
    if path is None:
        pytest.skip("Chromium is not installed")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@contextlib.contextmanager
def serving(app):
    """Serve an application at a free port; yields its address."""
    import uvicorn

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def own_settings(folder, **settings):
    """Settings of a service that keeps all it has in a folder and runs no jobs."""
    from service.settings import Settings

    url = f"sqlite:///{folder}/t.db"
    own = {"database_url": url, "secret_file": folder / "key", "models": folder / "models"}
    return Settings(**own, jobs=False, **settings)


@pytest.fixture(scope="module")
def address(keyword_engine, tmp_path_factory):
    """The address of a running service whose verdicts are known words."""
    from service.app import create_app

    folder = tmp_path_factory.mktemp("service")
    with serving(create_app(keyword_engine, own_settings(folder))) as found:
        yield found


@dataclass
class Seen:
    """What went wrong on a page, and which addresses it asked."""

    console: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser, address):
    """Open the page in a browser of its own; the page carries what was `seen` on it."""
    with contextlib.ExitStack() as stack:

        def open_page(path="/", **options):
            page = watched(browser, stack, **options)
            with page.expect_response("**/v1/labels"):
                page.goto(address + path)
            return page

        yield open_page


def watched(browser, stack, **options):
    """Return a page in a browser of its own that carries what was `seen` on it."""
    context = browser.new_context(**options)
    stack.callback(context.close)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.seen = Seen()
    page.on("console", lambda said: _note(page.seen, said))
    page.on("pageerror", lambda error: page.seen.crashes.append(str(error)))
    page.on("request", lambda request: page.seen.asked.append(request.url))
    return page


def _note(seen, said):
    if said.type in ("error", "warning"):
        seen.console.append(said.text)


@pytest.fixture
def page(visit):
    return visit()


@pytest.fixture
def phone(visit):
    return visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)


@pytest.fixture
def judge():
    """Paste a text into a page, press the button, wait for the answer."""

    def press(page, text):
        page.fill("#text", text)
        with page.expect_response("**/v1/triage") as answer:
            page.click("button.primary")
        page.wait_for_selector("#result:visible, #problem:visible")
        return answer.value

    return press
