from hypothesis import given
from hypothesis import strategies as st

from triage.text.clean import clean
from triage.text.clean_all import clean_all

ANY = st.text(st.characters() | st.sampled_from("\ud800！!。 谢祝\n<>&\x00①ﬁ🙂𝒜🄰*１"), max_size=30)


@given(st.lists(ANY, min_size=1, max_size=6))
def test_cleaning_together_is_cleaning_alone(texts):
    for together, text in zip(clean_all(texts), texts, strict=True):
        alone = clean(text)
        assert together.text == alone.text
        spans = range(len(alone.text))
        assert [together.span(k, k + 1) for k in spans] == [alone.span(k, k + 1) for k in spans]


def test_authored_texts_are_cleaned_together_as_alone(seed_texts):
    assert [c.text for c in clean_all(seed_texts)] == [clean(text).text for text in seed_texts]


def test_nothing_is_cleaned_of_nothing():
    assert clean_all([]) == []
