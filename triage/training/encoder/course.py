"""How far a fit has come, kept so that it can go on: no pickle, whole files only."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file

from triage.errors import InputError
from triage.training.encoder.model import EncoderModel
from triage.training.state import Tensors, copied, flat, over, restore, under, write_state

_STATE = "state.safetensors"
_REMEDY = "Give another folder, or remove it to begin anew."


@dataclass(frozen=True, slots=True)
class Course:
    """How far a fit has come: the epoch it is in, the steps of it, and what was best.

    `loss` is the sum over the texts of this epoch so far; `stale` counts the epochs since
    the best one.
    """

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    best: float | None = None
    best_epoch: int = 0
    stale: int = 0
    history: tuple[Mapping[str, Any], ...] = ()

    def after(self, line: Mapping[str, Any]) -> "Course":
        """Return the course after an epoch with the figures `line`: its epoch, loss, dev loss.

        Without a dev loss the latest epoch is the best.
        """
        dev, epoch = line["dev"], self.epoch + 1
        better = dev is None or dev < (inf if self.best is None else self.best)
        best = dev if better else self.best
        best_epoch, stale = (epoch, 0) if better else (self.best_epoch, self.stale + 1)
        history = (*self.history, line)
        return Course(epoch, best=best, best_epoch=best_epoch, stale=stale, history=history)


class Keeper:
    """Keeps the best epoch, and the state of a fit in the folder `work` where there is one."""

    def __init__(self, work: Path | None, every: float, plan: str) -> None:
        self.work, self.every, self.plan = work, every, plan
        self.best: Tensors = {}
        self.saved = time.monotonic()

    def resume(self, model: EncoderModel, optimizer: torch.optim.Optimizer) -> Course:
        """Put model, optimiser and chance where they were; return how far that was.

        Raises InputError for the state of another plan, or one that cannot be read.
        """
        path = self.work / _STATE if self.work else None
        if path is None or not path.exists():
            return Course()
        try:
            course = self._course(path)
            tensors = load_file(path)
            self.best = load_file(self._best_file(course)) if course.best_epoch else {}
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            raise InputError(f"{path} cannot be read: {error}.", remedy=_REMEDY) from error
        model.load_state_dict(under("model.", tensors))
        restore(optimizer, under("optimizer.", tensors))
        _set_chance(under("chance.", tensors))
        return course

    def _course(self, path: Path) -> Course:
        with safe_open(path, "pt") as file:
            told = file.metadata()
        if told["plan"] != self.plan:
            raise InputError(
                f"{path.parent} holds a fit of other texts, settings or another encoder.",
                remedy=_REMEDY,
                code="another_plan",
            )
        course = Course(**json.loads(told["course"]))
        return replace(course, history=tuple(course.history))

    def save_if_due(
        self, model: EncoderModel, optimizer: torch.optim.Optimizer, course: Course
    ) -> None:
        """Save where the last time is long ago."""
        if time.monotonic() - self.saved >= self.every:
            self.save(model, optimizer, course)

    def save(self, model: EncoderModel, optimizer: torch.optim.Optimizer, course: Course) -> None:
        """Write the state, so that what is there is whole at any moment."""
        self.saved = time.monotonic()
        if self.work is None:
            return
        tensors = {
            **over("model.", copied(model)),
            **over("optimizer.", flat(optimizer)),
            **over("chance.", _chance()),
        }
        write_state(
            self.work / _STATE, tensors, {"plan": self.plan, "course": json.dumps(asdict(course))}
        )
        for old in self.work.glob("best-*.safetensors"):
            if old != self._best_file(course):
                old.unlink()

    def keep(self, model: EncoderModel, course: Course) -> None:
        """Keep the model as the best so far."""
        self.best = copied(model)
        if self.work is not None:
            write_state(self._best_file(course), self.best, {})

    def load_best(self, model: EncoderModel) -> None:
        """Make the model what it was when it was best."""
        model.load_state_dict(self.best)

    def _best_file(self, course: Course) -> Path:
        assert self.work is not None
        return self.work / f"best-{course.best_epoch}.safetensors"


def _chance() -> Tensors:
    cards = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), **{str(k): state for k, state in enumerate(cards)}}


def _set_chance(states: Tensors) -> None:
    torch.set_rng_state(states["cpu"])
    for card in range(torch.cuda.device_count()):
        if str(card) in states:
            torch.cuda.set_rng_state(states[str(card)], card)
