import numpy as np

from triage.text.clean import clean
from triage.text.segment import Segmenter
from triage.training.matrix import count

SEGMENTER = Segmenter()
TEXTS = ["质量差，客服不回复！", "好评", "等了三天，还没到，退钱。"]


def test_each_text_is_a_row_and_its_clauses_add_up_to_it():
    counts = count(TEXTS, SEGMENTER)
    assert counts.text.shape[0] == 3
    assert counts.first.tolist() == [0, 2, 3]
    assert counts.text.sum() == counts.clause.sum()
    np.testing.assert_array_equal(
        np.asarray(counts.text[0].todense()), np.asarray(counts.clause[:2].sum(axis=0))
    )


def test_counting_many_texts_in_chunks_is_counting_them_one_by_one(seed_texts):
    texts = [text for text in seed_texts if len(clean(text).text) > 1][:1100]  # over one chunk
    together = count(texts, SEGMENTER).text
    for row in (0, 500, 1023, 1024, 1099):
        alone = count([texts[row]], SEGMENTER).text
        if not clean(texts[row]).text.isascii():
            assert abs(together[row].sum() - alone.sum()) == 0


def test_a_text_that_cleaning_empties_keeps_its_row():
    assert count(["<br>", "好评"], SEGMENTER).text.shape[0] == 2


def test_the_norm_of_a_weighted_text_is_one_but_for_repetition():
    counts = count(["质量差客服"], SEGMENTER)
    kept = np.unique(counts.clause.indices).astype(np.uint32)
    few = counts.columns(kept)
    idf = np.linspace(1, 2, len(kept), dtype=np.float32)
    assert few.normed(idf).shape == (1, len(kept))
    row = few.normed(idf).toarray()[0]
    # Views are laid over one another, so a bucket may be hit once only here.
    np.testing.assert_allclose(np.linalg.norm(row), 1, rtol=1e-5)
