import json

import pytest

pytestmark = pytest.mark.browser

COMPLAINT = "等了三天快递还没收到，打开一看质量太差！"
EMOJI = "😡🇨🇳👨‍👩‍👧𠮷 快递没收到😤，质量太差👎"
# What a mark holds but for the label raised above it, in the order of the page.
MARKS = """() => [...document.querySelectorAll('#marked mark')].map(mark => {
    const copy = mark.cloneNode(true);
    copy.querySelectorAll('sup').forEach(label => label.remove());
    return copy.textContent;
})"""
TEXT = """() => {
    const copy = document.querySelector('#marked').cloneNode(true);
    copy.querySelectorAll('sup').forEach(label => label.remove());
    return copy.textContent;
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def given(page):
    return [row.inner_text() for row in page.query_selector_all("#issues tr.given td.name")]


def quotes(reply):
    evidence = sorted(reply.json()["evidence"], key=lambda item: item["start"])
    return list(dict.fromkeys(item["text"] for item in evidence))


# What a reader sees


def test_a_pasted_text_shows_its_issues_mood_and_urgency(page, judge):
    reply = judge(page, COMPLAINT)
    assert sorted(given(page)) == ["产品质量", "物流配送"]
    verdict = reply.json()
    assert page.inner_text("#sentiment").startswith(f"{verdict['sentiment']} · 不满")
    assert page.inner_text("#urgency").startswith(f"{verdict['urgency']} · ")
    assert verdict["model"]["hash"] in page.inner_text("#model")


def test_the_issues_stand_in_the_order_of_their_scores(page, judge):
    judge(page, COMPLAINT)
    shown = [cell.inner_text() for cell in page.query_selector_all("#issues td.number")]
    scores = [int(score.rstrip("%")) for score in shown]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", [COMPLAINT, EMOJI, "𠮷" * 40 + "快递没收到"])
def test_the_marks_are_the_characters_that_the_evidence_quotes(page, judge, text):
    reply = judge(page, text)
    assert quotes(reply)
    assert page.evaluate(MARKS) == quotes(reply)


@pytest.mark.parametrize("text", [COMPLAINT, EMOJI, "第一行快递\n\n  第二行 <b>质量</b> & 没了"])
def test_the_text_is_shown_as_it_was_written(page, judge, text):
    judge(page, text)
    assert page.evaluate(TEXT) == text


def test_every_mark_carries_the_name_of_its_issue(page, judge):
    judge(page, COMPLAINT)
    names = {label.inner_text() for label in page.query_selector_all("#marked sup")}
    assert names == {"物流配送", "产品质量"}


def with_evidence(page, judge, text, *spans):
    """Let the service quote `spans` of the text: (label, start, end)."""
    evidence = [
        {"for": label, "text": text[start:end], "start": start, "end": end, "weight": 1.0}
        for label, start, end in spans
    ]
    page.route("**/v1/triage", lambda route: _quoting(route, evidence))
    judge(page, text)


def _quoting(route, evidence):
    reply = route.fetch()
    route.fulfill(response=reply, body=json.dumps(reply.json() | {"evidence": evidence}))


def test_evidence_of_two_issues_that_overlaps_is_marked_piece_by_piece(page, judge):
    text = "😡快递员态度差"
    with_evidence(page, judge, text, ("delivery", 1, 4), ("staff_attitude", 3, 7))
    assert page.evaluate(MARKS) == ["快递", "员", "态度差"]
    assert page.evaluate(TEXT) == text
    labels = [label.inner_text() for label in page.query_selector_all("#marked sup")]
    assert labels == ["物流配送", "物流配送·服务态度", "服务态度"]


def test_evidence_of_one_stretch_for_two_issues_is_marked_once(page, judge):
    text = "快递没收到"
    with_evidence(page, judge, text, ("delivery", 0, 5), ("follow_up_neglect", 0, 5))
    assert page.evaluate(MARKS) == [text]


def test_mark_up_in_a_text_is_shown_and_never_run(page, judge):
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>快递没收到'
    with_evidence(page, judge, attack, ("delivery", 0, len(attack) - 5))
    assert page.evaluate(TEXT) == attack
    assert page.evaluate(MARKS) == [attack[:-5]]
    assert page.evaluate("() => window.hacked") is None
    assert page.query_selector("#result img") is None


def test_a_second_text_replaces_the_first(page, judge):
    judge(page, COMPLAINT)
    judge(page, "很满意，下次还来")
    assert given(page) == []
    assert page.evaluate(TEXT) == "很满意，下次还来"


def test_the_answer_of_the_service_can_be_read_as_json(page, judge):
    reply = judge(page, COMPLAINT)
    page.click("details summary")
    assert json.loads(page.inner_text("#json")) == reply.json()


def test_an_urgent_text_stands_out(page, judge):
    reply = judge(page, "饭里有玻璃，要起诉你们")
    assert reply.json()["urgency"] == 3
    assert "alarm" in page.get_attribute("#urgency", "class")
    assert "紧急" in page.inner_text("#urgency")


def test_a_sample_is_filled_in_and_judged_with_one_click(page):
    with page.expect_response("**/v1/triage") as answer:
        page.click("#samples button >> nth=0")
    assert answer.value.ok
    page.wait_for_selector("#result:visible")
    assert page.input_value("#text") == page.evaluate(TEXT)


def test_every_sample_gets_a_verdict(page):
    for button in page.query_selector_all("#samples button"):
        with page.expect_response("**/v1/triage") as answer:
            button.click()
        assert answer.value.ok


def test_the_keys_control_and_enter_judge(page):
    page.fill("#text", COMPLAINT)
    page.focus("#text")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#result:visible")
    assert len(given(page)) == 2


# The language


def test_the_page_speaks_chinese_first(page):
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.inner_text("button.primary") == "判断"


def test_one_click_turns_the_page_into_english_and_another_back(page, judge):
    judge(page, COMPLAINT)
    page.click("#language")
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text("button.primary") == "Judge"
    assert sorted(given(page)) == ["Delivery", "Product quality"]
    assert "negative" in page.inner_text("#sentiment")
    page.click("#language")
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert sorted(given(page)) == ["产品质量", "物流配送"]


def test_no_chinese_word_of_the_page_is_left_in_english(page):
    page.click("#language")
    words = page.inner_text("main") + page.inner_text("header p") + page.inner_text("footer")
    assert not [char for char in words if "\u4e00" <= char <= "\u9fff"]


def test_the_language_is_kept_in_the_address(page, visit):
    page.click("#language")
    assert page.url.endswith("?lang=en")
    page.reload()
    assert page.inner_text("button.primary") == "Judge"
    assert visit("/?lang=en").inner_text("button.primary") == "Judge"


def test_the_evidence_stays_marked_when_the_language_changes(page, judge):
    reply = judge(page, EMOJI)
    page.click("#language")
    assert page.evaluate(MARKS) == quotes(reply)


# What goes wrong


def test_a_blank_text_shows_an_error_and_no_verdict(page, judge):
    judge(page, COMPLAINT)
    reply = judge(page, "   \n  ")
    assert reply.status == 422
    assert reply.json()["error"]["message"] in page.inner_text("#problem")
    assert not page.is_visible("#result")
    assert page.seen.crashes == []


def test_a_text_after_an_error_is_judged_again(page, judge):
    judge(page, "。。。")
    judge(page, COMPLAINT)
    assert not page.is_visible("#problem")
    assert len(given(page)) == 2


def test_nothing_is_sent_for_an_empty_text(page):
    page.click("button.primary")
    page.wait_for_timeout(200)
    assert not any("/v1/triage" in url for url in page.seen.asked)
    assert not page.is_visible("#result")


def failing(page, answer):
    page.route("**/v1/triage", answer)
    page.fill("#text", COMPLAINT)
    page.click("button.primary")
    page.wait_for_selector("#problem:visible")
    return page.inner_text("#problem")


def test_a_service_that_is_gone_is_told_in_the_language_of_the_page(page):
    assert "没有应答" in failing(page, lambda route: route.abort())
    page.click("#language")
    page.click("button.primary")
    page.wait_for_function("() => document.querySelector('#problem').textContent.includes('try')")


@pytest.mark.parametrize("answer", ["<html>502</html>", '"oops"', "{}"])
def test_an_answer_that_is_none_of_ours_is_told_and_the_button_works_again(page, answer):
    assert failing(page, lambda route: route.fulfill(status=502, body=answer))
    assert page.is_enabled("button.primary")


def test_an_overloaded_service_says_what_to_do(page):
    error = {"code": "overloaded", "message": "Too many requests wait.", "remedy": "Try again."}
    body = json.dumps({"error": error})
    assert "Try again." in failing(page, lambda route: route.fulfill(status=429, body=body))


# The browser


def test_a_visit_leaves_no_error_on_the_console(page, judge):
    for text in (COMPLAINT, EMOJI, "很满意"):
        judge(page, text)
    page.click("#language")
    page.click("details summary")
    assert page.seen.console == []
    assert page.seen.crashes == []


def test_the_page_asks_no_other_host(page, judge, address):
    judge(page, COMPLAINT)
    assert len(page.seen.asked) >= 4
    assert all(url.startswith(f"{address}/") for url in page.seen.asked)


LONG = "快递" * 400 + " https://example.com/" + "a" * 300 + " 😡" * 30


def test_a_phone_needs_no_scrolling_sideways(phone, judge):
    assert phone.evaluate(OVERFLOW) <= 0
    with_evidence(phone, judge, LONG, ("delivery", 0, 810), ("product_quality", 2, len(LONG)))
    assert phone.evaluate(OVERFLOW) <= 0
    phone.click("details summary")
    assert phone.evaluate(OVERFLOW) <= 0
    phone.click("#language")
    assert phone.evaluate(OVERFLOW) <= 0


def test_an_error_needs_no_scrolling_sideways_on_a_phone(phone, judge):
    assert judge(phone, "。" * 200).status == 422
    assert phone.is_visible("#problem")
    assert phone.evaluate(OVERFLOW) <= 0


def test_whatever_is_pressed_on_a_phone_is_large_enough_for_a_finger(phone):
    boxes = [item.bounding_box() for item in phone.query_selector_all("button")]
    assert len(boxes) >= 3
    assert all(box["height"] >= 24 and box["width"] >= 24 for box in boxes)


def test_the_page_can_be_used_in_the_dark(visit, judge):
    page = visit(color_scheme="dark")
    judge(page, COMPLAINT)
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    ink, ground = (sum(map(int, colour[4:-1].split(","))) for colour in colours)
    assert ink - ground > 400
