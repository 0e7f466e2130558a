from datetime import timedelta

import pytest

from service.routing.facts import Facts
from service.routing.policies import load_clocks
from service.routing.route import route
from service.routing.rulebook import load_rules
from service.routing.vocabulary import EVENTS
from triage import Feedback, Triage
from triage.resources import resource

DESKS = {"quality", "service", "delivery", "follow_up"}


@pytest.fixture(scope="module")
def rules():
    return load_rules(slas=frozenset(load_clocks().policies))


@pytest.fixture
def sent(rules):
    def send(**facts):
        sets = {k: frozenset(v) if isinstance(v, set) else v for k, v in facts.items()}
        return route(Facts(**sets), rules)

    return send


def test_the_file_in_the_box_has_four_desks_review_and_other_and_no_oddities(rules):
    assert set(rules.queues) == DESKS | {"review", "other"}
    assert rules.warnings == ()
    assert all(rule.about for rule in rules.rules)
    assert all(queue.sla for queue in rules.queues.values())


def test_every_rule_is_explained_in_both_languages_beside_its_text():
    text = resource("data", "desk", "rules.yaml").read_text("utf-8")
    comments = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert any("谁必须先动手" in line for line in comments)
    assert any("who must act first" in line for line in comments)


@pytest.mark.parametrize(
    ("issue", "queue"),
    [
        ("product_quality", "quality"),
        ("staff_attitude", "service"),
        ("delivery", "delivery"),
        ("follow_up_neglect", "follow_up"),
        ("other", "other"),
    ],
)
def test_each_issue_has_its_desk(sent, issue, queue):
    made = sent(issues={issue}, urgency=1)
    assert (made.queue, made.sla, made.priority) == (queue, queue, "")
    assert made.tags == (f"desk:{queue}",)


@pytest.mark.parametrize(
    ("issues", "stage", "queue"),
    [
        ({"follow_up_neglect", "product_quality"}, "after_sale", "follow_up"),
        ({"delivery", "product_quality"}, "in_sale", "delivery"),
        ({"delivery", "product_quality"}, "after_sale", "quality"),
        ({"delivery", "staff_attitude"}, "unknown", "delivery"),
        ({"staff_attitude", "other"}, "unknown", "service"),
    ],
)
def test_of_several_desks_the_one_that_must_act_first_gets_it_and_all_are_tagged(
    sent, issues, stage, queue
):
    made = sent(issues=issues, stage=stage, urgency=1)
    assert made.queue == queue
    assert len([tag for tag in made.tags if tag.startswith("desk:")]) == 2


@pytest.mark.parametrize(
    ("signal", "queue", "tag"),
    [
        ("self_harm", "service", "self_harm"),
        ("health", "quality", "danger"),
        ("safety", "quality", "danger"),
        ("fraud", "follow_up", "fraud"),
        ("privacy", "follow_up", "fraud"),
        ("legal", "follow_up", "legal"),
        ("regulator", "follow_up", "legal"),
        ("exposure", "follow_up", "legal"),
    ],
)
def test_danger_fraud_law_and_press_come_first_and_are_urgent(sent, signal, queue, tag):
    made = sent(signals={signal}, issues={"delivery"}, urgency=2, review=True)
    assert (made.queue, made.priority) == (queue, "urgent")
    assert {"escalation", f"escalation:{tag}", "desk:delivery"} <= set(made.tags)
    assert queue in made.notify
    assert sent(signals={signal}, issues={"delivery"}, urgency=1).priority == ""


def test_urgency_three_is_always_urgent_and_does_not_wait_for_a_look(sent):
    made = sent(issues={"delivery"}, urgency=3, review=True)
    assert (made.queue, made.priority) == ("delivery", "urgent")


@pytest.mark.parametrize("event", sorted(set(EVENTS)))
def test_what_was_escalated_stays_urgent_whatever_happens(sent, event):
    assert sent(event=event, tags={"escalation"}, queue="quality").priority == "urgent"


def test_what_is_no_feedback_goes_aside_and_is_asked_nothing_more(sent):
    made = sent(in_scope=False, review=True, signals={"legal"})
    assert (made.fired, made.queue, made.priority) == (("out_of_scope",), "other", "low")
    assert made.tags == ("out_of_scope",)


def test_where_the_machine_is_unsure_a_person_looks_first(sent):
    made = sent(issues=set(), urgency=1, review=True)
    assert (made.queue, made.review) == ("review", True)


def test_what_the_machine_can_name_goes_to_its_desk_also_where_it_is_unsure(sent):
    made = sent(issues={"delivery"}, urgency=1, review=True)
    assert made.queue == "delivery"
    assert "desk:delivery" in made.tags


def test_text_and_log_that_agree_on_neglect_make_it_high(sent):
    made = sent(neglect="both", issues={"product_quality"}, urgency=1)
    assert (made.queue, made.priority, made.urgency_at_least) == ("follow_up", "high", 2)


def test_text_and_log_that_disagree_on_neglect_go_to_review(sent):
    said = sent(neglect="text", issues={"follow_up_neglect"}, urgency=1, repeats=1)
    assert (said.queue, said.review) == ("review", True)
    logged = sent(event="ticket.neglected", neglect="log", queue="delivery", owner="张伟")
    assert (logged.queue, logged.review, logged.priority) == ("", True, "high")
    assert logged.notify == ("delivery", "张伟")


def test_a_first_ticket_has_no_log_to_disagree_with(sent):
    made = sent(neglect="unverified", issues={"follow_up_neglect"}, urgency=1)
    assert (made.queue, made.review) == ("follow_up", False)


@pytest.mark.parametrize("again", [{"repeats": 1}, {"reopened": 1}])
def test_a_complaint_that_comes_again_is_more_urgent(sent, again):
    made = sent(issues={"delivery"}, urgency=1, **again)
    assert (made.urgency_at_least, made.priority) == (2, "high")
    assert "repeat" in made.tags
    assert sent(**again).urgency_at_least == 0


def test_a_breached_clock_raises_the_priority_and_tells_the_lead(sent):
    made = sent(event="clock.breached", clock="resolution", queue="quality", owner="张伟")
    assert (made.queue, made.priority) == ("", "high")
    assert made.notify == ("quality", "张伟")
    assert sent(event="clock.warning", queue="quality", owner="张伟").notify == ("张伟",)


@pytest.mark.parametrize(
    ("event", "tag"), [("promise.broken", "promise_broken"), ("ticket.reopened", "reopened")]
)
def test_a_broken_promise_and_a_reopened_ticket_rank_high(sent, event, tag):
    made = sent(event=event, queue="quality")
    assert (made.priority, made.urgency_at_least, made.tags) == ("high", 2, (tag,))


@pytest.mark.parametrize("remedy", ["repair", "exchange", "refund"])
def test_the_three_warranties_are_tags(sent, remedy):
    assert f"remedy:{remedy}" in sent(remedy={remedy}, issues={"product_quality"}).tags


@pytest.mark.parametrize(
    ("facts", "tag", "priority"),
    [
        ({"tier": "vip", "issues": {"delivery"}}, "vip", "high"),
        ({"channel": "store", "issues": {"delivery"}}, "on_site", "high"),
        ({"text": "维修师傅现在还在我家", "issues": {"staff_attitude"}}, "on_site", "high"),
        ({"event": "message.received", "waiting": timedelta(hours=4)}, "waiting", "high"),
        ({"signals": {"settled"}}, "settled", "low"),
    ],
)
def test_who_is_served_faster_or_may_wait(sent, facts, tag, priority):
    made = sent(**facts)
    assert tag in made.tags
    assert made.priority == priority


def test_on_the_spot_the_clock_of_the_spot_runs(sent):
    assert sent(channel="store", issues={"product_quality"}).sla == "on_site"


def test_praise_and_questions_are_no_complaints(sent):
    praised = sent(sentiment=5)
    assert (praised.queue, praised.priority, praised.tags) == ("other", "low", ("praise",))
    asked = sent(stage="pre_sale")
    assert (asked.queue, asked.tags) == ("service", ("pre_sale",))
    assert sent(sentiment=5, suggested={"delivery"}).tags == ()


def test_what_no_rule_catches_goes_to_other(sent):
    assert (sent().fired, sent().queue) == ((), "other")


def test_a_complaint_about_a_colleague_leaves_their_team(rules):
    text = resource("data", "desk", "rules.yaml").read_text("utf-8")
    people = 'people: [{name: 张伟, staff_number: "1024", queue: service}]\n'
    from service.routing.known import Known
    from service.routing.rulebook import parse_rules

    known = Known(frozenset(load_clocks().policies))
    book = parse_rules(text.replace("people: []\n", people), "rules.yaml", known)
    made = route(Facts(issues=frozenset({"staff_attitude"}), text="工号1024骂人"), book)
    assert (made.queue, made.excluded) == ("review", ("张伟",))


@pytest.mark.parametrize(
    ("text", "queue", "priority"),
    [
        ("等了三天还没发货，打电话也没人接，再不退款我就去12315投诉", "follow_up", "urgent"),
        ("充电宝冒烟了，把床单烧了一个洞，手也烫伤了", "quality", "urgent"),
    ],
)
def test_texts_read_by_the_model_in_the_box_reach_their_desk(rules, text, queue, priority):
    made = route(Facts.of(Triage.load()(Feedback("a", text)), text=text), rules)
    assert (made.queue, made.priority) == (queue, priority)
