"""What a small network starts from."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from triage.training.pretrain.masking import Tokens
from triage.training.pretrain.start import embeddings, information, warm


def windows(*rows: list[int]) -> Tokens:
    """Windows of pieces 5 and above, between a first and a last special one."""
    ids = [np.array([2, *row, 3], dtype=np.int32) for row in rows]
    words = [np.array([-1, *range(len(row)), -1], dtype=np.int32) for row in rows]
    starts = np.cumsum([0, *map(len, ids)])
    return Tokens(np.concatenate(ids), np.concatenate(words), starts)


def likeness(table: np.ndarray, one: int, other: int) -> float:
    norms = np.linalg.norm(table[one]) * np.linalg.norm(table[other])
    return float(table[one] @ table[other] / norms)


def test_pieces_that_keep_the_same_company_are_alike() -> None:
    tokens = windows(*[[5, 7, 8], [6, 7, 8], [9, 10, 11]] * 20)
    table = embeddings(tokens, 12, 4, 0)
    assert likeness(table, 5, 6) > 0.9
    assert abs(likeness(table, 5, 9)) < 0.3


def test_company_does_not_reach_over_the_end_of_a_window() -> None:
    apart = embeddings(windows(*[[5, 7], [6, 8]] * 20), 12, 4, 0)
    assert abs(likeness(apart, 5, 6)) < 0.3
    assert not apart[[0, 1, 2, 3, 4, 9]].any()


def test_what_comes_together_by_chance_has_no_information() -> None:
    even = csr_matrix(np.ones((3, 3)))
    assert information(even).toarray().max() < 0.05
    close = information(csr_matrix(np.array([[0, 9.0, 1], [9, 0, 1], [1, 1, 8]]))).toarray()
    assert close[0, 1] > close[0, 2] == 0


def test_a_fresh_network_already_answers_by_frequency() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from triage.training.pretrain.model import new_model
    from triage.training.pretrain.settings import Shape
    from triage.training.pretrain.vocabulary import SPECIALS, tokenizer_of

    names = tokenizer_of([*SPECIALS, *"甲乙丙丁戊己庚"], 16)
    model = new_model(Shape(1, 8, 8, 2, 12, 16), names, 0)
    warm(model, windows(*[[5, 7, 7], [6, 7, 7]] * 20), 0)
    bias = model.decoder.bias.detach()
    assert int(torch.argmax(bias[5:])) == 2
    assert float(torch.exp(bias).sum()) == pytest.approx(1.0, abs=1e-5)
