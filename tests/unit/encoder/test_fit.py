"""Fitting an encoder: learns, masks, repeats itself, goes on where it was cut off."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from tests.unit.encoder.texts import LABELS, example, sixteen
from tests.unit.encoder.tiny import tiny_encoder
from triage.errors import DataError, InputError
from triage.training.encoder.batches import batches, drawn
from triage.training.encoder.compute import Compute, compute_of
from triage.training.encoder.course import Course
from triage.training.encoder.fit import fit_encoder
from triage.training.encoder.model import EncoderModel, load_body
from triage.training.encoder.optim import loss_of, optimiser, set_rate
from triage.training.encoder.predict import log_odds, pad_of, read
from triage.training.encoder.rows import rows_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import windows_of
from triage.training.linear import Texts

pytestmark = pytest.mark.torch
CPU = Compute(torch.device("cpu"), half=False)
QUICK = EncoderSettings(
    epochs=3, batch=4, rate=1e-3, head_rate=1e-2, threads=1, precision="fp32", device="cpu"
)
LEARNING = replace(QUICK, epochs=30, noise=0.0, dropout=0.0, head_rate=3e-2)
DEV = [replace(one, id=f"dev-{one.id}") for one in sixteen()[::2]]
BESIDE = [
    example("p1", "态度好", None, 4, None),
    example("p2", "太差", None, 2, None),
    example("p3", "不错", None, 4, None),
]
TEXTS = Texts(sixteen(), BESIDE, [example("o", "abc123", None, None, None)], DEV)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return tiny_encoder(tmp_path_factory.mktemp("tiny"))


def fitted(source, settings=QUICK, texts=TEXTS, **options):
    return fit_encoder(texts, LABELS, source, settings=settings, **options)


def numbers(result):
    return {name: value.numpy() for name, value in result.model.state_dict().items()}


def same(one, other):
    return all(np.array_equal(value, numbers(other)[name]) for name, value in numbers(one).items())


def judged(result, rows):
    chosen = result.settings
    cut = windows_of(rows.texts, result.tokenizer, window=chosen.window, stride=chosen.stride)
    return log_odds(result.model, cut, rows.signals, CPU, pad_of(result.tokenizer))


@pytest.mark.parametrize("kind", ["bert", "roberta", "modernbert"])
def test_it_learns_sixteen_examples_by_heart(kind, tmp_path):
    texts = Texts(sixteen())
    result = fitted(tiny_encoder(tmp_path, kind=kind), LEARNING, texts)
    rows = rows_of(texts, LABELS, settings=LEARNING)
    assert ((judged(result, rows) > 0) == (rows.targets > 0.5))[rows.weights > 0].all()
    assert result.history[-1]["loss"] < result.history[0]["loss"] / 4


def test_an_output_that_is_not_known_has_no_gradient(source):
    body, tokenizer = load_body(source)
    model = EncoderModel(body, len(LABELS))
    rows = rows_of(Texts([example("a", "太慢", None, 1, None)]), LABELS, settings=QUICK)
    cut = windows_of(rows.texts, tokenizer, window=32, stride=8)
    odds = read(model, cut, np.arange(1), rows.signals, CPU, pad_of(tokenizer))
    loss_of(odds, torch.from_numpy(rows.targets), torch.from_numpy(rows.weights)).backward()
    for layer in (model.value, model.weight):
        moved = layer.weight.grad.abs().sum(dim=1) > 0
        assert moved.tolist() == [False] * 2 + [True] * 4 + [False] * 3 + [True] * 2
    assert not model.signals.weight.grad.any()


def test_the_same_seed_gives_the_same_numbers_whatever_the_order_of_the_texts(source):
    backwards = Texts(sixteen()[::-1], BESIDE[::-1], TEXTS.outside, DEV)
    one, other = fitted(source), fitted(source, texts=backwards)
    assert same(one, other)
    assert one.history == other.history
    assert not same(one, fitted(source, replace(QUICK, seed=1)))


def test_a_fit_leaves_chance_and_threads_as_they_were(source):
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    fitted(source)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


class _CutOff(Exception):  # noqa: N818
    pass


def cut_off(monkeypatch, after):
    """Let a fit stop after so many steps, once its state has been saved."""
    from triage.training.encoder import course

    whole, steps = course.Keeper.save, []

    def saving(self, model, optimizer, where):
        whole(self, model, optimizer, where)
        steps.append(where)
        if len(steps) == after:
            raise _CutOff

    monkeypatch.setattr(course.Keeper, "save", saving)
    return steps


@pytest.mark.parametrize("after", [2, 6, 14])
def test_a_fit_that_was_cut_off_goes_on_to_the_same_numbers(source, tmp_path, monkeypatch, after):
    whole = fitted(source)
    with monkeypatch.context() as patch, pytest.raises(_CutOff):
        steps = cut_off(patch, after)
        fitted(source, work=tmp_path, save_every=0.0)
    told = []
    again = fitted(source, work=tmp_path, save_every=0.0, progress=told.append)
    assert f"going on in epoch {steps[-1].epoch + 1}" in told
    assert again.history == whole.history
    assert same(again, whole)


def test_a_finished_fit_is_not_done_again(source, tmp_path):
    first = fitted(source, work=tmp_path)
    told = []
    again = fitted(source, work=tmp_path, progress=told.append)
    assert not [line for line in told if line.startswith("epoch ")]
    assert same(first, again)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"best-{_best(first)}.safetensors",
        "state.safetensors",
    ]


def _best(result):
    return min(result.history, key=lambda line: line["dev"])["epoch"]


@pytest.mark.parametrize(
    "other",
    [{"settings": replace(QUICK, seed=5)}, {"texts": Texts(sixteen()[:8], calibration=DEV)}],
    ids=["settings", "texts"],
)
def test_the_work_of_another_plan_is_refused(source, tmp_path, other):
    fitted(source, work=tmp_path)
    with pytest.raises(InputError, match="other texts, settings") as caught:
        fitted(source, work=tmp_path, **other)
    assert caught.value.code == "another_plan"


def test_the_work_on_another_encoder_is_refused(source, tmp_path):
    fitted(source, work=tmp_path / "work")
    other = tiny_encoder(tmp_path / "other", seed=1)
    with pytest.raises(InputError, match="another encoder"):
        fitted(other, work=tmp_path / "work")


def test_a_broken_state_is_named(source, tmp_path):
    fitted(source, work=tmp_path)
    (tmp_path / "state.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be read"):
        fitted(source, work=tmp_path)


def test_where_it_is_computed_is_no_part_of_the_plan(source, tmp_path):
    first = fitted(source, work=tmp_path)
    assert same(first, fitted(source, replace(QUICK, threads=2), work=tmp_path))


def test_the_epoch_with_the_least_dev_loss_is_kept_and_patience_ends_the_fit(source):
    # What is learned is the opposite of what the dev texts say: every epoch is worse.
    wrong = [replace(one, issues=(), sentiment=6 - one.sentiment) for one in DEV]
    settings = replace(LEARNING, patience=2)
    result = fitted(source, settings, Texts(sixteen(), calibration=wrong))
    assert len(result.history) < settings.epochs
    assert len(result.history) - _best(result) == 2
    rows = rows_of(Texts(wrong), LABELS, settings=replace(settings))
    odds = torch.from_numpy(judged(result, rows))
    assert result.history[_best(result) - 1]["dev"] < result.history[-1]["dev"]
    assert torch.isfinite(odds).all()


def test_after_a_worse_epoch_the_best_stays():
    course = Course().after({"dev": 0.5}).after({"dev": 0.7}).after({"dev": 0.6})
    assert (course.epoch, course.best, course.best_epoch, course.stale) == (3, 0.5, 1, 2)
    assert Course().after({"dev": None}).after({"dev": None}).best_epoch == 2


def test_in_half_precision_it_learns_as_well(source):
    settings = replace(LEARNING, precision="bf16")
    result = fitted(source, settings, Texts(sixteen()))
    assert result.history[-1]["loss"] < result.history[0]["loss"] / 4
    assert result.history != fitted(source, LEARNING, Texts(sixteen())).history


def test_gradient_checkpoints_change_no_number(source):
    plain, saving = fitted(source), fitted(source, replace(QUICK, checkpoints=True))
    for line, other in zip(plain.history, saving.history, strict=True):
        assert other == pytest.approx(line, rel=1e-5)


def test_gradient_checkpoints_compute_layers_again_on_the_way_back(source, monkeypatch):
    from transformers.models.bert.modeling_bert import BertIntermediate

    calls, whole = [], BertIntermediate.forward
    monkeypatch.setattr(
        BertIntermediate, "forward", lambda self, *a: (calls.append(1), whole(self, *a))[1]
    )
    settings = replace(QUICK, epochs=1, noise=0.0)
    fitted(source, settings, Texts(sixteen()))
    plain = len(calls)
    fitted(source, replace(settings, checkpoints=True), Texts(sixteen()))
    assert len(calls) - plain == 2 * plain


def test_an_overflow_says_what_to_turn(source, monkeypatch):
    monkeypatch.setattr("triage.training.encoder.fit.step", lambda *_: float("nan"))
    with pytest.raises(InputError, match="smaller rate"):
        fitted(source)


def test_without_labelled_texts_there_is_nothing_to_fit(source):
    with pytest.raises(DataError, match="no labelled text"):
        fitted(source, texts=Texts([]))


def test_rates_rise_and_fall(source):
    model = EncoderModel(load_body(source)[0], 2)
    optimizer = optimiser(model, QUICK, compute_of(QUICK))
    rates = []
    for done in (0.05, 0.1, 0.55, 1.0):
        set_rate(optimizer, done, 0.1)
        rates.append([group["lr"] for group in optimizer.param_groups][::2])
    assert np.array(rates) == pytest.approx(
        np.outer([0.5, 1, 0.5, 0], [QUICK.rate, QUICK.head_rate])
    )
    counted = [p for group in optimizer.param_groups for p in group["params"]]
    assert len(counted) == len(list(model.parameters()))
    flat = [
        p for group in optimizer.param_groups if not group["weight_decay"] for p in group["params"]
    ]
    assert all(p.ndim == 1 for p in flat)


def test_batches_hold_texts_of_like_length_and_every_text_once(source):
    _, tokenizer = load_body(source)
    texts = ["快" * (1 + k % 60) for k in range(400)]
    cut = windows_of(texts, tokenizer, window=64, stride=8)
    parts = batches(np.arange(400), cut, QUICK, 0)
    assert sorted(np.concatenate(parts)) == list(range(400))
    assert all(np.ptp(cut.longest(part)) <= 3 for part in parts)
    assert [len(part) for part in parts] == [4] * 100
    assert not np.array_equal(parts[0], batches(np.arange(400), cut, QUICK, 1)[0])


def test_texts_of_many_windows_come_in_smaller_batches(source):
    _, tokenizer = load_body(source)
    cut = windows_of(["快" * 400] * 6, tokenizer, window=64, stride=8)
    parts = batches(np.arange(6), cut, QUICK, 0)
    assert max(cut.counts[part].sum() for part in parts) <= 16
    alone = windows_of(["快" * 4000], tokenizer, window=64, stride=8)
    assert [len(part) for part in batches(np.arange(1), alone, QUICK, 0)] == [1]


def test_of_polarity_texts_an_epoch_reads_as_many_as_asked(source):
    rows = rows_of(TEXTS, LABELS, settings=QUICK)
    assert len(drawn(rows, QUICK, 0)) == 20
    few = replace(QUICK, polarity_texts=1)
    orders = [drawn(rows, few, epoch) for epoch in range(8)]
    assert {len(order) for order in orders} == {18}
    assert len({int(order[rows.kinds[order] == 1][0]) for order in orders}) > 1


def test_progress_is_told_within_an_epoch(source, monkeypatch):
    monkeypatch.setattr("triage.training.encoder.fit._TELL_EVERY", -1.0)
    told = []
    fitted(source, progress=told.append)
    assert any("texts/s" in line for line in told)
