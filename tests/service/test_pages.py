import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest


class Page(HTMLParser):
    """The tags of a page, each with its attributes, and the addresses it refers to."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def having(self, attribute):
        return [(tag, attrs) for tag, attrs in self.tags if attribute in attrs]

    @property
    def addresses(self):
        return [attrs[key] for key in ("src", "href") for _, attrs in self.having(key)]


@pytest.fixture
def page(client):
    reply = client.get("/")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return Page(reply.text)


@pytest.fixture
def script(client):
    return client.get("/static/fenzhen.js").text


def test_the_page_is_chinese_and_has_a_title(client, page):
    assert dict(page.tags)["html"]["lang"] == "zh-CN"
    assert "<title>分诊" in client.get("/").text


def test_the_page_fits_a_phone(page):
    (viewport,) = [attrs for _, attrs in page.tags if attrs.get("name") == "viewport"]
    assert "width=device-width" in viewport["content"]


def test_everything_the_page_refers_to_is_there(client, page):
    assert len(page.addresses) >= 4
    for address in page.addresses:
        assert client.get(address).status_code == 200, address


def test_the_page_refers_to_no_other_host(page, client, script):
    assert not any(urlsplit(address).netloc for address in page.addresses)
    css = client.get("/static/fenzhen.css").text
    assert not any(re.search(r"https?://|@import", text) for text in (script, css))


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_description_of_the_api_needs_no_other_host(client, path):
    reply = client.get(path)
    hosts = {urlsplit(address).netloc for address in Page(reply.text).addresses}
    assert reply.status_code == 404 or hosts <= {""}


def test_every_chinese_word_of_the_page_has_its_english_one(page):
    assert len(page.having("data-zh")) >= 10
    for _, attrs in page.having("data-zh"):
        assert attrs["data-en"].strip()
    for _, attrs in page.having("data-zh-placeholder"):
        assert attrs["data-en-placeholder"].strip()


def test_every_place_the_script_fills_is_on_the_page(page, script):
    wanted = set(re.findall(r'\$\("([\w-]+)"\)', script))
    assert len(wanted) >= 8
    assert wanted <= {attrs["id"] for _, attrs in page.having("id")}


def test_no_id_stands_twice_on_the_page(page):
    ids = [attrs["id"] for _, attrs in page.having("id")]
    assert len(ids) == len(set(ids))


def test_the_field_for_the_text_has_a_label(page):
    (field,) = [attrs["id"] for tag, attrs in page.tags if tag == "textarea"]
    assert [attrs["for"] for tag, attrs in page.tags if tag == "label"] == [field]


def test_an_error_is_announced_to_those_who_cannot_see_it(page):
    assert [attrs["id"] for _, attrs in page.having("role") if attrs["role"] == "alert"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("fenzhen.js", "javascript"), ("fenzhen.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_a_static_file_is_served_as_what_it_is(client, name, kind):
    reply = client.get(f"/static/{name}")
    assert reply.status_code == 200
    assert kind in reply.headers["content-type"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fx"])
def test_nothing_outside_the_static_folder_is_served(client, path):
    assert client.get(path).status_code == 404


def test_pages_are_no_part_of_the_api(client):
    assert "/" not in client.get("/openapi.json").json()["paths"]


def test_the_page_is_there_before_the_model_is_loaded():
    from starlette.testclient import TestClient

    from service.app import create_app

    assert TestClient(create_app()).get("/").status_code == 200
