"""Which urgency held when: what a rule raised is not lowered by a later verdict."""

from datetime import UTC, datetime, timedelta

from service.routing.log import Event, Kind
from service.routing.terms import Terms, TermsOverTime

START = datetime(2026, 3, 2, tzinfo=UTC)


def levels(*told):
    kinds = [(Kind.TICKET_CREATED, {}), *told]
    log = [
        Event(kind, START + timedelta(minutes=k), k, "t", "system", data)
        for k, (kind, data) in enumerate(kinds)
    ]
    terms = TermsOverTime(log, Terms("web"))
    return [terms.at(event.at).urgency for event in log[1:]]


def test_a_later_verdict_does_not_lower_what_a_rule_raised():
    verdict, raised = Kind.VERDICT_CHANGED, Kind.PRIORITY_CHANGED
    assert levels(
        (verdict, {"urgency": 1}), (raised, {"urgency": 2}), (verdict, {"urgency": 1})
    ) == [
        1,
        2,
        2,
    ]


def test_a_person_may_lower_it():
    raised, corrected = Kind.PRIORITY_CHANGED, Kind.LABEL_CORRECTED
    assert levels((raised, {"urgency": 3}), (corrected, {"changes": {"urgency": [3, 0]}})) == [3, 0]


def test_closing_ends_what_was_raised():
    verdict, raised = Kind.VERDICT_CHANGED, Kind.PRIORITY_CHANGED
    told = levels((raised, {"urgency": 3}), (Kind.TICKET_CLOSED, {}), (verdict, {"urgency": 1}))
    assert told[-1] == 1
