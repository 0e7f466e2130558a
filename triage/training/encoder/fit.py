"""Fit an encoder: batches, steps, the dev loss, the best epoch; the same numbers each time."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch

from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.training.encoder.batches import batches, drawn
from triage.training.encoder.compute import Compute, compute_of, kept
from triage.training.encoder.course import Course, Keeper
from triage.training.encoder.model import (
    EncoderModel,
    attend_plainly,
    fitting,
    load_body,
    save_memory,
)
from triage.training.encoder.optim import loss_of, optimiser, set_rate, step
from triage.training.encoder.plan import plan_hash
from triage.training.encoder.predict import log_odds, pad_of, read
from triage.training.encoder.rows import Rows, rows_beside, rows_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.views import viewed
from triage.training.encoder.windows import Ids, Windows, windows_of
from triage.training.linear import Texts

Progress = Callable[[str], None]
_SAVE_EVERY = 600.0  # seconds
_TELL_EVERY = 30.0


@dataclass(frozen=True, slots=True)
class FittedEncoder:
    """A fitted model, its tokenizer, and how it came about: the losses of each epoch.

    `settings` are those it was fitted with, window and stride as the body can have them;
    `source` is what the encoder was called before.
    """

    model: EncoderModel
    tokenizer: Any
    labels: tuple[str, ...]
    settings: EncoderSettings
    history: tuple[Mapping[str, Any], ...] = ()
    source: str = ""


def fit_encoder(
    texts: Texts,
    labels: Sequence[str],
    source: str,
    *,
    teacher: Triage | None = None,
    settings: EncoderSettings | None = None,
    work: Path | None = None,
    fetch: bool = False,
    save_every: float = _SAVE_EVERY,
    progress: Progress = lambda _: None,
) -> FittedEncoder:
    """Fit the encoder `source` (a folder or a name); the best epoch by dev loss is kept.

    On a CPU the same inputs give the same numbers, whatever the order of the texts; so does
    a fit that was cut off and goes on from `work`, where it is saved after each epoch and
    every `save_every` seconds. Raises InputError for a setting out of bounds, a body that cannot
    be loaded, work of another plan, and a rate that makes the loss overflow; DataError
    without texts.
    """
    if not texts.labelled:
        raise DataError("There is no labelled text.", remedy="Give labelled texts.")
    wanted = settings or EncoderSettings()
    wanted.check()
    compute = compute_of(wanted)
    with kept(wanted, compute):
        body, tokenizer = load_body(source, fetch=fetch, dropout=wanted.dropout)
        if compute.device.type == "cpu":
            attend_plainly(body)
        window, stride = fitting(wanted, body, tokenizer)
        wanted = replace(wanted, window=window, stride=stride)
        progress("reading the texts")
        rows = rows_of(texts, labels, settings=wanted, teacher=teacher)
        dev = rows_beside(texts.calibration, labels, rows)
        model = _model(body, rows, len(labels), wanted)
        keeper = Keeper(work, save_every, plan_hash(model, rows, dev, wanted))
        fit = _Fit(
            model.to(compute.device), tokenizer, rows, dev, wanted, compute, keeper, progress
        )
        history = fit()
    return FittedEncoder(
        model.cpu().eval(), tokenizer, tuple(labels), wanted, history, called(source)
    )


def called(source: str) -> str:
    """Return what to call an encoder; the path of a folder says nothing elsewhere."""
    return Path(source).resolve().name if Path(source).is_dir() else source


def _model(body: Any, rows: Rows, labels: int, settings: EncoderSettings) -> EncoderModel:
    if settings.checkpoints:
        save_memory(body)
    model = EncoderModel(body, labels)
    # Start from how often each output is so: the first steps need not find that out.
    known = np.maximum(rows.weights.sum(axis=0), 1)
    share = np.clip((rows.weights * rows.targets).sum(axis=0) / known, 0.01, 0.99)
    with torch.no_grad():
        model.value.bias.copy_(torch.from_numpy(np.log(share / (1 - share))))
    return model


class _Fit:
    """One fit: what it works on, and its steps."""

    def __init__(
        self,
        model: EncoderModel,
        tokenizer: Any,
        rows: Rows,
        dev: Rows,
        settings: EncoderSettings,
        compute: Compute,
        keeper: Keeper,
        progress: Progress,
    ) -> None:
        self.model, self.tokenizer, self.rows, self.dev = model, tokenizer, rows, dev
        self.settings, self.compute, self.keeper = settings, compute, keeper
        self.progress, self.pad = progress, pad_of(tokenizer)
        self.optimizer = optimiser(model, settings, compute)
        self.windows, self.dev_windows = self._cut(rows.texts), self._cut(dev.texts)

    def __call__(self) -> tuple[Mapping[str, Any], ...]:
        course = self.keeper.resume(self.model, self.optimizer)
        if course != Course():
            self.progress(f"going on in epoch {course.epoch + 1}")
        while course.epoch < self.settings.epochs and course.stale < self.settings.patience:
            course = self._epoch(course)
        self.keeper.load_best(self.model)
        return course.history

    def _cut(self, texts: Sequence[str]) -> Windows:
        chosen = self.settings
        return windows_of(texts, self.tokenizer, window=chosen.window, stride=chosen.stride)

    def _epoch(self, course: Course) -> Course:
        windows, places, row_of = self._read(course.epoch)
        parts = batches(places, windows, self.settings, course.epoch)
        told, begun, first = time.monotonic(), time.monotonic(), course.step
        for number in range(course.step, len(parts)):
            part = parts[number]
            done = (course.epoch + (number + 0.5) / len(parts)) / self.settings.epochs
            loss = self._step(windows, part, row_of[part], done)
            course = replace(course, step=number + 1, loss=course.loss + loss)
            self.keeper.save_if_due(self.model, self.optimizer, course)
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                self._tell(course, len(parts), (number + 1 - first) / (told - begun))
        return self._close(course, len(places))

    def _read(self, epoch: int) -> tuple[Windows, Ids, Ids]:
        """Return the windows of an epoch, the places read in it, and the row each place is of."""
        order = drawn(self.rows, self.settings, epoch)
        changed, texts = viewed(self.rows.texts, order, self.settings, epoch)
        n, every = len(self.rows), np.arange(len(self.rows))
        place = every.copy()
        place[changed] = n + np.arange(len(changed))
        windows = self.windows.joined(self._cut(texts)) if texts else self.windows
        return windows, place[order], np.concatenate([every, changed])

    def _step(self, windows: Windows, part: Ids, rows: Ids, done: float) -> float:
        self.model.train()
        set_rate(self.optimizer, done, self.settings.warmup)
        odds = read(self.model, windows, part, self.rows.signals[rows], self.compute, self.pad)
        wanted, weights = self.rows.targets[rows], self.rows.weights[rows]
        loss = loss_of(odds, self.compute.tensor(wanted), self.compute.tensor(weights))
        # By the usual number of texts: those of a smaller batch count no more than others.
        value = step(self.model, self.optimizer, loss / (self.settings.batch * odds.shape[1]))
        if not isfinite(value):
            raise InputError("The loss overflowed.", remedy="Give a smaller rate.")
        return value * self.settings.batch

    def _tell(self, course: Course, steps: int, pace: float) -> None:
        share = course.step / steps
        self.progress(
            f"epoch {course.epoch + 1} of {self.settings.epochs}: {share:.0%}, "
            f"{pace * self.settings.batch:.0f} texts/s, loss {self._mean(course):.4f}"
        )

    def _mean(self, course: Course) -> float:
        return course.loss / max(1, course.step * self.settings.batch)

    def _close(self, course: Course, texts: int) -> Course:
        """Measure an epoch, keep it where it is the best, and save."""
        dev = self._dev_loss()
        line = {"epoch": course.epoch + 1, "texts": texts, "loss": course.loss / texts, "dev": dev}
        course = course.after(line)
        if course.best_epoch == course.epoch:
            self.keeper.keep(self.model, course)
        self.keeper.save(self.model, self.optimizer, course)
        beside = "" if dev is None else f", dev {dev:.4f}"
        self.progress(f"epoch {course.epoch}: loss {line['loss']:.4f}{beside}")
        return course

    def _dev_loss(self) -> float | None:
        """Return the mean loss of what is known of the dev texts; None without any."""
        if not len(self.dev):
            return None
        odds = log_odds(self.model, self.dev_windows, self.dev.signals, self.compute, self.pad)
        loss = loss_of(*map(torch.from_numpy, (odds, self.dev.targets, self.dev.weights)))
        return float(loss) / max(1.0, float(self.dev.weights.sum()))
