from datetime import UTC, datetime, timedelta

from service.tickets.ids import first_id, made_at, new_id, same_moment


def test_an_identifier_tells_when_it_was_made():
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    assert before <= made_at(new_id("v")) <= datetime.now(UTC)


def test_the_first_identifier_of_a_moment_divides_what_came_before_from_what_came_after():
    now = datetime.now(UTC)
    early, late = first_id("v", now - timedelta(seconds=1)), first_id("v", now)
    assert early < late <= new_id("v")
    assert len(early) == len(new_id("v"))
    assert abs(made_at(late) - now) < timedelta(milliseconds=1)


def test_identifiers_of_two_kinds_are_compared_by_their_moment():
    message, verdict = new_id("m"), new_id("v")
    assert message < same_moment("m", verdict)
    assert same_moment("v", message) < verdict
    assert same_moment("v", verdict) == verdict
