import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import InputError
from triage.resources import default_dictionary
from triage.text.clean import clean
from triage.text.segment import Segmenter, available_backend, read_dictionary


@pytest.fixture(scope="module")
def segmenters():
    return Segmenter(backend="rjieba"), Segmenter(backend="jieba")


def test_rjieba_is_preferred_where_it_is_installed():
    assert available_backend() == "rjieba"
    assert Segmenter().identity.name == "rjieba"


def test_both_backends_find_the_same_words_in_every_authored_text(segmenters, seed_texts):
    fast, slow = segmenters
    texts = [clean(text).text for text in seed_texts]
    pairs = [(fast.cut(text), slow.cut(text)) for text in texts]
    # 咚咚咚 is 咚咚+咚 or 咚+咚咚 with equal frequency: a tie, which rounding decides.
    assert [one for one, two in pairs if sorted(one) != sorted(two)] == []
    assert sum(one != two for one, two in pairs) / len(pairs) < 0.001


def test_both_backends_cut_a_whole_batch_as_they_cut_its_texts(segmenters, seed_texts):
    texts = [clean(text).text for text in seed_texts[:500]]
    texts = [text for text in texts if text]
    for segmenter in segmenters:
        alone = [word for text in texts for word in [*segmenter.cut(text), "\x00"]]
        assert segmenter.cut("\x00".join(texts) + "\x00") == alone


@given(st.text(st.one_of(st.characters(), st.sampled_from("七天无理由退货客服12.5aB#+ \n"))))
def test_the_words_joined_are_the_text(text):
    assert "".join(Segmenter().cut(text)) == text


@given(st.text(max_size=30))
def test_the_words_of_the_slow_backend_joined_are_the_text_too(segmenters, text):
    assert "".join(segmenters[1].cut(text)) == text


def test_every_word_of_the_dictionary_in_the_box_stays_whole(segmenters):
    words = [word for word, _ in read_dictionary(default_dictionary())]
    for segmenter in segmenters:
        assert [word for word in words if segmenter.cut(word) != [word]] == []


def test_words_are_not_guessed():
    # With HMM on, jieba makes one word of these; then the backends disagree.
    assert Segmenter().cut("杭研") == ["杭", "研"]
    assert Segmenter().identity.hmm is False


def test_an_own_dictionary_is_used_and_changes_the_identity(tmp_path):
    path = tmp_path / "user.txt"
    path.write_text("超级无敌大礼包 1000000\n", encoding="utf-8")
    own = Segmenter(path)
    assert "超级无敌大礼包" in own.cut("收到超级无敌大礼包了")
    assert "超级无敌大礼包" not in Segmenter().cut("收到超级无敌大礼包了")
    assert own.identity.dictionary != Segmenter().identity.dictionary


def test_comments_blank_lines_and_line_ends_do_not_change_the_identity(tmp_path):
    bare, rich = tmp_path / "bare.txt", tmp_path / "rich.txt"
    bare.write_bytes("包退 5\n包换 6\n".encode())
    rich.write_bytes("# 售后\r\n包退 5  # 常见\r\n\r\n包换\t6\r\n".encode())
    assert Segmenter(bare).identity == Segmenter(rich).identity
    assert read_dictionary(rich) == [("包退", 5), ("包换", 6)]


def test_a_frequency_is_part_of_the_identity(tmp_path):
    one, two = tmp_path / "1.txt", tmp_path / "2.txt"
    one.write_text("包退 5\n", encoding="utf-8")
    two.write_text("包退 6\n", encoding="utf-8")
    assert Segmenter(one).identity != Segmenter(two).identity


def test_the_identity_says_which_version_cut():
    from importlib.metadata import version

    assert Segmenter(backend="jieba").identity.to_dict() == {
        "name": "jieba",
        "version": version("jieba"),
        "dictionary": Segmenter().identity.dictionary,
        "hmm": False,
    }


def test_our_words_do_not_leak_into_the_jieba_of_others(segmenters):
    import jieba

    assert segmenters[1].cut("七天无理由") == ["七天无理由"]
    assert jieba.lcut("七天无理由", HMM=False) != ["七天无理由"]


@pytest.mark.parametrize("line", ["包退", "包退 很多", "包退 5 n", "包退 -5"])
def test_a_broken_dictionary_line_is_named_with_file_and_number(tmp_path, line):
    path = tmp_path / "user.txt"
    path.write_text(f"# 词\n包换 6\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"user\.txt, line 3"):
        Segmenter(path)


def test_a_frequency_in_superscript_is_a_broken_line_too(tmp_path):
    path = tmp_path / "user.txt"
    path.write_text("包换 5²\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_dictionary(path)
