"""The network: pooling, windows, bodies of other makers."""

import json

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from tests.unit.encoder.texts import LABELS
from tests.unit.encoder.tiny import characters, tiny_encoder
from triage.errors import InputError
from triage.scorers.pooling import pooled
from triage.training.encoder.compute import Compute, compute_of, has_bf16
from triage.training.encoder.model import (
    EncoderModel,
    attend_plainly,
    fitting,
    load_body,
    pool,
    rate_of,
    save_memory,
)
from triage.training.encoder.predict import log_odds, pad_of
from triage.training.encoder.rows import signals_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import windows_of

pytestmark = pytest.mark.torch
KINDS = ("bert", "roberta", "electra", "modernbert")
CPU = Compute(torch.device("cpu"), half=False)
LONG = "快递等了三天还没发货" * 20


@pytest.fixture(scope="module", params=KINDS)
def loaded(request, tmp_path_factory):
    return load_body(tiny_encoder(tmp_path_factory.mktemp(request.param), kind=request.param))


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return load_body(tiny_encoder(tmp_path_factory.mktemp("bert")))


def model_of(body):
    torch.manual_seed(0)
    return EncoderModel(body, len(LABELS)).eval()


def odds_of(loaded, texts):
    body, tokenizer = loaded
    model = model_of(body)
    window, stride = fitting(EncoderSettings(), body, tokenizer)
    cut = windows_of(texts, tokenizer, window=window, stride=stride)
    return log_odds(model, cut, signals_of(texts), CPU, pad_of(tokenizer))


def test_a_word_beyond_the_first_window_changes_the_result(loaded):
    plain, other = odds_of(loaded, [LONG, LONG + "坏"])
    assert np.abs(plain - other).max() > 1e-5


def test_what_is_read_beside_a_text_does_not_change_it(loaded):
    alone = odds_of(loaded, ["质量很差"])[0]
    beside = odds_of(loaded, ["质量很差", LONG, "好"])[0]
    assert alone == pytest.approx(beside, abs=1e-5)


def test_pooling_gives_the_numbers_that_serving_gives():
    rng = np.random.default_rng(0)
    weight = rng.uniform(-5, 5, (5, 7, 3)).astype(np.float32)
    value = rng.normal(size=(5, 7, 3)).astype(np.float32)
    mask = (np.arange(7) < rng.integers(2, 8, 5)[:, None]).astype(np.int64)
    owner = np.array([0, 0, 1, 2, 2])
    found = pool(*map(torch.from_numpy, (weight, value, mask, owner)), 3).numpy()
    inside = mask.astype(bool)
    served, _ = pooled(weight[inside], value[inside], np.repeat(owner, mask.sum(axis=1)), 3)
    assert found == pytest.approx(served, abs=1e-5)


def test_token_weights_are_bounded(bert):
    model = model_of(bert[0])
    with torch.no_grad():
        model.weight.bias.fill_(1e6)
        weight, _ = model(torch.tensor([[2, 7, 3]]), torch.ones(1, 3, dtype=torch.int64))
    assert float(weight.max()) <= 5


def test_signals_speak_of_urgency_alone(bert):
    model = model_of(bert[0])
    with torch.no_grad():
        model.signals.weight.fill_(1.0)
    moved = model.log_odds(torch.zeros(1, 11), torch.ones(1, 18))[0]
    assert torch.nonzero(moved).flatten().tolist() == [6, 7, 8]


def test_windows_overlap_and_nothing_is_cut_off(bert):
    _, tokenizer = bert
    cut = windows_of([LONG, "好", ""], tokenizer, window=32, stride=8)
    assert len(cut) == 3
    assert cut.counts.tolist() == [9, 1, 1]
    inner = tokenizer(LONG, add_special_tokens=False)["input_ids"]
    pieces = [cut.tokens[cut.bounds[k] + 1 : cut.bounds[k + 1] - 1].tolist() for k in range(9)]
    assert pieces[0] + [t for piece in pieces[1:] for t in piece[8:]] == inner
    assert cut.longest(np.array([0, 2])).tolist() == [32, 2]


def test_windows_are_no_longer_than_the_body_can_read(loaded):
    body, tokenizer = loaded
    assert fitting(EncoderSettings(), body, tokenizer) == (64, 31)
    assert fitting(EncoderSettings(window=16, stride=4), body, tokenizer) == (16, 4)


def test_a_name_that_is_not_in_the_cache_says_how_to_fetch_it():
    with pytest.raises(InputError, match="hf download nobody/nothing") as caught:
        load_body("nobody/nothing")
    assert caught.value.code == "not_in_cache"


def test_a_folder_without_an_encoder_says_what_one_has(tmp_path):
    with pytest.raises(InputError, match="holds no encoder"):
        load_body(str(tmp_path))


def test_code_that_comes_with_a_model_does_not_run(tmp_path):
    folder = tiny_encoder(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Own"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "own.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(InputError, match="holds no encoder"):
        load_body(folder)


def test_an_encoder_with_a_decoder_is_refused(tmp_path):
    from transformers import T5Config, T5Model

    shape = {"vocab_size": 60, "d_model": 8, "d_ff": 8, "d_kv": 4, "num_layers": 1, "num_heads": 2}
    T5Model(T5Config(**shape)).save_pretrained(tmp_path)
    characters().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="no plain encoder"):
        load_body(str(tmp_path))


def test_a_tokenizer_that_is_not_fast_is_refused(tmp_path):
    folder = tiny_encoder(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "CanineTokenizer"}')
    with pytest.raises(InputError, match="fast"):
        load_body(folder)


def test_dropout_is_set_between_layers_only(tmp_path):
    body, _ = load_body(tiny_encoder(tmp_path), dropout=0.3)
    assert body.config.hidden_dropout_prob == 0.3
    assert body.config.attention_probs_dropout_prob == 0.0


def test_attention_step_by_step_says_the_same(loaded):
    before = odds_of(loaded, ["质量很差", LONG])
    attend_plainly(loaded[0])
    assert odds_of(loaded, ["质量很差", LONG]) == pytest.approx(before, abs=1e-4)


def test_a_small_body_learns_at_a_higher_rate_than_a_large_one(bert):
    assert rate_of(EncoderSettings(), bert[0]) == 3e-4
    assert rate_of(EncoderSettings(rate=0.1), bert[0]) == 0.1

    class Large:
        def parameters(self):
            return [torch.empty(30_000_000, device="meta")]

    assert rate_of(EncoderSettings(), Large()) == 3e-5


def test_a_device_that_is_not_here_is_refused():
    with pytest.raises(InputError, match="no device 'nonsense'"):
        compute_of(EncoderSettings(device="nonsense"))


def test_a_body_that_cannot_save_memory_is_refused(tmp_path):
    body, _ = load_body(tiny_encoder(tmp_path))
    body.supports_gradient_checkpointing = False
    with pytest.raises(InputError, match="cannot save memory"):
        save_memory(body)


@pytest.mark.parametrize("able", [True, False])
def test_half_precision_is_used_where_the_device_has_it(monkeypatch, able):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": able})
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: able)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert compute_of(EncoderSettings()).half == able
    assert has_bf16(torch.device("cuda")) == able


def test_the_precision_asked_for_is_used():
    assert compute_of(EncoderSettings(precision="bf16", device="cpu")).half
    assert not compute_of(EncoderSettings(precision="fp32", device="cpu")).half
