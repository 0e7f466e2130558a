from datetime import UTC, datetime

import pytest

from service.routing.facts import Facts
from triage import Feedback, InputError, Triage
from triage.records import Evidence, Finding, ModelName, Reading, Verdict


def verdict(**changed):
    reading = Reading(
        signals=(Finding("legal", "起诉", 0, 2), Finding("waiting", "三天", 3, 5, 3.0)),
        remedy=(Finding("refund", "退款", 6, 8),),
        stage="after_sale",
        entities=(
            Finding("person", "张师傅", 0, 3, None),
            Finding("staff_number", "工号1024", 3, 9, "1024"),
            Finding("staff_number", "2048", 9, 13, "2048"),
        ),
    )
    given = {
        "id": "a1",
        "issues": ("staff_attitude",),
        "suggested": ("delivery",),
        "scores": {"staff_attitude": 0.9},
        "sentiment": 1,
        "sentiment_score": -0.9,
        "urgency": 2,
        "urgency_scores": (0, 0, 1, 0),
        "review_reasons": ("unsure",),
        "evidence": (Evidence("staff_attitude", "骂人", 0, 2, 1.0),),
        "script": "hans",
        "model": ModelName("m", "1", "h"),
        "reading": reading,
    }
    return Verdict(**given | changed)


def test_a_verdict_becomes_facts():
    facts = Facts.of(verdict(), event="message.received", tier="vip", repeats=2)
    assert (facts.id, facts.event, facts.tier, facts.repeats) == (
        "a1",
        "message.received",
        "vip",
        2,
    )
    assert facts.issues == {"staff_attitude"}
    assert facts.suggested == {"delivery"}
    assert facts.scores == {"staff_attitude": 0.9}
    assert (facts.sentiment, facts.urgency, facts.review, facts.in_scope) == (1, 2, True, True)
    assert (facts.signals, facts.remedy) == ({"legal", "waiting"}, {"refund"})
    assert (facts.stage, facts.script) == ("after_sale", "hans")
    assert facts.entities == {"person": ("张师傅",), "staff_number": ("1024", "2048")}


def test_a_verdict_and_its_json_form_make_the_same_facts():
    assert Facts.of(verdict()) == Facts.of(verdict().to_dict())


def test_what_is_known_besides_wins_over_the_verdict():
    corrected = Facts.of(verdict(), issues=frozenset({"delivery"}))
    assert corrected.issues == {"delivery"}


def test_the_verdict_of_the_real_engine_can_be_taken():
    facts = Facts.of(Triage.load()(Feedback("a", "等了三天还没发货")), text="等了三天还没发货")
    assert "delivery" in facts.issues
    assert "waiting" in facts.signals


def test_traditional_text_and_names_are_kept_in_simplified_characters():
    facts = Facts(text="還沒發貨", entities={"person": ("張師傅",)})
    assert facts.text == "还没发货"
    assert facts.entities == {"person": ("张师傅",)}


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InputError, match="no time zone"):
        Facts(at=datetime(2026, 3, 1, 23))
    assert Facts(at=datetime(2026, 3, 1, 23, tzinfo=UTC)).at is not None


def test_a_mapping_that_is_no_verdict_names_what_it_lacks():
    with pytest.raises(InputError, match="'sentiment'"):
        Facts.of({"issues": []})
