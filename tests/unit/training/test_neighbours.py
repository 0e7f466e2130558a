import pytest

from triage.training.neighbours import ShingleIndex, near_groups

TEXT = "昨天买的保温杯今天就漏水了，联系客服一直没有人回复"


def same(one, two, **options):
    first, second = near_groups([one, two], **options)
    return first == second


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        TEXT + "！！",
        f"<p>{TEXT}</p>",
        " ".join(TEXT),
        TEXT.replace("，", "\n"),
        "昨天買的保溫杯今天就漏水了，聯繫客服一直沒有人回復",
        "唉，" + TEXT,
        TEXT.replace("昨天", "前天"),
    ],
)
def test_copies_with_other_marks_script_or_a_word_changed_are_near(other):
    assert same(TEXT, other)


@pytest.mark.parametrize(
    "other", ["快递员态度很差", "昨天买的衣服很好看", "", "保温杯", "客服回复很快，保温杯很好"]
)
def test_texts_that_share_a_topic_only_are_not_near(other):
    assert not same(TEXT, other)


def test_case_makes_no_difference():
    assert same("iPhone很差", "IPHONE很差")


def test_a_chain_of_neighbours_is_one_group():
    chain = [TEXT[k : k + 20] for k in (0, 3, 6)]
    assert not same(chain[0], chain[2])
    assert len(set(near_groups(chain))) == 1


def test_every_text_belongs_to_one_group_and_strangers_to_their_own():
    assert len(set(near_groups(["质量太差了", "态度恶劣得很", "物流慢得离谱"]))) == 3
    assert near_groups([]) == []


def test_groups_do_not_depend_on_the_order(seed_texts):
    texts = [*seed_texts[:150], *(text + "。" for text in seed_texts[:30])]

    def partition(rows):
        groups = {}
        for text, group in zip(rows, near_groups(rows), strict=True):
            groups.setdefault(group, set()).add(text)
        return {frozenset(members) for members in groups.values()}

    assert partition(texts) == partition(texts[::-1])


def test_a_stricter_measure_parts_what_a_looser_one_joins():
    other = TEXT[:15] + "，店家马上换了新的，赞一个"
    assert same(TEXT, other, similar=0.2)
    assert not same(TEXT, other, similar=0.9)


def test_the_index_names_the_texts_by_the_order_in_which_they_were_added():
    index = ShingleIndex(["质量太差了", TEXT])
    index.add("态度恶劣得很")
    assert index.near(TEXT) == [1]
    assert index.near("态度恶劣得很！") == [2]
    assert index.near("物流慢得离谱") == []


def test_a_text_that_hundreds_share_still_finds_them():
    index = ShingleIndex([TEXT] * 300)
    assert index.near(TEXT)


def test_texts_without_any_letter_are_one_another_s_copies():
    assert same("！！！", "。。。")
