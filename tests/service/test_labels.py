import pytest

from service.app import create_app
from triage import ISSUES
from triage.scorers.keyword import WORDS, KeywordScorer


@pytest.fixture
def labels(client):
    reply = client.get("/v1/labels")
    assert reply.status_code == 200
    return reply.json()


def codes(items):
    return [item["code"] for item in items]


def test_every_issue_is_listed_in_the_order_of_the_model(labels):
    assert codes(labels["issues"]) == list(ISSUES)


def test_every_level_is_listed_from_the_lowest(labels):
    assert codes(labels["sentiment"]) == ["1", "2", "3", "4", "5"]
    assert codes(labels["urgency"]) == ["0", "1", "2", "3"]


def test_every_label_has_a_chinese_and_an_english_name(labels):
    for item in (*labels["issues"], *labels["sentiment"], *labels["urgency"]):
        assert any("\u4e00" <= char <= "\u9fff" for char in item["zh"])
        assert item["en"].isascii()
        assert item["en"] != ""


def test_no_two_labels_of_a_kind_have_the_same_name(labels):
    for kind in labels.values():
        for key in ("code", "zh", "en"):
            assert len({item[key] for item in kind}) == len(kind)


def test_whatever_a_verdict_holds_is_listed(client, labels):
    verdict = client.post("/v1/triage", json={"text": "快递没收到，质量差"}).json()
    assert set(verdict["scores"]) == set(codes(labels["issues"]))
    assert str(verdict["sentiment"]) in codes(labels["sentiment"])
    assert str(verdict["urgency"]) in codes(labels["urgency"])


def test_a_label_without_a_name_is_called_by_its_code(serve):
    scorer = KeywordScorer({**WORDS, "parking": ("停车",)})
    own = serve(scorer).get("/v1/labels").json()["issues"][-1]
    assert (own["code"], own["zh"], own["en"]) == ("parking", "parking", "parking")
    assert (own["parent"], own["description"]) == ("", "")


def test_labels_are_not_known_before_the_model_is_loaded():
    from starlette.testclient import TestClient

    from tests.service.conftest import problem

    assert problem(TestClient(create_app()).get("/v1/labels"), 503)["code"] == "bad_model"
