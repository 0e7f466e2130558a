"""The page that takes a file."""

import pytest

EXPORT = "编号,留言内容,手机\n1,等了三天还没发货,13800001111\n2,,\n3,<b>客服</b>骂人,\n"


@pytest.fixture
def send(client):
    def post(content, name="导出.csv", **fields):
        return client.post("/import", files={"file": (name, content)}, data=fields)

    return post


def test_a_file_becomes_tickets_and_the_page_says_how_many(send, client):
    page = send(EXPORT.encode("gb18030"))
    assert page.status_code == 200
    assert "新建 2 张，已有 0 张，拒收 1 行" in page.text
    assert "2：The text is empty." in page.text
    assert client.get("/v1/tickets").json()["total"] == 2
    assert "新建 0 张，已有 2 张" in send(EXPORT.encode("gb18030")).text


def test_columns_may_be_named(send):
    page = send("话,号\n坏了,7\n".encode(), text_field="话", id_field="号")
    assert "新建 1 张" in page.text


def test_a_file_that_is_none_is_told_with_what_to_do(send):
    page = send(b"x", name="a.exe")
    assert page.status_code == 400
    assert "Use a name that ends in" in page.text


def test_the_page_asks_for_a_file(client):
    assert 'type="file"' in client.get("/import").text


def test_a_page_of_another_site_cannot_send_a_file(client):
    reply = client.post(
        "/import",
        files={"file": ("a.csv", b"text\nx\n")},
        headers={"origin": "https://evil.example"},
    )
    assert reply.status_code == 403
    assert client.get("/v1/tickets").json()["total"] == 0
