import re

from hypothesis import given
from hypothesis import strategies as st

from triage.text.alternation import alternatives


def test_words_are_grouped_by_their_first_character():
    assert alternatives(["退款", "换货", "退货"]) == "退(?:款|货)|换(?:货)"


def test_what_follows_the_first_character_may_be_an_expression():
    assert re.findall(alternatives(["退(?!房)", "修好?"]), "退房退款修好修") == ["退", "修好", "修"]


@given(
    st.lists(st.text("退换修款货好", min_size=1, max_size=3), min_size=1), st.text("退换修款货好")
)
def test_it_finds_what_the_plain_alternation_finds(words, text):
    assert re.search(alternatives(words), text) or not re.search("|".join(words), text)
