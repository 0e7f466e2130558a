import pytest

from service.routing.facts import Facts
from service.routing.route import Outcome, Reason, route
from tests.pace import taken
from tests.service.routing.rulebooks import book

PEOPLE = """
people:
  - {name: 张伟, aliases: [客服小张], staff_number: 1024, queue: service}
  - {name: 张敏, aliases: [敏姐], queue: quality}
  - {name: 欧阳锋, queue: service}
  - {name: Ann, queue: quality}
"""
FALLBACK = "conflicts: {fallback: [review]}\n"


def outcome(rules, head="", **facts):
    return route(Facts(**facts), book(rules, head))


def test_where_nothing_fires_nothing_changes():
    assert outcome("- {name: it, if: {tier: vip}, then: {queue: other}}") == Outcome()


def test_first_match_stops_at_the_first_rule_that_holds():
    rules = """
    - {name: one, if: {tier: vip}, then: {tags: [a]}}
    - {name: two, if: {channel: web}, then: {tags: [b]}}
    - {name: three, then: {tags: [c]}}
    """
    assert outcome(rules, "match: first\n", tier="vip", channel="web").tags == ("a",)
    assert outcome(rules, "match: first\n", channel="web").fired == ("two",)
    assert outcome(rules, "match: all\n", tier="vip", channel="web").fired == (
        "one",
        "two",
        "three",
    )
    assert outcome(rules, tier="vip").fired == ("one", "three")


def test_a_rule_that_stops_ends_the_search_only_where_it_fires():
    rules = """
    - {name: one, if: {tier: vip}, then: {tags: [a]}, stop: true}
    - {name: two, then: {tags: [b]}}
    """
    assert outcome(rules, tier="vip").fired == ("one",)
    assert outcome(rules).fired == ("two",)


def test_a_rule_hears_only_its_events():
    rules = "- {name: it, on: [clock.breached], then: {queue: other}}"
    assert outcome(rules).fired == ()
    assert outcome(rules, event="clock.breached").fired == ("it",)


def test_of_queue_priority_sla_and_owner_the_first_stays_and_the_rest_adds_up():
    rules = """
    - {name: one, then: {queue: quality, tags: [a, b], notify: [lead]}}
    - name: two
      then:
        queue: other
        priority: high
        sla: on_site
        owner: 张伟
        tags: [b, c]
        notify: [张敏, lead]
        webhook: [erp]
        raise_urgency: 3
    - name: three
      then:
        priority: low
        sla: web
        owner: 张敏
        raise_urgency: 2
        webhook: [erp, siem]
        review: true
    """
    made = outcome(rules, PEOPLE)
    assert (made.queue, made.priority, made.sla, made.owner) == (
        "quality",
        "high",
        "on_site",
        "张伟",
    )
    assert made.tags == ("a", "b", "c")
    assert made.notify == ("quality", "张敏")
    assert made.webhooks == ("erp", "siem")
    assert (made.urgency_at_least, made.review) == (3, True)


def test_the_queue_gives_its_sla_where_no_rule_does():
    assert outcome("- {name: it, then: {queue: quality}}").sla == "quality"
    assert outcome("- {name: it, then: {queue: other}}").sla == ""
    assert outcome("- {name: it, then: {tags: [a]}}", queue="quality").sla == ""


def test_a_ticket_without_a_queue_goes_to_the_default_one():
    rules, head = "- {name: it, then: {tags: [a]}}", "default_queue: review\n"
    assert (outcome(rules, head).queue, outcome(rules, head).sla) == ("review", "review")
    assert outcome(rules, head, queue="quality").queue == ""


def test_a_condition_sees_the_facts_as_they_came():
    rules = """
    - {name: one, then: {raise_urgency: 3, tags: [a]}}
    - {name: two, if: {any: [{urgency: 3}, {tags: a}]}, then: {queue: other}}
    """
    assert outcome(rules).fired == ("one",)


def test_the_lead_is_told_by_name_where_the_queue_has_one_and_the_owner_likewise():
    queues = """
queues:
  quality: {zh: 质量, en: Quality, lead: 张敏}
  other: {zh: 其他, en: Other}
"""
    rules = book(
        "- {name: it, then: {notify: [lead, owner]}}", PEOPLE.replace("service", "other"), queues
    )
    assert route(Facts(queue="quality", owner="张伟"), rules).notify == ("张敏", "张伟")
    assert route(Facts(queue="other"), rules).notify == ("other",)
    assert route(Facts(), rules).notify == ()


NAMED = [
    ("客服小张骂人", {}),
    ("客服小張罵人", {}),
    ("张伟不接电话", {}),
    ("工号1024态度差", {}),
    ("工号是：1024", {}),
    ("态度差", {"staff_number": ("1024",)}),
    ("态度差", {"person": ("客服小张",)}),
]


@pytest.mark.parametrize(("text", "entities"), NAMED)
def test_a_colleague_is_known_by_name_alias_and_number(text, entities):
    assert outcome(
        "- {name: it, then: {tags: [a]}}", PEOPLE, text=text, entities=entities
    ).excluded == ("张伟",)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("张师傅", ("张伟", "张敏")),
        ("小张", ("张伟", "张敏")),
        ("姓张的姑娘", ("张伟", "张敏")),
        ("快递员张某", ("张伟", "张敏")),
        ("欧阳经理", ("欧阳锋",)),
        ("李师傅", ()),
        ("张大千", ()),
    ],
)
def test_a_surname_may_mean_every_colleague_who_has_it(person, expected):
    rules, entities = "- {name: it, then: {tags: [a]}}", {"person": (person,)}
    assert outcome(rules, PEOPLE, entities=entities).excluded == expected
    exact = f"{PEOPLE}conflicts: {{same_surname: false}}\n"
    assert outcome(rules, exact, entities=entities).excluded == ()


@pytest.mark.parametrize("text", ["工号10245", "Anna was rude", "买了一张床", "订单1024"])
def test_part_of_a_longer_word_or_number_names_nobody(text):
    assert outcome("- {name: it, then: {tags: [a]}}", PEOPLE, text=text).excluded == ()


def test_a_complaint_never_goes_to_the_person_it_is_about():
    rules = """
    - {name: one, then: {queue: service, owner: 张伟}}
    - {name: two, then: {owner: 欧阳锋}}
    """
    assert outcome(rules, PEOPLE).owner == "张伟"
    made = outcome(rules, PEOPLE, text="张伟骂人")
    assert (made.owner, made.queue, made.excluded) == ("欧阳锋", "service", ("张伟",))
    assert made.reasons[-1] == Reason(
        "conflicts", "客户提到同事张伟：不由其处理", "the customer names 张伟"
    )


def test_an_owner_who_is_complained_of_loses_the_ticket():
    rules = "- {name: it, then: {tags: [a]}}"
    assert outcome(rules, PEOPLE, text="张伟骂人", owner="张伟").unassign
    assert not outcome(rules, PEOPLE, text="张伟骂人", owner="张敏").unassign


def test_whoever_is_complained_of_does_not_hear_of_it():
    rules = "- {name: it, then: {notify: [张伟, owner, 张敏]}}"
    assert outcome(rules, PEOPLE + FALLBACK, text="张伟骂人", owner="张伟").notify == (
        "review",
        "张敏",
    )
    assert outcome(rules, PEOPLE, text="张伟骂人").notify == ("张敏",)


TEAM = [
    ("- {name: it, then: {queue: service, owner: 欧阳锋}, avoid_team: true}", FALLBACK),
    (
        "- {name: it, then: {queue: service, owner: 欧阳锋}}",
        "conflicts: {avoid_team: true, fallback: [review]}\n",
    ),
]


@pytest.mark.parametrize(("rules", "head"), TEAM)
def test_a_complaint_goes_to_another_team_where_a_rule_or_the_book_says_so(rules, head):
    made = outcome(rules, PEOPLE + head, text="张伟骂人")
    assert (made.queue, made.sla, made.owner) == ("review", "review", "")
    assert made.reasons[-1].zh == "客户提到同事张伟：不由其处理，也不进service，改到review"
    assert made.reasons[-1].en == "the customer names 张伟: review instead of service"
    other = outcome(rules, PEOPLE + head, text="敏姐骂人")
    assert (other.queue, other.owner) == ("service", "欧阳锋")


def test_a_ticket_already_with_the_team_complained_of_leaves_it():
    rules = "- {name: it, then: {tags: [a]}, avoid_team: true}"
    made = outcome(rules, PEOPLE + FALLBACK, text="张伟骂人", queue="service")
    assert made.queue == "review"


def test_the_first_fallback_that_is_not_the_team_itself_is_taken():
    head = PEOPLE.replace("service", "review") + "conflicts: {fallback: [review, other]}\n"
    rules = "- {name: it, then: {queue: review}, avoid_team: true}"
    assert outcome(rules, head, text="张伟骂人").queue == "other"
    only = head.replace(", other]", "]")
    assert outcome(rules, only, text="张伟骂人").queue == "review"


def test_members_and_leads_of_a_queue_are_its_team():
    queues = """
queues:
  quality: {zh: 质量, en: Quality, members: [张伟]}
  service: {zh: 服务, en: Service, lead: 张伟}
  review: {zh: 复核, en: Review}
"""
    made = book("- {name: it, then: {tags: [a]}}", "people: [{name: 张伟}]\n", queues)
    assert made.teams_of({"张伟"}) == {"quality", "service"}


def test_an_outcome_has_a_json_form():
    made = outcome("- {name: it, then: {queue: other, tags: [a]}}").to_dict()
    assert (made["fired"], made["queue"], made["tags"]) == (("it",), "other", ("a",))
    assert made["reasons"] == ({"rule": "it", "zh": "总是", "en": "always"},)


def test_routing_by_fifteen_rules_takes_less_than_a_tenth_of_a_millisecond():
    rules = "\n".join(
        f"- {{name: r{k}, if: {{issues: [delivery, other], urgency: {{min: {k % 4}}},"
        f" text: {{contains: [退款{k}, 发票]}}}}, then: {{queue: other, tags: [t{k}]}}}}"
        for k in range(15)
    )
    made = book(rules, PEOPLE)
    facts = Facts(
        issues=frozenset({"delivery"}),
        urgency=1,
        text="等了三天还没发货，打电话也没有人接，请给我开发票。" * 8,
        entities={"person": ("张师傅",)},
    )
    assert taken(lambda: route(facts, made), times=200, rounds=10) < 100e-6
