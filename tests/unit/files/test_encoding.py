import codecs
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.files.encoding import detect, open_bytes, open_text
from triage.text.script import script_of

SIMPLIFIED = (
    "等了三天还没发货，打了两次电话都没人接！",
    "质量太差，第一次穿就破洞，客服说不退。",
    "一点也不差，退款秒到账，下次还来。",
    "师傅态度恶劣，东西往门口一扔就走了。",
    "孩子喝了两口说嗓子扎，吐出来一看是玻璃碴。",
    "价格昨天刚降了一百块，优惠券也用不了。",
    "收到的杯子是碎的，包装就一层纸。",
    "衣服不错，很满意",
)
TRADITIONAL = (
    "等了三天還沒出貨，打了兩次電話都沒人接！",
    "品質太差，第一次穿就破洞，客服說不能退。",
    "這家客服態度真的很差，退費問了三次都不理人。",
    "外送員把湯灑了一半，袋子裡都是油。",
    "價格昨天剛降了一百塊，優惠券也不能用。",
    "服務很好，下次還會再來光顧。",
    "包裹顯示已送達，可是我根本沒有收到。",
    "很滿意",
)


def table(*lines, newline="\n"):
    return newline.join(["id,text", *(f"{k},{line}" for k, line in enumerate(lines)), ""])


def seen(path):
    with open_text(path) as lines:
        return lines.read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_simplified_file_is_read_right_in_every_encoding_it_may_have(put, encoding):
    text = table(*SIMPLIFIED)
    assert seen(put("a.csv", text, encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_a_traditional_file_is_read_right_in_every_encoding_it_may_have(put, encoding):
    text = table(*TRADITIONAL)
    assert seen(put("a.csv", text, encoding)) == text


@pytest.mark.parametrize("line", SIMPLIFIED)
def test_a_gb18030_file_of_a_single_row_is_read_right(put, line):
    assert seen(put("a.csv", table(line), "gb18030")) == table(line)


@pytest.mark.parametrize("line", ["没收到", "质量差", "不好吃", "很满意"])
def test_a_gb18030_file_of_a_single_short_word_is_read_right(put, line):
    assert seen(put("a.csv", table(line), "gb18030")) == table(line)


@pytest.mark.parametrize("line", TRADITIONAL)
def test_a_big5_file_of_a_single_row_is_read_right(put, line):
    assert seen(put("a.csv", table(line), "big5")) == table(line)


def test_big_endian_utf_16_is_read_right(put):
    text = table(*SIMPLIFIED)
    assert seen(put("a.csv", codecs.BOM_UTF16_BE + text.encode("utf-16-be"))) == text


def test_a_byte_order_mark_is_no_part_of_the_text(put):
    assert seen(put("a.csv", "text\n快递\n", "utf-8-sig")).startswith("text")
    assert seen(put("b.csv", "text\n快递\n", "utf-16")).startswith("text")


def test_characters_of_four_bytes_in_gb18030_are_read_right(put):
    text = table(*SIMPLIFIED, "𠮷野家的快递😡没送到")
    assert seen(put("a.csv", text, "gb18030")) == text


def test_hong_kong_characters_of_big5_are_read_right(put):
    text = table(*TRADITIONAL, "佢哋話冇得退，嗰個職員好惡")
    assert seen(put("a.csv", text, "big5hkscs")) == text


def share_read_right(files, encoding):
    """Return which share of small files, written in `encoding`, comes back as it was."""
    written = [file.encode(encoding, "ignore") for file in files]
    wanted = [data.decode(encoding) for data in written]
    found = [data.decode(detect(data), "replace") for data in written]
    return sum(map(str.__eq__, found, wanted)) / len(files)


def test_small_big5_files_of_authored_texts_are_hardly_ever_taken_for_gb18030(seed_texts):
    hant = [text for text in seed_texts if script_of(text).value == "hant"]
    files = [table(*hant[k : k + 3]) for k in range(len(hant) - 2)]
    assert len(files) > 100
    assert share_read_right(files, "big5hkscs") >= 0.97


def test_small_gb18030_files_of_authored_texts_are_hardly_ever_taken_for_big5(seed_texts):
    files = [table(*seed_texts[k : k + 2]) for k in range(0, 1200, 2)]
    assert share_read_right(files, "gb18030") >= 0.99


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_whatever_is_written_in_utf_8_is_read_as_utf_8(text):
    data = text.encode()
    assert data.decode(detect(data)) == text.removeprefix("\ufeff")


def test_plain_ascii_is_utf_8():
    assert detect(b"id,text\n1,ok\n") == "utf-8"


def test_an_empty_file_is_utf_8():
    assert detect(b"") == "utf-8"


@pytest.mark.parametrize("cut", [1, 2])
def test_a_sample_that_ends_inside_a_character_is_still_utf_8(cut):
    assert detect("快递没收到".encode()[:-cut]) == "utf-8"


def test_a_stray_bad_byte_leaves_a_file_utf_8_and_the_other_lines_whole(put):
    good = table(*SIMPLIFIED * 10)
    text = seen(put("a.csv", good.encode() + "99,坏".encode() + b"\xff\n" + "100,好\n".encode()))
    assert text == good + "99,坏\ufffd\n100,好\n"


def test_what_comes_after_the_sample_is_decoded_as_well(put):
    text = table(*SIMPLIFIED * 2000)
    assert len(text.encode("gb18030")) > 300_000
    assert seen(put("a.csv", text, "gb18030")) == text


def test_bytes_invalid_in_the_encoding_become_replacement_characters(put):
    data = table(*SIMPLIFIED).encode("gb18030") + b"9,\xff\n"
    assert seen(put("a.csv", data)).endswith("9,\ufffd\n")


def test_line_ends_reach_the_reader_as_they_are(put):
    text = table(*SIMPLIFIED, newline="\r\n")
    assert seen(put("a.csv", text)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_gzipped_file_is_read_in_its_own_encoding(put, encoding):
    text = table(*SIMPLIFIED)
    assert seen(put("a.csv.gz", gzip.compress(text.encode(encoding)))) == text


def test_only_a_name_that_ends_in_gz_is_unzipped(put):
    data = gzip.compress(b"text\n")
    with open_bytes(put("a.csv", data)) as plain, open_bytes(put("a.csv.gz", data)) as zipped:
        assert plain.read() == data
        assert zipped.read() == b"text\n"
