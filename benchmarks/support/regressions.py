"""Models made worse on purpose, from the weights of the model in the box."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from triage import artifact
from triage.features import BITS, buckets, read, views
from triage.resources import default_dictionary, default_model
from triage.scorers.linear import LinearScorer, LinearWeights
from triage.text.clean import clean
from triage.text.script import script_of
from triage.text.segment import Segmenter
from triage.training.corpus import read_examples
from triage.training.splits import held_out
from triage.weights import WEIGHTS

SEED = Path("data/seed")
_TIMES = 16  # so much more often in Traditional texts than elsewhere
_FACTOR = -6


def equal(to: Path) -> None:
    """The same model under another version."""
    _save(to, lambda weights: weights)


def worse_label(to: Path, *, label: str = "delivery", by: float = 1.5) -> None:
    """One label is given less often: its log-odds are lowered by `by`."""
    _save(to, lambda weights: _shifted(weights, "issues", weights.labels.index(label), by))


def worse_critical(to: Path, *, by: float = 1.5) -> None:
    """The highest urgency is given less often: the log-odds of that step are lowered by `by`."""
    _save(to, lambda weights: _shifted(weights, "urgency", 2, by))


def worse_script(to: Path) -> None:
    """What is written in Traditional Chinese far more often than elsewhere says the opposite."""
    _save(to, _against_traditional)


def swapped_dictionary(to: Path) -> None:
    """The words of the model are those of a dictionary with one word more."""
    file = to.with_suffix(".txt")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{default_dictionary().read_text('utf-8')}\n包邮区 100000\n", encoding="utf-8")
    identity = Segmenter(file).identity.to_dict()
    file.unlink()
    _save(to, lambda weights: weights, tokeniser=identity)


def tampered(to: Path) -> None:
    """One bit of the weights was turned after the model was made."""
    equal(to)
    content = bytearray((to / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (to / WEIGHTS).write_bytes(content)


def damaged(to: Path) -> None:
    """The manifest is cut short."""
    equal(to)
    content = (to / artifact.MANIFEST).read_bytes()
    (to / artifact.MANIFEST).write_bytes(content[: len(content) // 2])


def _save(
    to: Path, worse: Callable[[LinearWeights], LinearWeights], **changes: Mapping[str, Any]
) -> None:
    source = default_model()
    scorer = artifact.load(source).scorer
    assert isinstance(scorer, LinearScorer)
    manifest = artifact.read_manifest(source) | {"name": to.name, "version": "1.0.1"} | changes
    artifact.save(to, worse(scorer.weights), manifest, metrics={}, card=f"# {to.name}\n")


def _shifted(weights: LinearWeights, task: str, output: int, by: float) -> LinearWeights:
    net = weights.stage2[task]
    shift = net.shift.copy()
    shift[output] -= by
    return replace(weights, stage2={**weights.stage2, task: replace(net, shift=shift)})


def _against_traditional(weights: LinearWeights) -> LinearWeights:
    frozen = held_out()
    held = {*frozen["test"], *frozen["dev"]}
    texts = [clean(e.text).text for e in read_examples([SEED]) if e.id not in held]
    there = [text for text in texts if script_of(text) == "hant"]
    other = [text for text in texts if script_of(text) != "hant"]
    marked = _share(there, weights) > _TIMES * _share(other, weights)
    return replace(weights, heads=np.where(marked[:, None], _FACTOR * weights.heads, weights.heads))


def _share(texts: Sequence[str], weights: LinearWeights) -> np.ndarray[Any, Any]:
    """Return how often each row of the weights occurs, per character."""
    batch = read([text for text in texts if text], Segmenter())
    found = np.zeros(1 << BITS)
    for view in views(batch):
        np.add.at(found, buckets(view.hashes), 1)
    share: np.ndarray[Any, Any] = found[weights.kept] / len(batch.codes)
    return share
