import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pace import taken
from triage.text.clean import clean

ANY = st.characters(exclude_categories=())  # lone surrogates and NULs included
PIECES = (
    "<br>",
    "<p class='x'>",
    "</p>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<",
    ">",
    "&amp;",
    "&lt;b&gt;",
    "&#0;",
    "&#xD800;",
    "&#x200b;",
    "&nbsp;",
    "\r\n",
    "\u2028",
    "\n> 引用的话",
    "\n---- 原始邮件 ----\n",
    "\n发件人：客服\n时间：9月1日\n",
    "\n在 2024年1月3日 客服 写道：\n",
    "\n-- \n张三",
    "\n发自我的 iPhone",
    "\u200b",
    "\ufeff",
    "\x00",
    "\ud800",
    "e\u0301",
    "㎏",
    "ﾊﾞ",
    "①",
    "！！！！！",
    "哈哈哈哈哈",
    "    ",
    "质 量 差",
    "AC 12",
    "😡",
    "𠀀",
)
ANY_TEXT = st.lists(st.one_of(st.text(ANY, max_size=12), st.sampled_from(PIECES))).map("".join)
PLAIN = st.text(st.sampled_from("快递三天没到质量差a1 \n\t，。！\u200b\ufeff\r"), max_size=60)


def spans(cleaned):
    return [cleaned.span(k, k + 1) for k in range(len(cleaned.text))]


@given(ANY_TEXT)
@example("")
@example("\ud800")
@example("\x00" * 5)
@example("<script>" * 20)
def test_no_text_whatever_makes_cleaning_raise_or_leaves_what_it_promises_to_remove(text):
    result = clean(text).text
    assert "\x00" not in result
    assert "\r" not in result
    assert "  " not in result
    assert "\n\n" not in result
    assert not any("\ud800" <= char <= "\udfff" for char in result)
    assert result == result.strip()


@given(ANY_TEXT)
@example("x\r\n\r\ny")
@example("a&amp;b")
@example("ﾊﾞe\u0301㎏")
def test_the_map_points_into_the_original_and_never_runs_backwards(text):
    found = spans(clean(text))
    assert all(0 <= start < end <= len(text) for start, end in found)
    starts, ends = [s for s, _ in found], [e for _, e in found]
    assert starts == sorted(starts)
    assert ends == sorted(ends)


@given(ANY_TEXT, st.integers(0, 200), st.integers(1, 50))
def test_a_longer_stretch_maps_to_the_hull_of_its_characters(text, start, length):
    cleaned = clean(text)
    end = start + length
    if end > len(cleaned.text):
        return
    found = spans(cleaned)[start:end]
    assert cleaned.span(start, end) == (found[0][0], found[-1][1])


@given(PLAIN)
def test_a_character_that_survives_is_found_where_it_stood(text):
    cleaned = clean(text)
    for char, (start, end) in zip(cleaned.text, spans(cleaned), strict=True):
        if char.isalnum():
            assert char in text[start:end]
            assert text[start:end].strip("\u200b\ufeff") in {char, char * (end - start)}


@given(PLAIN)
def test_cleaning_loses_no_letter_of_a_plain_text_but_repeats(text):
    def squeezed(value):
        kept = [char for char in value if char.isalnum()]
        return [c for k, c in enumerate(kept) if k == 0 or c != kept[k - 1]]

    assert squeezed(clean(text).text) == squeezed(text)


@given(PLAIN)
def test_cleaning_twice_changes_nothing_more(text):
    once = clean(text).text
    assert clean(once).text == once


def test_cleaning_twice_changes_nothing_more_on_every_authored_text(seed_texts):
    once = [clean(text).text for text in seed_texts]
    assert [clean(text).text for text in once] == once


def test_a_plain_text_comes_back_as_it_is_with_positions_unchanged():
    cleaned = clean("等了三天还没发货")
    assert cleaned.text == "等了三天还没发货"
    assert cleaned.span(2, 4) == (2, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("差　评", "差评"),
        ("１２：３０", "12:30"),
        ("５㎏", "5kg"),
        ("①号", "1号"),
        ("cafe\u0301 差", "café 差"),
        ("太慢…", "太慢…"),
        ("𝐎𝐊", "OK"),
    ],
)
def test_compatibility_forms_become_ordinary_characters(text, expected):
    assert clean(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>质量差</p>", "质量差"),
        ("质量差<br/>客服不理", "质量差\n客服不理"),
        ("<div>质量差</div><div>退货</div>", "质量差\n退货"),
        ("质<b>量</b>差", "质量差"),
        ("<style>p{color:red}</style>质量差", "质量差"),
        ("<SCRIPT>alert('态度')</Script>质量差", "质量差"),
        ("质量差<hr>退货", "质量差\n退货"),
        ("<!DOCTYPE html><html><body>质量差</body></html>", "质量差"),
        ("<script>alert('态度')</script>质量差", "质量差"),
        ("质量<!-- 内部备注 -->差", "质量差"),
        ("质量&nbsp;差", "质量差"),
        ("A&amp;B 店", "A&B 店"),
        ("&#36136;&#x91CF;差", "质量差"),
        ("温度&lt;5", "温度<5"),
        ("没有&这个;实体", "没有&这个;实体"),
    ],
)
def test_mark_up_goes_and_its_words_stay(text, expected):
    assert clean(text).text == expected


@pytest.mark.parametrize("text", ["温度<5度", "a < b", "爱你<3", "5>3", "1<2>0"])
def test_comparison_signs_are_not_mark_up(text):
    assert clean(text).text == text


@pytest.mark.parametrize(
    "text", ["&#0;差", "&#x0;差", "&#x200b;差", "&#13;差", "&#xE000;差", "&#xD800;差"]
)
def test_an_entity_cannot_bring_back_what_cleaning_removes(text):
    result = clean(text).text
    assert result.strip("\ufffd") == "差"


@pytest.mark.parametrize(
    "quoted",
    [
        "\n> 您好，已为您登记。\n> 请耐心等待。",
        "\n———— 原始邮件 ————\n发件人：客服中心\n时间：9月15日\n尊敬的用户，物流已发出",
        "\n-----原始郵件-----\n尊敬的用戶，物流已發出",
        "\n----- Original Message -----\nFrom: service\n物流已发出",
        "\nOn Mon, 3 Jan 2024, Service <a@b.cn> wrote:\n> 物流已发出",
        "\n在 2024年1月3日，客服 <a@b.cn> 写道：\n物流已发出",
        "\n发件人：客服中心\n发送时间：2024年1月3日\n物流已发出",
        "\n发自我的 iPhone",
        "\n發自我的 iPhone",
        "\nSent from my Android phone",
        "\n-- \n王小明\n市场部",
    ],
)
def test_what_the_customer_did_not_write_is_left_out(quoted):
    assert clean("杯子漏水，没人回我。" + quoted).text == "杯子漏水,没人回我。"


def test_lines_below_a_quoted_line_are_kept():
    assert clean("> 已登记\n三天了没人来").text == "三天了没人来"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("质 量 太 差", "质量太差"),
        ("送 iPhone 15 来", "送 iPhone 15 来"),
        ("a \t  b", "a b"),
        ("一\r\n\r\n\r\n二", "一\n二"),
        ("一\u2028二\x0b三", "一\n二\n三"),
        ("  \n 差 \n ", "差"),
        ("差\u200b评\ufeff", "差评"),
        ("差\x00评", "差评"),
        ("差\ud83d评", "差\ufffd评"),
    ],
)
def test_blanks_and_invisible_characters_are_put_in_order(text, expected):
    assert clean(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("太差了！！！！！！", "太差了!!!"),
        ("哈哈哈哈哈哈", "哈哈哈"),
        ("退款10000元", "退款10000元"),
        ("单号 11111111", "单号 11111111"),
        ("啊啊啊", "啊啊啊"),
    ],
)
def test_a_run_of_one_character_keeps_three_and_numbers_keep_all(text, expected):
    assert clean(text).text == expected


def test_an_entity_and_an_accent_map_to_all_their_characters():
    cleaned = clean("x&amp;e\u0301")
    assert cleaned.text == "x&é"
    assert spans(cleaned) == [(0, 1), (1, 6), (6, 8)]


def test_stretches_after_removed_mark_up_are_found_in_the_original():
    original = "<p>您好</p>\r\n<p>杯子&nbsp;漏水</p>\n> 已登记"
    cleaned = clean(original)
    at = cleaned.text.index("漏水")
    start, end = cleaned.span(at, at + 2)
    assert original[start:end] == "漏水"


HOSTILE = {
    "blanks": "a" + " " * 20_000 + "b",
    "lines": "\n" * 20_000,
    "lines and blanks": "\n " * 10_000,
    "open tags": "<a " * 6_600,
    "open scripts": "<script>" * 2_500,
    "open comments": "<!--" * 5_000,
    "ampersands": "&a" * 10_000,
    "dashes": "-" * 20_000,
    "senders": "发件人:\n" * 4_000,
    "replies": "On a\n" * 4_000,
    "quotes": ">\n" * 10_000,
    "signatures": "-- \n" * 5_000,
    "accents": "e" + "\u0301" * 19_999,
    "one character": "啊" * 20_000,
    "greetings": "您好，" * 6_600,
    "blank thanks": "东西不错，" + "谢谢 " * 6_600 + "x",
    "thanks": "东西不错" + "，谢谢" * 6_600 + "x",
    "wishes": "东西不错\n" + "祝好。" * 6_600 + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_within_the_limit_takes_long_to_clean(name):
    assert taken(lambda: clean(HOSTILE[name])) < 1


def test_no_authored_text_is_emptied_by_cleaning(seed_rows):
    assert [row["id"] for row in seed_rows if not clean(row["text"]).text] == []


def test_a_sentence_about_what_somebody_wrote_is_no_quoted_mail():
    text = "在你们官网的商品介绍里写道：七天无理由退货，结果 客服拒绝"
    assert "客服拒绝" in clean(text).text


def test_a_run_of_mixed_width_marks_keeps_three_too():
    assert clean("差！!！!").text == "差!!!"
