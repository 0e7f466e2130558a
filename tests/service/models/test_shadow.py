"""A candidate judges what the champion judged; it is compared, and nothing follows from it."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from service.db.analyst_tables import shadow_verdicts
from service.db.shadows import count_unseen, keep_shadows
from service.db.tables import (
    events,
    messages,
    outbox,
    ticket_issues,
    tickets,
    verdicts,
)
from service.desk.commands import Merge, Split
from service.models.loading import load_warm
from service.models.shadow import Shadow
from service.models.watch import Watch
from service.tickets.ids import first_id, made_at, new_id
from tests.service.desk.conftest import ANNA
from tests.service.models.deaf import deaf
from triage import Feedback, ModelName, Policy, Triage

LATE = "等了三天快递还没收到"
BROKEN = "打开一看质量太差"
RUDE = "客服态度恶劣还骂人"


@pytest.fixture
def shadow(models, make_desk):
    """A desk whose engine knows words, and a candidate that is deaf to deliveries."""
    return Shadowed(models, make_desk())


class Shadowed:
    def __init__(self, models, desk):
        self.models, self.desk = models, desk
        self.now = 0.0
        self.judge = self.job()

    def job(self):
        return Shadow(self.desk, self.models.root, Policy(), Watch(self.models.root, self.time))

    def time(self):
        return self.now

    def begin(self, monkeypatch, name="two"):
        """Start the shadow; its folder is `name`, its words are those of the deaf scorer."""
        engine = deaf(self.models.hash(name))
        monkeypatch.setattr("service.models.shadow.load_warm", lambda *_: engine)
        self.models.shadow(name, at=self.desk.now().isoformat())

    @property
    def rows(self):
        order = sorted(self.desk.rows(shadow_verdicts), key=lambda row: row["verdict_id"])
        return [dict(row) for row in order]

    @property
    def judged(self):
        return [row["verdict_id"] for row in self.rows]


@pytest.fixture
def begun(shadow, clock, monkeypatch):
    """A shadow that began before anything came in."""
    clock.at = made_at(new_id("v")) - timedelta(seconds=1)
    shadow.begin(monkeypatch)
    return shadow


# What is judged


def test_a_candidate_judges_what_the_champion_judged_and_says_where_it_differs(begun):
    late, broken = begun.desk.open(LATE + BROKEN), begun.desk.open(BROKEN)
    begun.judge()
    first, second = begun.rows
    assert (first["verdict_id"], second["verdict_id"]) == (late.verdict.id, broken.verdict.id)
    assert first["differs"][:2] == ["issues", "-delivery"]
    assert first["body"]["issues"] == ["product_quality"]
    assert second["differs"] == []
    assert (first["model_name"], first["model_hash"]) == ("deaf", begun.models.hash("two"))
    assert first["ticket_id"] == late.ticket.id


def test_a_model_of_a_folder_judges_like_the_library(shadow, clock, models):
    clock.at = made_at(new_id("v")) - timedelta(seconds=1)
    models.shadow("two", at=clock().isoformat())
    case = shadow.desk.open(LATE)
    shadow.judge()
    (row,) = shadow.rows
    engine = load_warm(models.root / "two", Policy())
    message = case.messages[0]
    expected = engine(Feedback(case.ticket.id, message.text, None, message.at)).to_dict()
    assert row["body"]["scores"] == expected["scores"]
    assert row["body"]["issues"] == list(expected["issues"])
    assert row["model_version"] == "two"


def test_what_was_judged_before_the_shadow_began_is_left_alone(shadow, clock, monkeypatch):
    shadow.desk.open(LATE)
    clock.at = made_at(new_id("v")) + timedelta(seconds=1)
    shadow.begin(monkeypatch)
    shadow.judge()
    assert shadow.rows == []


def test_a_text_that_no_model_can_judge_is_no_disagreement(begun):
    begun.desk.open("。。。")
    begun.judge()
    (row,) = begun.rows
    assert (row["differs"], row["body"]["unjudged"]) == ([], "no_content")


def test_the_candidate_does_not_judge_its_own_verdicts_when_it_is_champion(begun, keyword_engine):
    own = ModelName("deaf", "1", begun.models.hash("two"))
    begun.desk.engine = Triage(keyword_engine.scorer, keyword_engine.policy, own)
    begun.desk.open(LATE)
    begun.judge()
    assert begun.rows == []


# The conversation as it was


def test_each_verdict_is_about_the_conversation_as_it_was_then(begun, clock):
    case = begun.desk.open(BROKEN)
    clock.forward(minutes=1)
    begun.desk.hear(case.ticket.id, LATE)
    clock.forward(minutes=1)
    begun.desk.hear(case.ticket.id, RUDE)
    begun.judge()
    told = [set(row["body"]["issues"]) for row in begun.rows]
    assert told == [
        {"product_quality"},
        {"product_quality"},  # it is deaf to the delivery
        {"product_quality", "staff_attitude"},
    ]
    assert [("-delivery" in row["differs"]) for row in begun.rows] == [False, True, True]


def test_an_earlier_message_that_comes_in_late_does_not_change_earlier_verdicts(begun, clock):
    case = begun.desk.open(BROKEN)
    begun.desk.hear(case.ticket.id, RUDE, at=clock() - timedelta(days=1))
    begun.judge()
    assert [set(row["body"]["issues"]) for row in begun.rows] == [
        {"product_quality"},
        {"product_quality", "staff_attitude"},
    ]


def test_tickets_that_are_merged_or_parted_later_are_judged_as_they_were(begun):
    one, two = (begun.desk.open(text).ticket.id for text in (BROKEN, RUDE))
    begun.desk.did(Merge(ANNA, ticket_id=one, source=two))
    begun.desk.did(Split(ANNA, ticket_id=one, source=two))
    begun.judge()
    assert [set(row["body"]["issues"]) for row in begun.rows] == [
        {"product_quality"},
        {"staff_attitude"},
        {"product_quality", "staff_attitude"},
        {"product_quality"},
    ]
    assert all(row["differs"] == [] for row in begun.rows)


def test_the_thread_then_is_the_one_the_champion_was_given(begun, clock, monkeypatch):
    """Over a long conversation with merges: the very texts, verdict by verdict."""
    given = []
    pipe = Triage.pipe

    def noting(engine, records, **options):
        records = list(records)
        if records and engine is begun.desk.engine:  # the first of each batch is the whole thread
            given.append(records[0].text)
        return pipe(engine, records, **options)

    monkeypatch.setattr(Triage, "pipe", noting)
    long_story(begun.desk, clock)
    seen = []
    monkeypatch.setattr(
        "service.models.shadow.judged", lambda _, __, threads, ___: seen.extend(threads) or []
    )
    begun.judge()
    assert [thread.text for thread in seen] == given
    assert len(given) > 6


def long_story(desk, clock, between=lambda: None):
    """Three tickets that are answered, settled, merged and taken up again."""
    one, two, three = (desk.open(text).ticket.id for text in (BROKEN, RUDE, LATE))
    between()
    clock.forward(minutes=1)
    desk.say(one, "24小时内给您回电")
    desk.hear(one, "问题已经解决了，谢谢")
    desk.did(Merge(ANNA, ticket_id=two, source=three))
    between()
    clock.forward(minutes=1)
    desk.hear(two, "还没人联系我")
    desk.did(Merge(ANNA, ticket_id=one, source=two))
    between()
    clock.forward(minutes=1)
    desk.hear(three, "到底什么时候送")
    between()


# Going on


def test_it_goes_on_where_it_stood_after_a_crash_and_misses_nothing(begun, monkeypatch):
    monkeypatch.setattr("service.models.shadow._MOST", 2)
    ids = [begun.desk.open(f"{BROKEN}{n}").verdict.id for n in range(3)]
    begun.judge()
    assert begun.judged == ids[:2]
    begun.judge = begun.job()
    ids += [begun.desk.open(f"{LATE}{n}").verdict.id for n in range(2)]
    begun.judge()
    begun.judge()
    assert begun.judged == ids


def test_two_processes_do_no_work_twice_in_the_table(begun):
    other = begun.job()
    begun.desk.open(BROKEN)
    begun.judge()
    other()
    assert len(begun.rows) == 1


def test_a_verdict_that_another_process_kept_first_stays(begun, monkeypatch):
    case = begun.desk.open(LATE)
    other = begun.job()

    def late(connection, rows):
        keep_shadows(connection, [row | {"model_name": "the other"} for row in rows])
        keep_shadows(connection, rows)

    monkeypatch.setattr("service.models.shadow.keep_shadows", late)
    other()
    assert [(row["verdict_id"], row["model_name"]) for row in begun.rows] == [
        (case.verdict.id, "the other")
    ]


def test_a_verdict_whose_transaction_ended_late_is_not_missed(begun):
    early, late = (begun.desk.open(f"{BROKEN}{n}").verdict.id for n in range(2))
    begun.judge()
    with begun.desk.database.begin() as connection:
        gone = shadow_verdicts.c.verdict_id == early
        connection.execute(shadow_verdicts.delete().where(gone))
    begun.judge()
    assert begun.judged == [early, late]


def test_another_candidate_begins_anew(begun, monkeypatch, models):
    models.add("three")
    verdict = begun.desk.open(BROKEN).verdict.id
    begun.judge()
    three = models.hash("three")
    with begun.desk.database.connect() as connection:
        assert count_unseen(connection, three, first_id("v", begun.desk.now())) == 1
    begun.begin(monkeypatch, "three")
    begun.judge()
    assert begun.judged == [verdict, verdict]
    assert {row["model_hash"] for row in begun.rows} == {models.hash("two"), three}


def test_a_shadow_that_is_stopped_judges_no_more(begun):
    begun.desk.open(BROKEN)
    begun.judge()
    begun.models.shadow(None)
    begun.desk.open(LATE)
    begun.judge()
    assert len(begun.rows) == 1


# What cannot be loaded


def test_a_candidate_that_is_tampered_with_is_told_once_and_judges_nothing(shadow, models, logged):
    models.spoil("two")
    models.shadow("two")
    shadow.desk.open(LATE)
    for _ in range(3):
        shadow.judge()
        shadow.now += 20
    assert shadow.rows == []
    assert shadow.judge.problem.error.code == "model_tampered"
    assert [e["event"] for e in logged if e["log_level"] == "error"] == ["model.refused"]


def test_a_candidate_that_is_restored_judges_again(shadow, models, logged, clock):
    clock.at = made_at(new_id("v")) - timedelta(seconds=1)
    models.spoil("two")
    models.shadow("two", at=clock().isoformat())
    shadow.judge()
    shutil.rmtree(models.root / "two")
    models.add("two")
    shadow.now += 31
    shadow.desk.open(LATE)
    shadow.judge()
    assert shadow.judge.problem is None
    assert len(shadow.rows) == 1


# Nothing follows from it

_OTHER_EACH_TIME = {"recorded_at", "updated_at", "next_at", "timestamp"}
_TABLES = (tickets, ticket_issues, messages, verdicts, events, outbox)


def state(desk, skip=frozenset()):
    """All that the desk keeps of its tickets but those to skip; ids as their kind alone.

    In an order of ours: PostgreSQL gives rows as they happen to lie.
    """
    with desk.database.connect() as connection:
        kept = {table.name: list(connection.execute(select(table)).mappings()) for table in _TABLES}
    return {
        name: sorted((plain(row) for row in rows if not _of(row, skip)), key=str)
        for name, rows in kept.items()
    }


def _of(row, ids):
    told = row.get("ticket_id") or row["id"]
    return told in ids or any(id_ in str(row.get("payload")) for id_ in ids)


def plain(value):
    if isinstance(value, dict | RowMapping):
        return {key: plain(one) for key, one in value.items() if key not in _OTHER_EACH_TIME}
    if isinstance(value, list):
        return [plain(one) for one in value]
    made = isinstance(value, str) and len(value) == 20 and value[1] == "_"
    return value[0] if made else value


def test_what_the_shadow_says_changes_nothing_that_is_kept(begun, clock, add_endpoint):
    add_endpoint()
    long_story(begun.desk, clock)
    before = state(begun.desk)
    assert before["outbox"]
    begun.judge()
    assert any(row["differs"] for row in begun.rows)
    assert state(begun.desk) == before


def test_queues_labels_events_and_webhooks_are_the_same_with_a_shadow_and_without(
    begun, clock, add_endpoint
):
    add_endpoint()
    began = clock()
    long_story(begun.desk, clock)
    without = state(begun.desk)
    ids = {row["id"] for row in begun.desk.rows(tickets)}
    clock.at = began
    long_story(begun.desk, clock, between=begun.judge)
    assert len(begun.rows) > 8
    assert state(begun.desk, skip=ids) == without
