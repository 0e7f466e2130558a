"""The review page says why a ticket was selected to be labelled."""

import pytest

from service.desk.commands import Close, SelectForReview
from tests.service.web_desk import Pages

WHY = "随机抽查，每条被抽中的机会都是 0.01"


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def ticket(pages):
    """A closed ticket that was selected."""
    found = pages.open("快递还没收到")
    for command in (
        Close("person:x", ticket_id=found),
        SelectForReview("person:x", ticket_id=found, zh=WHY, en="random audit", strategy="audit"),
    ):
        assert not isinstance(pages.desk.do(command), Exception)
    return found


def test_the_lead_sees_why_on_the_review_page_and_on_the_ticket(pages, ticket):
    for path in ("/review", f"/tickets/{ticket}"):
        words = pages.words(path)
        assert f"选来标注：{WHY}" in words
        assert "selected: random audit" in words
    assert "规则要求人工复核" not in pages.words("/review")
    assert "选来标注" in pages.words(f"/tickets/{ticket}")


def test_after_a_persons_word_it_is_gone(pages, ticket):
    verdict = pages.ticket(ticket).verdict.id
    fields = {"verdict_id": verdict, "issues": "delivery", "then": ""}
    reply = pages.client.post(f"/review/{ticket}", data=fields, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    assert ticket not in pages.get("/review")
    assert f"选来标注：{WHY}" not in pages.words(f"/tickets/{ticket}")
