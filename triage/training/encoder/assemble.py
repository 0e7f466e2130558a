"""From a fitted encoder to the numbers that are served: exported, calibrated, compared, mixed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from triage.engine import Triage
from triage.policy import Policy
from triage.records import Example, ModelName
from triage.scorers.cascade import (
    CascadeScorer,
    CascadeWeights,
    doubts,
    encoder_outputs,
    word_outputs,
)
from triage.scorers.encoder import EncoderScorer, EncoderWeights
from triage.scorers.linear import LinearScorer
from triage.taxonomy import Taxonomy
from triage.text.clean import Cleaned
from triage.text.clean_all import clean_all
from triage.training.encoder.agreement import ALLOWED, Agreement, TorchScorer, agreement
from triage.training.encoder.calibrate import calibration, known_of, wanted_of
from triage.training.encoder.export import Precision, export_onnx, stored
from triage.training.encoder.fit import FittedEncoder
from triage.training.encoder.mixing import Point, cheapest, curve, fit_mix, within
from triage.training.metrics import judge

Progress = Callable[[str], None]
_NAME = ModelName("cascade", "0", "")
_FINER: tuple[Precision, ...] = ("int8", "mixed", "fp32")


@dataclass(frozen=True, slots=True)
class Assembled:
    """An encoder that can be served, its precision, and how far it decides as torch does.

    `refused`: the agreement of what was tried before and decided too much otherwise.
    """

    weights: EncoderWeights
    precision: Precision
    agreement: Agreement
    refused: Mapping[Precision, Agreement] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        refused = {str(name): found.to_dict() for name, found in self.refused.items()}
        return {"precision": self.precision, **self.agreement.to_dict(), **refused}


def assemble(
    fitted: FittedEncoder,
    aside: Sequence[Example],
    texts: Sequence[str],
    *,
    precision: Precision = "int8",
    policy: Policy | None = None,
    progress: Progress = lambda _: None,
) -> Assembled:
    """Export a fitted encoder, calibrate it on `aside`, and compare it on `texts` with torch.

    Where `precision` decides more than 1 % of the texts otherwise, the next finer one is taken
    (int8, mixed, fp32), and said so. Raises ModelError for a body that cannot be exported.
    """
    rules, refused = policy or Policy.load(), dict[Precision, Agreement]()
    whole = export_onnx(fitted.model)
    for tried in _FINER[_FINER.index(precision) :]:
        progress(f"exporting as {tried}")
        weights = calibrated_on(encoder_weights(fitted, stored(whole, tried)), aside)
        progress(f"comparing with torch on {len(texts)} texts")
        found = agreement(EncoderScorer(weights), TorchScorer(fitted, weights), texts, rules)
        if tried == "fp32" or found.share <= ALLOWED:
            break
        progress(f"{tried} decides {found.share:.1%} of the texts otherwise: too many")
        refused[tried] = found
    return Assembled(weights, tried, found, refused)


def encoder_weights(fitted: FittedEncoder, graph: bytes) -> EncoderWeights:
    """Return the numbers of a fitted encoder and its exported graph, not yet calibrated."""
    outputs = fitted.model.value.out_features
    signals = fitted.model.signals.weight.detach().double().numpy().T.copy()
    return EncoderWeights(
        labels=fitted.labels,
        graph=graph,
        tokenizer=fitted.tokenizer.backend_tokenizer.to_str().encode(),
        window=fitted.settings.window,
        stride=fitted.settings.stride,
        signals=signals,
        slope=np.ones(outputs),
        shift=np.zeros(outputs),
    )


def calibrated_on(weights: EncoderWeights, aside: Sequence[Example]) -> EncoderWeights:
    """Return the weights with slope and shift from texts that the fit did not learn from."""
    examples, cleaned = _readable(aside)
    if not examples:
        return weights
    odds = EncoderScorer(weights).log_odds(cleaned)
    wanted, known = wanted_of(examples, weights.labels), known_of(examples, weights.labels)
    slope, shift = calibration(odds, wanted, known)
    return replace(weights, slope=slope, shift=shift)


def _readable(examples: Sequence[Example]) -> tuple[list[Example], list[Cleaned]]:
    """Return the examples of which something is left once cleaned, and that."""
    cleaned = clean_all([example.text for example in examples])
    pairs = [pair for pair in zip(examples, cleaned, strict=True) if pair[1].text.strip()]
    return [example for example, _ in pairs], [text for _, text in pairs]


def fit_cascade(
    word: LinearScorer,
    encoder: EncoderWeights,
    aside: Sequence[Example],
    *,
    taxonomy: Taxonomy,
    policy: Policy | None = None,
    most: float | None = None,
) -> tuple[CascadeWeights, list[Point]]:
    """Mix a word model and an encoder on texts that neither learned from; choose the limit.

    `most`: the share of texts that the encoder may read; None: what keeps the quality. Returns
    the weights, and the quality for each share. Without such texts the encoder reads everything.
    """
    rules = policy or Policy.load()
    whole = CascadeWeights(word.weights, encoder, _mix(word, encoder, aside), -1.0)
    every = CascadeScorer(word, whole)
    alone, both = (judge(Triage(s, rules, _NAME, taxonomy), aside) for s in (word, every))
    if not alone:
        return whole, []
    texts = clean_all([example.text for example, _ in alone])
    points = curve(doubts(word.score(texts)), alone, both, word.labels)
    return replace(whole, limit=chosen(points, most).limit), points


def chosen(points: Sequence[Point], most: float | None) -> Point:
    """Return the point of the limit: the cheapest, or the best that reads at most `most`."""
    return cheapest(points) if most is None else within(points, most)


def _mix(word: LinearScorer, encoder: EncoderWeights, aside: Sequence[Example]) -> Any:
    examples, cleaned = _readable(aside)
    labels = encoder.labels
    polarity = encoder.outputs - 2
    wanted, known = (
        np.delete(part(examples, labels), polarity, axis=1) for part in (wanted_of, known_of)
    )
    if not examples:
        none = np.zeros(wanted.shape)
        return fit_mix(none, none, wanted, known)
    odds = EncoderScorer(encoder, word.segmenter).log_odds(cleaned)
    brought = encoder_outputs(odds, encoder)
    return fit_mix(word_outputs(word.score(cleaned)), brought, wanted, known)


def read_share(
    word: LinearScorer, weights: CascadeWeights, examples: Sequence[Example]
) -> float | None:
    """Return the share of texts that the encoder of a cascade reads; None of no texts."""
    _, cleaned = _readable(examples)
    if not cleaned:
        return None
    return round(float((doubts(word.score(cleaned)) > weights.limit).mean()), 4)
