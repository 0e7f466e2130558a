"""The course of a pretraining: batches, rates, a log, and a state to resume from."""

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from triage.errors import InputError
from triage.training.pretrain.masking import Ints, Masked, Tokens, batches, mask
from triage.training.pretrain.model import answers_of, loss_of, new_model
from triage.training.pretrain.settings import Recipe, Shape
from triage.training.pretrain.start import warm

if TYPE_CHECKING:
    import torch
    from transformers import ModernBertForMaskedLM, PreTrainedTokenizerBase

STATE, LOG = "state.safetensors", "log.csv"
COLUMNS = ("step", "tokens", "seconds", "loss", "held_loss", "held_accuracy")
Progress = Callable[[str], None]
_EVERY = 120.0  # seconds between two states, and two lines of the log
_MEASURED = 10  # batches of the texts set aside


@dataclass(slots=True)
class Course:
    """How far a run has come; seconds are of training, over all sittings."""

    step: int = 0
    tokens: int = 0
    epoch: int = 0
    place: int = 0  # batches of this epoch already read
    seconds: float = 0.0


class Pretraining:
    """One run: can be stopped at any moment and taken up again from its folder."""

    def __init__(
        self,
        tokens: Tokens,
        aside: Tokens,
        tokenizer: "PreTrainedTokenizerBase",
        shape: Shape,
        recipe: Recipe,
        work: Path,
    ) -> None:
        import torch

        from triage.training.encoder.compute import has_bf16

        self.tokens, self.aside, self.tokenizer = tokens, aside, tokenizer
        self.shape, self.recipe, self.work = shape, recipe, work
        if recipe.threads:
            torch.set_num_threads(recipe.threads)
        self.model: ModernBertForMaskedLM = new_model(shape, tokenizer, recipe.seed)
        warm(self.model, tokens, recipe.seed)
        self.optimiser = _optimiser(self.model, recipe)
        self.course = Course()
        self._known: tuple[int, list[Ints]] = (-1, [])  # an epoch and its batches
        self.bf16 = has_bf16(torch.device("cpu"))

    def __call__(self, progress: Progress) -> "ModernBertForMaskedLM":
        """Train to the end of the recipe; what an earlier sitting did is not done again."""
        self.work.mkdir(parents=True, exist_ok=True)
        self._resume()
        begun, losses, due = monotonic() - self.course.seconds, list[float](), monotonic() + _EVERY
        while self.course.tokens < self.recipe.tokens:
            losses.append(self._step())
            self.course.seconds = monotonic() - begun
            if monotonic() >= due or self.course.tokens >= self.recipe.tokens:
                progress(self._note(float(np.mean(losses))))
                losses, due = [], monotonic() + _EVERY
        return self.model

    def _step(self) -> float:
        import torch

        batch = self._next()
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.recipe, self.course.tokens)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            scores = answers_of(self.model, batch)
        loss = loss_of(scores, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.course.step += 1
        self.course.tokens += int(batch.attention.sum())
        return float(loss.detach())

    def _next(self) -> Masked:
        """Return the next batch; which one, and its masks, follow from the course alone."""
        course = self.course
        order = self._order(course.epoch)
        if course.place >= len(order):
            course.epoch, course.place = course.epoch + 1, 0
            order = self._order(course.epoch)
        course.place += 1
        rng = np.random.default_rng([self.recipe.seed, 1, course.step])
        return self._mask(self.tokens, order[course.place - 1], rng)

    def _order(self, epoch: int) -> list[Ints]:
        if self._known[0] != epoch:
            rng = np.random.default_rng([self.recipe.seed, 0, epoch])
            self._known = (epoch, batches(self.tokens, self.recipe.batch, rng))
        return self._known[1]

    def _mask(self, tokens: Tokens, rows: Ints, rng: np.random.Generator) -> Masked:
        names = self.tokenizer
        special = (names.pad_token_id, names.mask_token_id, len(names.all_special_ids))
        return mask(tokens, rows, self.recipe.share, special, rng)

    def measure(self) -> tuple[float, float]:
        """Return surprise (nats) and share of right answers on the texts set aside."""
        import torch

        rng = np.random.default_rng([self.recipe.seed, 2])
        losses, right, asked = list[float](), 0, 0
        for rows in batches(self.aside, self.recipe.batch, rng)[:_MEASURED]:
            batch = self._mask(self.aside, rows, rng)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
                scores = answers_of(self.model, batch)
            losses.append(float(loss_of(scores, batch)) * len(batch.answers))
            right += int((scores.argmax(1).numpy() == batch.answers).sum())
            asked += len(batch.answers)
        return sum(losses) / asked, right / asked

    def _note(self, loss: float) -> str:
        """Log where the run is, keep its state, and say so."""
        held, accuracy = self.measure()
        course = self.course
        row = (course.step, course.tokens, round(course.seconds, 1), loss, held, accuracy)
        _append(self.work / LOG, row)
        self._keep()
        speed = course.tokens / course.seconds
        return (
            f"{course.tokens / 1e6:.1f} of {self.recipe.tokens / 1e6:.1f} M tokens, "
            f"{speed:,.0f} a second: loss {loss:.3f}, set aside {held:.3f} ({accuracy:.1%} right)"
        )

    def _keep(self) -> None:
        from triage.training.state import copied, flat, over, write_state

        tensors = over("model.", copied(self.model)) | over("optimiser.", flat(self.optimiser))
        told = {"plan": self._plan(), "course": json.dumps(asdict(self.course))}
        write_state(self.work / STATE, tensors, told)

    def _resume(self) -> None:
        from safetensors import safe_open
        from safetensors.torch import load_file

        from triage.training.state import restore, under

        path = self.work / STATE
        if not path.exists():
            return
        with safe_open(path, "pt") as file:
            told = file.metadata()
        if told["plan"] != self._plan():
            raise InputError(
                f"{self.work} holds a run with other settings or texts.",
                remedy="Give the same ones to go on with it, or another folder.",
                code="other_run",
            )
        tensors = load_file(path)
        # What is shared is kept once; the rest must all be there.
        self.model.load_state_dict(under("model.", tensors), strict=False)
        restore(self.optimiser, under("optimiser.", tensors))
        self.course = Course(**json.loads(told["course"]))

    def _plan(self) -> str:
        """Return what must be the same for a run to be taken up again."""
        recipe = {k: v for k, v in asdict(self.recipe).items() if k != "threads"}
        texts = [len(self.tokens.ids), int(self.tokens.ids.astype(np.int64).sum())]
        return json.dumps([asdict(self.shape), recipe, texts, len(self.tokenizer)])


def _optimiser(model: "ModernBertForMaskedLM", recipe: Recipe) -> "torch.optim.AdamW":
    import torch

    plain = [p for p in model.parameters() if p.ndim < 2]
    weights = [p for p in model.parameters() if p.ndim >= 2]
    groups = [
        {"params": weights, "weight_decay": recipe.decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), eps=1e-6, fused=True)


def rate_at(recipe: Recipe, tokens: int) -> float:
    """Return the learning rate after so many tokens: up in a line, then down in a line."""
    done, warm = tokens / recipe.tokens, recipe.warmup
    return recipe.rate * max(0.0, min((done + 1e-4) / warm, (1 - done) / (1 - warm)))


def _append(path: Path, row: tuple[float, ...]) -> None:
    fresh = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(COLUMNS)
        writer.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in row])
