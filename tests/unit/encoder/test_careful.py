"""The cascade that ships beside the default model."""

from pathlib import Path

import numpy as np
import pytest

from triage import Feedback, Triage
from triage.artifact import load
from triage.scorers.cascade import doubts
from triage.text.clean_all import clean_all

pytest.importorskip("onnxruntime")
ROOT = Path(__file__).parents[3]
CAREFUL, BODY = ROOT / "models" / "careful", ROOT / "data" / "body"
MOST = 12_000_000  # bytes of the encoder


@pytest.fixture(scope="module")
def model():
    return load(CAREFUL)


@pytest.fixture(scope="module")
def texts(seed_rows):
    return [row["text"] for row in seed_rows[::40]]


def test_its_word_model_is_the_default_one_byte_for_byte():
    name = "weights.safetensors"
    assert (CAREFUL / name).read_bytes() == (ROOT / "models" / "default" / name).read_bytes()


def test_its_encoder_is_small():
    assert (CAREFUL / "encoder.onnx").stat().st_size + (
        CAREFUL / "tokenizer.json"
    ).stat().st_size < MOST


def test_the_word_model_answers_some_and_the_encoder_changes_others(model, texts):
    cleaned = clean_all(texts)
    alone = model.scorer.word.score(cleaned)
    both = model.scorer.score(cleaned)
    reads = doubts(alone) > model.scorer.weights.limit
    assert 0.2 < reads.mean() < 0.95
    changed = (alone.issues != both.issues).any(axis=1)
    assert (changed == reads).all()


def test_company_does_not_change_a_verdict(texts):
    engine = Triage.load(CAREFUL)
    records = [Feedback(str(k), text) for k, text in enumerate(texts)]
    together = [verdict.to_dict() for verdict in engine.pipe(records)]
    assert together[::7] == [engine(record).to_dict() for record in records[::7]]


@pytest.mark.parametrize("text", ["快递送得一点都不慢。", "鱼很新鲜，没有臭味。"])
def test_a_denied_fault_is_no_complaint(text):
    assert Triage.load(CAREFUL)(Feedback("a", text)).issues == ()


def test_quotes_are_of_the_original_characters(texts):
    engine = Triage.load(CAREFUL)
    for verdict, text in zip(
        engine.pipe(Feedback(str(k), t) for k, t in enumerate(texts)), texts, strict=True
    ):
        assert all(text[q.start : q.end] == q.text for q in verdict.evidence)


def test_a_long_text_is_read_to_its_end(model):
    cleaned = clean_all(["今天天气不错，" * 60 + end for end in ("很满意。", "客服骂人，投诉！")])
    calm, angry = model.scorer.encoder.log_odds(cleaned)
    assert np.abs(calm - angry).max() > 0.5


def test_the_body_in_the_box_is_what_transformers_loads():
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from triage.training.encoder.model import load_body

    body, tokenizer = load_body(str(BODY))
    assert body.config.hidden_size == 256 and body.config.num_hidden_layers == 4
    assert tokenizer("快递")["input_ids"][0] == tokenizer.cls_token_id
