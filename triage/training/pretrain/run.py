"""From texts to a folder that transformers can load."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.artifact import writing
from triage.errors import DataError
from triage.text.segment import Segmenter
from triage.training.pretrain.loop import LOG, Pretraining, Progress
from triage.training.pretrain.masking import tokenise
from triage.training.pretrain.model import flops_per_token
from triage.training.pretrain.settings import Recipe, Shape
from triage.training.pretrain.texts import read_plain
from triage.training.pretrain.vocabulary import characters, tokenizer_of

REPORT = "pretraining.json"
_LEAST = 1000


@dataclass(frozen=True, slots=True)
class PretrainPlan:
    """What to read, what to make of it, and where. `work` keeps the state of a run."""

    data: Sequence[Path]
    out: Path
    collections: Path | None = None
    shape: Shape = field(default_factory=Shape)
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def work(self) -> Path:
        """Return where the state of the run is kept, beside what it makes."""
        return self.out.with_name(f"{self.out.name}.work")


def pretrain(plan: PretrainPlan, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Make a small encoder and write it to `plan.out`; return what the run was.

    Taken up where it was stopped. Raises DataError for too few texts, InputError where the
    work folder holds another run.
    """
    from triage.training.encoder.model import quiet

    progress("reading texts")
    texts = read_plain(plan.data, plan.collections)
    if len(texts) < _LEAST:
        raise DataError(
            f"Only {len(texts)} texts to learn from.",
            remedy=f"Give at least {_LEAST}; a useful encoder needs some hundred thousand.",
        )
    run = _run(plan, texts, progress)
    model = run(progress)
    report = _report(run, texts)
    with writing(f"the encoder {plan.out}"), quiet():
        plan.out.mkdir(parents=True, exist_ok=True)
        # Half precision: half the size, and what is built upon it begins from these numbers.
        model.model.half().save_pretrained(plan.out)
        run.tokenizer.save_pretrained(plan.out)
        (plan.out / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        shutil.copy(plan.work / LOG, plan.out / LOG)
    return report


def _run(plan: PretrainPlan, texts: Sequence[str], progress: Progress) -> Pretraining:
    shape, every = plan.shape, plan.recipe.aside
    held = [text for text in texts if _point(text) % every == 0]
    read = [text for text in texts if _point(text) % every]
    progress(f"parting {len(read)} texts into characters")
    pieces = characters(read, shape.vocabulary)
    tokenizer, segmenter = tokenizer_of(pieces, shape.window), Segmenter()
    tokens, aside = (tokenise(part, tokenizer, segmenter, shape.window) for part in (read, held))
    run = Pretraining(tokens, aside, tokenizer, shape, plan.recipe, plan.work)
    total = plan.recipe.tokens * flops_per_token(shape, len(tokenizer), plan.recipe.share)
    size = sum(p.numel() for p in run.model.model.parameters())
    progress(
        f"{len(tokens.ids) / 1e6:.1f} M tokens at hand, {plan.recipe.tokens / 1e6:.1f} M to "
        "read; "
        f"{size / 1e6:.1f} M weights; {total:.2g} floating-point operations"
    )
    return run


def _point(text: str) -> int:
    return int(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8], 16)


def _report(run: Pretraining, texts: Sequence[str]) -> dict[str, Any]:
    loss, accuracy = run.measure()
    course, recipe = run.course, run.recipe
    per_token = flops_per_token(run.shape, len(run.tokenizer), recipe.share)
    return {
        "shape": asdict(run.shape),
        "recipe": asdict(recipe),
        "texts": len(texts),
        "tokens_at_hand": len(run.tokens.ids),
        "vocabulary": len(run.tokenizer),
        "weights": sum(p.numel() for p in run.model.model.parameters()),
        "steps": course.step,
        "tokens": course.tokens,
        "seconds": round(course.seconds),
        "tokens_per_second": round(course.tokens / course.seconds),
        "flops": per_token * course.tokens,
        "bf16": run.bf16,
        "held_loss": round(loss, 4),
        "held_accuracy": round(accuracy, 4),
    }
