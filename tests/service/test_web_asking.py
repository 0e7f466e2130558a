import pytest
from starlette.datastructures import QueryParams

from service.errors import BadValueError
from service.web.asking import read_asked
from service.web.corrections import change_of, difference
from triage import InputError


def asked_of(query):
    return read_asked(QueryParams(query))


def test_an_address_without_conditions_asks_for_what_is_to_be_done():
    asked = asked_of({})
    assert asked.wanted.status == ("open", "waiting")
    assert (asked.sort, asked.page, asked.offset, asked.narrowed) == ("due", 1, 0, False)
    assert asked.address == "/inbox"


def test_every_condition_of_the_address_reaches_the_filter():
    query = {
        "queue": "delivery",
        "owner": "张敏",
        "issue": "delivery",
        "channel": "web",
        "tag": "vip",
        "text": "快递",
        "urgency": "2",
        "waiting": "1",
        "breached": "1",
        "review": "1",
        "neglected": "1",
        "status": "closed",
        "customer": "c_1",
        "sort": "urgent",
        "page": "3",
    }
    asked = asked_of(query)
    wanted = asked.wanted
    assert (wanted.queue, wanted.owner, wanted.issue) == ("delivery", "张敏", "delivery")
    assert (wanted.channel, wanted.tag, wanted.text) == ("web", "vip", "快递")
    assert (wanted.urgency, wanted.customer, wanted.status) == (2, "c_1", ("closed",))
    assert wanted.waiting and wanted.breached and wanted.review and wanted.neglected
    assert (asked.sort, asked.offset) == ("urgent", 100)


def test_blank_fields_of_the_form_ask_for_nothing():
    asked = asked_of({"queue": "", "urgency": "", "text": "  ", "status": ""})
    assert asked.wanted == asked_of({}).wanted
    assert not asked.narrowed


def test_all_means_every_status():
    assert asked_of({"status": "all"}).wanted.status == ()


@pytest.mark.parametrize(
    "query",
    [
        {"urgency": "x"},
        {"urgency": "4"},
        {"urgency": "²"},
        {"page": "0"},
        {"page": "99999999999"},
        {"sort": "random"},
        {"status": "lost"},
    ],
)
def test_a_value_that_is_none_is_refused_with_those_there_are(query):
    with pytest.raises(BadValueError) as caught:
        asked_of(query)
    assert caught.value.remedy.startswith("Give ")


def test_a_link_keeps_the_conditions_and_begins_at_the_first_page():
    asked = asked_of({"queue": "delivery", "text": "a&b", "page": "2"})
    assert asked.link(queue="other") == "/inbox?queue=other&text=a%26b"
    assert asked.link(page=3) == "/inbox?queue=delivery&text=a%26b&page=3"
    assert asked.address.endswith("page=2")


def test_a_text_that_no_database_keeps_is_made_one_that_it_does():
    assert asked_of({"text": "a\x00b"}).wanted.text == "a\ufffdb"


# Corrections


def clicked(click, issues="delivery,other", **fields):
    return change_of({"set": click, "issues": issues, **fields})


@pytest.mark.parametrize(
    ("click", "changes", "reason"),
    [
        ("issues-other", {"issues": ["delivery"]}, "wrong_issue"),
        ("issues:other>staff_attitude", {"issues": ["delivery", "staff_attitude"]}, "wrong_issue"),
        ("issues:other>delivery", {"issues": ["delivery"]}, "wrong_issue"),
        (
            "issues+staff_attitude",
            {"issues": ["delivery", "other", "staff_attitude"]},
            "missed_issue",
        ),
        ("sentiment=4", {"sentiment": 4}, "wrong_mood"),
        ("urgency=0", {"urgency": 0}, "wrong_urgency"),
        ("queue=review", {"queue": "review"}, "wrong_queue"),
        ("confirm", {"issues": ["delivery", "other"]}, "confirmed"),
    ],
)
def test_a_click_is_a_correction_with_its_usual_reason(click, changes, reason):
    assert clicked(click) == (changes, reason)


def test_a_reason_that_is_chosen_wins_over_the_usual_one():
    assert clicked("issues-other", reason="sarcasm")[1] == "sarcasm"


@pytest.mark.parametrize(
    "click",
    ["", "x", "issues", "issues+", "issues-product_quality", "issues:other>", "issues:x>other",
     "sentiment=x", "urgency=12", "queue=", "status=closed"],
)  # fmt: skip
def test_a_click_on_no_button_of_ours_is_refused(click):
    with pytest.raises(BadValueError):
        clicked(click)


BEFORE = {"issues": ("delivery",), "sentiment": 2, "urgency": 1}


@pytest.mark.parametrize(
    ("given", "changes", "reason"),
    [
        ((["delivery"], 2, 1), {"issues": ["delivery"]}, "confirmed"),
        (([], 2, 1), {"issues": []}, "wrong_issue"),
        ((["delivery", "other"], 2, 1), {"issues": ["delivery", "other"]}, "missed_issue"),
        ((["other"], 1, 1), {"issues": ["other"], "sentiment": 1}, "wrong_issue"),
        ((["delivery"], 1, 2), {"sentiment": 1, "urgency": 2}, "wrong_mood"),
        ((["delivery"], None, 3), {"urgency": 3}, "wrong_urgency"),
    ],
)
def test_a_review_corrects_what_was_changed_and_confirms_the_rest(given, changes, reason):
    assert difference(BEFORE, *given) == (changes, reason)


def test_conditions_of_trends_are_exact_and_stand_beside_each_other():
    query = [("is_product", "水壶"), ("is_product", "none"), ("also_issue", "delivery")]
    asked = asked_of([*query, ("is_urgency", "2"), ("queue", "delivery")])
    assert asked.wanted.counted == (
        ("product", ("水壶", "none")),
        ("urgency", ("2",)),
        ("issue", ("delivery",)),
    )
    assert asked.narrowed
    assert asked_of(QueryParams(asked.link().partition("?")[2])).wanted == asked.wanted
    without = asked_of(QueryParams(asked.without("is_product", "none").partition("?")[2]))
    assert without.wanted.counted[0] == ("product", ("水壶",))


@pytest.mark.parametrize("query", [{"is_urgency": "7"}, {"also_sentiment": "0"}])
def test_a_level_of_trends_that_is_none_is_refused(query):
    with pytest.raises(InputError, match="is no level"):
        asked_of(query)


def test_a_window_needs_times_with_a_zone():
    asked = asked_of({"since": "2026-11-01T00:00:00+08:00", "until": "2026-11-02T00:00:00+08:00"})
    assert (asked.wanted.until - asked.wanted.since).days == 1
    everything = asked_of({"since": "2026-11-01T00:00:00+08:00", "status": "all"})
    assert set(everything.wanted.status) == {"open", "waiting", "resolved", "closed"}
    for text in ("2026-11-01T00:00:00", "gestern"):
        with pytest.raises(BadValueError, match="no time with a zone"):
            asked_of({"since": text})
