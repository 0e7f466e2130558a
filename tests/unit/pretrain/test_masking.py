"""The vocabulary of characters, and hiding whole words."""

import numpy as np
import pytest

from triage.text.segment import Segmenter
from triage.training.pretrain.masking import Tokens, batches, mask, tokenise
from triage.training.pretrain.vocabulary import SPECIALS, characters, tokenizer_of

pytest.importorskip("transformers")

TEXTS = ["快递太慢了，客服态度很好", "质量很差，客服没有回复", "abc12 快递没有到"] * 20
PIECES = characters(TEXTS, 500)


def tokens(window: int = 32) -> Tokens:
    return tokenise(TEXTS, tokenizer_of(PIECES, window), Segmenter(), window)


def test_the_commonest_characters_come_first_and_the_vocabulary_is_bounded() -> None:
    assert characters(["好的好", "好吗", "好的"], 1000)[-2:] == ["好", "的"]
    assert len(characters(TEXTS, 90)) == 90
    assert PIECES[:5] == list(SPECIALS)


def test_every_character_is_a_piece_and_latin_runs_too() -> None:
    names = tokenizer_of(PIECES, 32)
    assert names.tokenize("快递ABC12？") == ["快", "递", "a", "##b", "##c", "##1", "##2", "[UNK]"]
    assert names("快")["input_ids"] == [2, names.convert_tokens_to_ids("快"), 3]
    assert "[UNK]" not in names.tokenize("1" * 500)


def test_the_tokenizer_survives_its_folder(tmp_path) -> None:
    from transformers import AutoTokenizer

    tokenizer_of(PIECES, 32).save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again("快递abc")["input_ids"] == tokenizer_of(PIECES, 32)("快递abc")["input_ids"]
    assert again.mask_token_id == 4


def test_the_characters_of_a_word_share_its_number() -> None:
    found = tokens()
    names = tokenizer_of(PIECES, 32)
    row = slice(found.starts[0], found.starts[1])
    by_word: dict[int, str] = {}
    for piece, word in zip(found.ids[row], found.words[row], strict=True):
        if word >= 0:
            by_word[word] = by_word.get(word, "") + names.convert_ids_to_tokens(int(piece))
    assert list(by_word.values()) == Segmenter().cut(TEXTS[0])
    assert found.words[row][[0, -1]].tolist() == [-1, -1]


def test_long_texts_become_several_windows() -> None:
    assert len(tokens(8).lengths) > len(TEXTS)
    assert tokens(8).lengths.max() == 8


def test_words_are_hidden_whole_and_specials_never() -> None:
    found = tokens()
    rows = np.arange(len(TEXTS))
    batch = mask(found, rows, 0.3, (0, 4, 5), np.random.default_rng(0))
    for k in rows:
        words = found.words[found.starts[k] : found.starts[k + 1]]
        hidden = batch.hidden[k, : len(words)]
        assert not hidden[words < 0].any() and not batch.hidden[k, len(words) :].any()
        for word in set(words[words >= 0].tolist()):
            assert len(set(hidden[words == word].tolist())) == 1
    share = batch.hidden.sum() / (found.words >= 0).sum()
    assert 0.2 < share < 0.4


def test_answers_are_what_was_hidden_and_most_of_it_is_masked() -> None:
    found = tokens()
    batch = mask(found, np.arange(len(TEXTS)), 0.3, (0, 4, 5), np.random.default_rng(0))
    whole = np.zeros_like(batch.shown)
    for k in range(len(TEXTS)):
        part = found.ids[found.starts[k] : found.starts[k + 1]]
        whole[k, : len(part)] = part
    assert (whole[batch.hidden] == batch.answers).all()
    assert (batch.shown[~batch.hidden] == whole[~batch.hidden]).all()
    assert 0.7 < (batch.shown[batch.hidden] == 4).mean() < 0.9


def test_something_is_hidden_in_every_window() -> None:
    found = tokens()
    batch = mask(found, np.arange(len(TEXTS)), 1e-9, (0, 4, 5), np.random.default_rng(0))
    assert batch.hidden.any(axis=1).all()


def test_a_window_without_words_hides_nothing() -> None:
    bare = Tokens(np.array([2, 3, 2, 9, 3], np.int32), np.array([-1, -1, -1, 0, -1], np.int32),
                  np.array([0, 2, 5]))  # fmt: skip
    batch = mask(bare, np.array([0, 1]), 0.5, (0, 4, 5), np.random.default_rng(0))
    assert batch.hidden.tolist() == [[False] * 3, [False, True, False]]


def test_batches_hold_every_window_once_in_like_lengths() -> None:
    found = tokens(8)
    parts = batches(found, 64, np.random.default_rng(0))
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(found.lengths)))
    assert max(int(found.lengths[p].sum()) for p in parts) <= 64 + 8
