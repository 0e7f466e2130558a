"""Whatever is asked in whatever order: the log tells the whole truth."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.db.tables import events
from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Correct,
    FinishFollowUp,
    Look,
    Merge,
    OpenTicket,
    Person,
    Reopen,
    Resume,
    Split,
    Tag,
    Wait,
)
from service.desk.snapshot import refresh
from service.routing.log import Kind
from tests.service.desk.conftest import ANNA
from triage import TriageError

TEXTS = [
    "快递没收到",
    "质量不好",
    "没人理我",
    "问题已经解决了，谢谢",
    "？？",
    "好的",
    "24小时内给您回电",
    "已经给您退款",
]
PLACES = st.integers(0, 2)


def on(kind, **fields):
    """A command on one of the tickets there are, whose id is put in later."""
    return st.tuples(st.just(kind), PLACES, st.fixed_dictionaries(fields))


MINUTES = st.integers(1, 3000).map(lambda n: ("forward", n, {}))
CHANGES = st.sampled_from(
    [{"issues": ["other"]}, {"urgency": 3}, {"queue": "service"}, {"issues": ["nope"]}, {}]
)
COMMANDS = st.one_of(
    on(OpenTicket, text=st.sampled_from(TEXTS), customer=st.sampled_from([None, Person("c1")])),
    on(
        AddMessage,
        text=st.sampled_from(TEXTS),
        author=st.sampled_from(["customer", "customer", "agent", "auto", "note"]),
        wait=st.booleans(),
        key=st.sampled_from([None, None, "k"]),
    ),
    on(Close),
    on(Reopen),
    on(Wait),
    on(Resume),
    on(Assign, owner=st.sampled_from(["林晓", None])),
    on(Tag, add=st.sampled_from([("a",), ("b", "c")]), remove=st.sampled_from([(), ("a",)])),
    on(Correct, changes=CHANGES, reason=st.just("other")),
    on(FinishFollowUp, outcome=st.sampled_from(["satisfied", "unsatisfied", "no_answer"])),
    on(Merge, source=PLACES),
    on(Split, source=PLACES),
    on(Look),
    MINUTES,
)


def command_of(kind, place, fields, ids):
    if kind is OpenTicket:
        return OpenTicket(ANNA, **fields)
    given_ = {key: ids[v] if key == "source" else v for key, v in fields.items()}
    return kind(ANNA, ticket_id=ids[place], **given_)


STATUS = {
    Kind.TICKET_WAITING: "waiting",
    Kind.TICKET_RESUMED: "open",
    Kind.TICKET_REOPENED: "open",
    Kind.TICKET_CLOSED: "closed",
    Kind.FOLLOW_UP_ASKED: "resolved",
    Kind.TICKET_MERGED_AWAY: "merged",
}
FIELDS = {
    Kind.QUEUE_CHANGED: "queue",
    Kind.SLA_CHANGED: "sla",
    Kind.OWNER_CHANGED: "owner",
    Kind.PRIORITY_CHANGED: "priority",
}


def status_after(event, before):
    if event.kind == Kind.TICKET_SPLIT and before == "merged":
        return "open"  # it is written on both; only the source stood elsewhere
    if event.kind == Kind.FOLLOW_UP_DONE and event.data["outcome"] == "satisfied":
        return "closed"
    return STATUS.get(event.kind, before)


def told(log):
    """The state of a ticket, told from its own events alone."""
    state = {"status": "open", "owner": None, "priority": 1, "reopened": 0, "sla": ""}
    for event in log:
        state["status"] = status_after(event, state["status"])
        state["reopened"] += event.kind == Kind.TICKET_REOPENED
        name = FIELDS.get(event.kind)
        if name in event.data:
            state[name] = event.data[name]
        if name == "queue":
            state["queue_by"] = event.actor
    return state


def tags_of(log):
    tags = set()
    for event in log:
        if event.kind == Kind.TAGS_CHANGED:
            tags = (tags | set(event.data["added"])) - set(event.data["removed"])
    return sorted(tags)


TELLING = ("waiting_since", "last_by", "due_at", "due_clock", "look_at", "breached", "neglected")


def check(desk, ticket_id):
    case = desk.load(ticket_id)
    assert [event.seq for event in case.events] == list(range(1, len(case.events) + 1))
    ticket = case.ticket
    state = told(case.events)
    assert {name: getattr(ticket, name) for name in state} == state
    assert ticket.tags == tags_of(case.events)
    kept = {name: getattr(ticket, name) for name in TELLING}
    refresh(case, desk.context())
    again = {name: getattr(ticket, name) for name in TELLING}
    if not any(e.kind == Kind.TICKET_MERGED for e in case.events):
        assert again == kept
    for name in ("kept", "broken"):
        settled = {e.data["promise"] for e in case.log if e.kind.value == f"promise.{name}"}
        assert {p.id for p in case.promises if p.state == name} <= settled


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COMMANDS, min_size=5, max_size=25), st.sampled_from([1, 4]))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_order_of_commands_breaks_the_log(desk, clock, wanted, at_once):
    ids = [desk.open(text, customer=Person("c1")).ticket.id for text in TEXTS[:3]]
    seen = {}
    while wanted:
        part, wanted = wanted[:at_once], wanted[at_once:]
        clock.at += timedelta(minutes=sum(n for kind, n, _ in part if kind == "forward"))
        commands = [command_of(*one, ids) for one in part if one[0] != "forward"]
        results = desk.run(commands)
        for result in results:
            assert not isinstance(result, TriageError) or result.code not in (
                "internal_error",
                "storage_unavailable",
            ), result
        rows = {row["id"]: row for row in desk.rows(events)}
        assert seen.items() <= rows.items()  # what was written stays as it was
        seen = rows
        desk.run([Look("system", ticket_id=one) for one in ids])
        for one in ids:
            check(desk, one)
        seen = {row["id"]: row for row in desk.rows(events)}
