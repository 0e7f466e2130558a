"""A change of the model: it is noticed once, the new one judges what the old one did, and more."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import delete, update

from service.db.analyst_tables import shadow_verdicts
from service.db.overlaps import breaks
from service.db.switches import NOBODY, Switch, put_switch, sum_up, switches
from service.db.tables import ticket_issues, tickets, verdicts
from service.db.trend_tables import model_overlaps
from service.desk.breaks import breaks_between
from service.desk.commands import Merge, OpenTicket
from service.models.overlap import Overlap
from service.models.shadow import judged
from service.models.showing import Asked, shadow_shown
from tests.service.desk.conftest import ANNA
from tests.service.models.test_shadow import state
from triage import ModelName, Policy, Triage
from triage.scorers.keyword import WORDS, KeywordScorer
from triage.trends.breaks import level_shift, ratio, ratios
from triage.trends.shares import wilson

HEARD, UNHEARD, BROKEN = "等了三天快递还没来", "等了三天包裹还没来", "打开一看质量太差"
DELIVERY = "issue:delivery"
A, B, C = "a" * 12, "b" * 12, "c" * 12
SHANGHAI = ZoneInfo("Asia/Shanghai")


def model(hash_, *words):
    """An engine that knows late deliveries by some words alone."""
    scorer = KeywordScorer({**WORDS, "delivery": words or WORDS["delivery"]})
    return Triage(scorer, Policy(), ModelName(f"model-{hash_[0]}", "1", hash_))


OLD, NEW, THIRD = model(A, "快递"), model(B, "快递", "包裹"), model(C, "包裹")


class Paced:
    """Numbers of identifiers that follow the clock of a test."""

    def __init__(self, clock):
        self.clock, self.made = clock, 0

    def next(self):
        self.made += 7919  # in no order of the hash
        return (int(self.clock().timestamp() * 1000) << 45) + self.made


@pytest.fixture
def desk(make_desk, clock, monkeypatch):
    """A desk that serves OLD; its identifiers are of the time that its clock shows."""
    monkeypatch.setattr("service.tickets.ids._sequence", Paced(clock))
    return make_desk(engine=OLD)


class Overlapping:
    """A process with the job; `heard` is every text that it let an engine judge."""

    def __init__(self, desk, clock):
        self.desk, self.clock = desk, clock
        self.job = Overlap(desk)

    def restart(self, engine=None, **options):
        self.desk.engine = engine or self.desk.engine
        self.job = Overlap(self.desk, **options)

    def open(self, *texts, days_ago=0.0):
        at = self.clock() - timedelta(days=days_ago)
        self.desk.run([OpenTicket(ANNA, at, text=text) for text in texts])

    def promote(self, engine):
        """Let another model serve, as the follower does."""
        self.job()
        self.clock.forward(hours=2)
        self.desk.engine = engine
        self.job()

    def work(self):
        """Do as many rounds as there are to do."""
        for _ in range(200):
            self.job()
            if all(one.finished_at for one in self.switches if one.before):
                return
        raise AssertionError("it never ends")

    @property
    def switches(self):
        with self.desk.database.connect() as connection:
            return switches(connection)

    @property
    def turns(self):
        return [(one.before[:1], one.after[:1]) for one in self.switches]

    @property
    def judged(self):
        return Counter(row["verdict_id"] for row in self.desk.rows(shadow_verdicts))

    def breaks(self, start=None, end=None):
        ends = start or datetime(2000, 1, 1, tzinfo=UTC), end or datetime(2100, 1, 1, tzinfo=UTC)
        with self.desk.database.connect() as connection:
            return breaks_between(connection, *ends, zone=SHANGHAI)


@pytest.fixture
def process(desk, clock):
    return Overlapping(desk, clock)


@pytest.fixture
def spoken(monkeypatch):
    """How many conversations the job let an engine judge, by the name of the engine."""
    counted = Counter()

    def counting(engine, given, threads, now):
        counted[engine.name.name] += len(given)
        return judged(engine, given, threads, now)

    monkeypatch.setattr("service.models.overlap.judged", counting)
    return counted


# A promotion


def test_a_model_that_doubles_a_label_is_told_with_its_ratio_and_interval(process):
    process.open(*[HEARD] * 20, *[UNHEARD] * 20, *[BROKEN] * 60)
    process.promote(NEW)
    process.work()
    (told,) = process.breaks()
    assert told["ratios"]["delivery"]["ratio"] == 2
    assert 1.2 < told["ratios"]["delivery"]["low"] < 2 < told["ratios"]["delivery"]["high"] < 3
    assert told["ratios"]["delivery"]["differs"]
    assert told["ratios"]["product_quality"]["ratio"] == 1
    assert not told["ratios"]["product_quality"]["differs"]
    assert (told["before"], told["after"]) == (A, B)
    assert (told["name_before"], told["name_after"]) == ("model-a 1", "model-b 1")


def test_the_counts_are_those_of_the_pairs(process):
    process.open(*[HEARD] * 2, *[UNHEARD] * 3, *[BROKEN] * 5)
    process.promote(NEW)
    process.work()
    switch = process.switches[-1]
    assert switch.counts == {
        DELIVERY: [10, 2, 5, 2],
        "issue:product_quality": [10, 5, 5, 5],
        "sentiment<=2": [10, 7, 10, 7],
        "urgency>=2": [10, 0, 0, 0],
        "urgency=3": [10, 0, 0, 0],
        "review": switch.counts["review"],
    }
    assert (switch.wanted, switch.done) == (10, 10)
    assert switch.finished_at == process.clock()


def test_after_scaling_the_earlier_weeks_no_jump_is_left(process):
    """Eight weeks of 16 late deliveries, of which the old model hears half."""
    began = process.clock()
    for week in range(8):
        if week == 4:
            process.promote(NEW)
            process.work()
        process.open(*[HEARD] * 8, *[UNHEARD] * 8, *[BROKEN] * 14)
        process.clock.forward(days=7)
    opened = {row["id"]: row["created_at"] for row in process.desk.rows(tickets)}
    found = process.desk.rows(ticket_issues, ticket_issues.c.issue == "delivery")
    weeks = Counter((opened[row["ticket_id"]] - began) // timedelta(days=7) for row in found)
    before, after = ([weeks[week] for week in part] for part in (range(4), range(4, 8)))
    assert (before, after) == ([8] * 4, [16] * 4)
    by = ratios(process.switches[-1].counts)[DELIVERY]
    told = level_shift(before, after, by)
    assert told.jumps
    assert told.explained
    assert told.expected.value.tolist() == after
    assert level_shift(before, after, ratio(100, 50, 50, 49)).explained is False


def test_labels_verdicts_events_and_webhooks_stay_as_they_were(process, add_endpoint):
    add_endpoint()
    process.open(HEARD, UNHEARD, BROKEN)
    before = state(process.desk)
    process.promote(NEW)
    process.work()
    assert len(process.judged) == 3
    assert state(process.desk) == before


def test_the_conversation_is_judged_as_it_was_at_the_change(process):
    case = process.desk.open(BROKEN)
    process.promote(NEW)
    process.clock.forward(minutes=5)
    process.desk.hear(case.ticket.id, UNHEARD)
    process.work()
    (row,) = process.desk.rows(shadow_verdicts)
    assert (row["verdict_id"], row["body"]["issues"]) == (case.verdict.id, ["product_quality"])


def test_the_verdict_at_the_change_counts_though_the_new_model_has_judged_again(process):
    case = process.desk.open(BROKEN)
    process.job()
    process.clock.forward(hours=2)
    process.desk.engine = NEW
    process.desk.hear(case.ticket.id, UNHEARD)
    process.work()
    assert set(process.judged) == {case.verdict.id}


def test_what_is_imported_into_the_window_later_takes_no_place_of_the_sample(process):
    process.open(*[HEARD] * 3, days_ago=1)
    process.restart(most=3)
    process.job()
    process.clock.forward(hours=2)
    process.desk.engine = NEW
    process.open(BROKEN)
    process.clock.forward(minutes=1)
    process.open(*[UNHEARD] * 60, days_ago=2)
    process.work()
    assert process.switches[-1].counts[DELIVERY] == [3, 3, 3, 3]


def test_tickets_that_were_merged_away_are_left_out(process):
    one, two = (process.desk.open(text).ticket.id for text in (HEARD, UNHEARD))
    process.desk.did(Merge(ANNA, ticket_id=one, source=two))
    process.promote(NEW)
    process.work()
    assert process.switches[-1].wanted == 1
    assert [row["ticket_id"] for row in process.desk.rows(shadow_verdicts)] == [one]


def test_the_window_is_of_the_last_days_before_the_change(process):
    process.open(HEARD, days_ago=15)
    process.open(HEARD, UNHEARD, days_ago=13)
    process.promote(NEW)
    opened = process.clock() - timedelta(days=13, hours=2)
    process.open(HEARD)
    process.open(HEARD, days_ago=1)  # heard of late, and judged by the new model
    process.work()
    switch = process.switches[-1]
    assert (switch.wanted, switch.done, switch.since) == (2, 2, opened)
    (told,) = process.breaks()
    assert told["overlap"] == {
        "since": opened.astimezone(SHANGHAI).isoformat(),
        "n": 2,
        "done": 2,
        "finished": True,
    }


def test_of_many_tickets_a_sample_is_chosen_evenly_and_the_same_each_time(process):
    for day in range(10, 0, -1):
        process.open(*[BROKEN] * 40, days_ago=day)
    process.restart(most=100)
    process.promote(NEW)
    process.restart(most=100)
    process.work()
    assert len(process.judged) == process.switches[-1].wanted == 100
    opened = {row["id"]: row["created_at"] for row in process.desk.rows(tickets)}
    chosen = [opened[row["ticket_id"]] for row in process.desk.rows(shadow_verdicts)]
    middle = sorted(opened.values())[200]
    share = wilson(sum(at < middle for at in chosen), len(chosen))
    assert share.low < 0.5 < share.high


def test_the_end_is_logged_once(process, logged, monkeypatch):
    every_level = structlog.wrap_logger(None, wrapper_class=structlog.stdlib.BoundLogger)
    monkeypatch.setattr("service.models.overlap._log", every_level)
    process.open(HEARD, UNHEARD)
    process.promote(NEW)
    process.work()
    process.job()
    (told,) = [entry for entry in logged if entry["event"] == "model.overlap"]
    assert (told["before"], told["after"]) == (A, B)
    assert (told["wanted"], told["done"]) == (2, 2)


# Going on


def test_it_goes_on_in_the_middle_after_a_restart_and_judges_nothing_twice(process, spoken):
    process.open(*[HEARD, UNHEARD, BROKEN] * 30)
    process.promote(NEW)
    assert 0 < len(process.judged) < 90
    assert not process.switches[-1].finished_at
    process.restart()
    process.work()
    assert len(process.judged) == spoken["model-b"] == 90
    assert process.switches[-1].counts[DELIVERY] == [90, 30, 60, 30]


def test_how_far_it_has_come_is_told_while_it_works(process):
    process.open(*[HEARD, UNHEARD] * 40)
    process.promote(NEW)
    (told,) = process.breaks()
    assert told["overlap"]["n"] == 80
    assert 0 < told["overlap"]["done"] < 80
    assert not told["overlap"]["finished"]
    assert told["ratios"]["delivery"]["n"] == told["overlap"]["done"]


def test_what_was_judged_in_the_shadow_is_not_judged_again(process, spoken, monkeypatch):
    process.open(*[HEARD] * 3)
    rows = process.desk.rows(verdicts)
    threads = [process.desk.load(row["ticket_id"]).messages for row in rows]
    assert all(len(messages) == 1 for messages in threads)
    shadowed(process.desk, rows)
    process.open(*[UNHEARD] * 2)
    process.promote(NEW)
    process.work()
    assert spoken["model-b"] == 2
    assert process.switches[-1].counts[DELIVERY] == [5, 3, 5, 3]


def shadowed(desk, rows):
    """Keep that NEW agreed on some verdicts, as a shadow does."""
    name = {"model_hash": B, "model_name": "model-b", "model_version": "1", "at": desk.now()}
    body = {"issues": ["delivery"], "sentiment": 2, "urgency": 1, "review": False}
    said = {"differs": [], "body": body, **name}
    with desk.database.begin() as connection:
        for row in rows:
            values = {"verdict_id": row["id"], "ticket_id": row["ticket_id"], **said}
            connection.execute(shadow_verdicts.insert().values(values))


def test_two_processes_note_one_change_and_keep_each_pair_once(process):
    process.open(*[HEARD, UNHEARD] * 30)
    other = Overlap(process.desk)
    process.job()
    other()
    process.clock.forward(hours=2)
    process.desk.engine = NEW
    for _ in range(4):
        process.job()
        other()
    assert process.turns == [("", "a"), ("a", "b")]
    assert set(process.judged.values()) == {1}
    assert process.switches[-1].counts[DELIVERY] == [60, 30, 60, 30]


def test_a_process_that_still_serves_the_old_model_takes_nothing_back(process, make_desk):
    process.open(*[HEARD] * 40)
    late = Overlapping(make_desk(engine=OLD), process.clock)
    late.job()
    process.promote(NEW)
    late.job()
    assert process.turns == [("", "a"), ("a", "b")]
    assert not process.switches[-1].finished_at
    late.desk.engine = NEW
    late.work()
    assert process.turns == [("", "a"), ("a", "b")]


def test_whoever_is_second_with_a_change_looks_again(process, monkeypatch):
    process.open(HEARD)
    process.job()
    process.clock.forward(hours=2)
    process.desk.engine = NEW
    other = Overlap(process.desk)
    told = []

    def first(connection):
        if not told:
            told.append(put_switch(connection, Switch(A, B, process.clock(), process.clock())))

    monkeypatch.setattr("service.models.switches.alone", first)
    other()
    other()
    assert process.turns == [("", "a"), ("a", "b")]


# Changes that nobody witnessed


def test_a_restart_with_another_model_is_a_change(process):
    process.open(HEARD)
    process.job()
    process.clock.forward(hours=2)
    process.restart(NEW)
    process.work()
    assert process.turns == [("", "a"), ("a", "b")]


def test_the_change_was_when_the_new_model_first_judged(process):
    process.open(HEARD)
    process.job()
    process.clock.forward(hours=2)
    process.desk.engine = NEW
    began = process.clock()
    process.open(BROKEN)
    process.clock.forward(minutes=40)
    process.job()
    assert process.switches[-1].switched_at == began
    assert process.breaks(end=began) == []
    assert len(process.breaks(began, began + timedelta(seconds=1))) == 1


def test_the_changes_of_a_database_from_before_are_told_once_from_its_verdicts(process):
    for engine in (OLD, NEW, OLD):
        process.desk.engine = engine
        process.open(HEARD, UNHEARD)
        process.clock.forward(days=1)
    process.restart()
    process.work()
    assert process.turns == [("", "a"), ("a", "b"), ("b", "a")]
    assert [one.switched_at for one in process.switches[1:]] == [
        process.clock() - timedelta(days=days) for days in (2, 1)
    ]


def test_a_model_that_judged_for_minutes_is_no_change(process):
    process.open(HEARD)
    process.clock.forward(days=1)
    process.desk.engine = THIRD  # an import on the command line, with a model of its own
    process.open(BROKEN)
    process.clock.forward(minutes=5)
    process.desk.engine = OLD
    process.open(HEARD)
    process.clock.forward(days=1)
    process.restart()
    process.job()
    assert process.turns == [("", "a")]


def test_an_overlap_whose_model_serves_no_more_ends_with_what_there_is(process, spoken):
    process.open(HEARD, HEARD)
    shadowed(process.desk, process.desk.rows(verdicts)[:1])
    process.clock.forward(days=1)
    for engine in (NEW, THIRD):
        process.desk.engine = engine
        process.open(BROKEN)
        process.clock.forward(days=1)
    process.restart()
    process.work()
    first = process.switches[1]
    assert (first.after, first.wanted, first.done) == (B, 2, 1)
    assert first.finished_at
    assert spoken == {"model-c": 1}


def test_a_model_that_never_judged_is_forgotten(process):
    process.open(HEARD)
    process.promote(NEW)
    process.promote(THIRD)
    assert process.turns == [("", "a"), ("a", "c")]
    process.promote(OLD)
    assert process.turns == [("", "a")]


def test_a_desk_without_tickets_has_no_break(process):
    process.promote(NEW)
    process.work()
    assert process.turns == [("", "b")]
    assert process.breaks() == []


def test_a_change_with_nothing_in_the_window_has_no_overlap_and_no_ratio(process):
    process.open(HEARD)
    process.clock.forward(days=40)
    process.promote(NEW)
    process.work()
    (told,) = process.breaks()
    assert (told["overlap"], told["ratios"], told["levels"]) == (None, {}, {})


def test_a_model_that_has_not_been_heard_yet_goes_by_its_hash(process):
    process.open(HEARD, days_ago=20)
    process.promote(NEW)
    with process.desk.database.connect() as connection:
        (told,) = breaks(connection)
    assert (told.name_before, told.name_after) == ("model-a 1", B)


# Going back


def test_a_rollback_makes_another_break_that_turns_the_pairs_of_the_first(process, spoken):
    process.open(*[HEARD] * 20, *[UNHEARD] * 20)
    process.promote(NEW)
    process.work()
    process.open(HEARD)
    process.promote(OLD)
    process.work()
    assert process.turns == [("", "a"), ("a", "b"), ("b", "a")]
    there, back = process.breaks()
    assert there["ratios"]["delivery"]["ratio"] == 2
    assert back["ratios"]["delivery"]["ratio"] == pytest.approx(21 / 41, abs=1e-4)
    assert process.switches[-1].counts[DELIVERY] == [41, 41, 21, 21]
    assert spoken == {"model-b": 40, "model-a": 1}


def test_going_back_before_the_end_leaves_the_first_overlap_as_far_as_it_came(process):
    process.open(*[HEARD, UNHEARD] * 30)
    process.promote(NEW)
    process.open(BROKEN)
    process.clock.forward(hours=2)
    process.desk.engine = OLD
    process.work()
    first, second = process.switches[1:]
    assert first.finished_at
    assert second.finished_at
    assert first.done < first.wanted == 60
    assert second.done == second.wanted == first.done + 1


# The shadow's page


def shown(process, models):
    return shadow_shown(process.desk.database, models.root, ("delivery",), Asked())


def test_what_was_back_filled_is_no_shadow(process, models):
    process.open(HEARD, UNHEARD)
    process.promote(NEW)
    process.work()
    told = shown(process, models)
    assert (told.hash, told.agreement.whole.n, told.listed) == (None, 0, None)


def test_the_figures_of_a_shadow_that_was_promoted_stay_those_of_its_time(process, models):
    process.open(HEARD)
    shadowed(process.desk, process.desk.rows(verdicts))
    process.open(UNHEARD, UNHEARD)
    process.promote(NEW)
    process.work()
    assert len(process.judged) == 3
    told = shown(process, models)
    assert (told.hash, told.agreement.whole.n, told.listed.total) == (B, 1, 0)
    assert [row.both + row.gained + row.lost for row in told.agreement.labels] == [1]


def test_a_candidate_in_the_shadow_is_shown_though_another_model_back_filled_later(process, models):
    process.open(HEARD)
    shadowed(process.desk, process.desk.rows(verdicts))
    process.promote(THIRD)
    process.work()
    assert {row["model_hash"] for row in process.desk.rows(shadow_verdicts)} == {B, C}
    assert shown(process, models).hash == B


# What nothing else may break


def test_a_round_with_nothing_to_do_writes_nothing(process, monkeypatch):
    process.open(HEARD)
    process.job()
    monkeypatch.setattr("service.models.switches.writing", lambda _: pytest.fail("writes"))
    monkeypatch.setattr("service.models.overlap.writing", lambda _: pytest.fail("writes"))
    process.job()


def test_a_sum_that_was_finished_is_not_written_over(process):
    process.open(*[HEARD] * 3)
    process.promote(NEW)
    switch = process.switches[-1]
    with process.desk.database.begin() as connection:
        before = update(model_overlaps).where(model_overlaps.c.before != NOBODY)
        connection.execute(before.values(finished_at=process.clock(), done=1))
        assert not sum_up(connection, switch, done=3)
    process.job()
    assert process.switches[-1].done == 1


def test_pairs_that_are_gone_are_judged_again_after_a_restart(process):
    process.open(*[HEARD] * 40)
    process.promote(NEW)
    with process.desk.database.begin() as connection:
        connection.execute(delete(shadow_verdicts))
    process.restart()
    process.work()
    assert len(process.judged) == 40
